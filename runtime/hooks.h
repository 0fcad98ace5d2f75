/* The hot path: what hooked functions call. One set for each clock; profinst_abi.h says what the
 * functions promise. */
#ifndef PROFINST_HOOKS_H
#define PROFINST_HOOKS_H

#include "profinst_abi.h"
#include "profinst_format.h"

/* Fills in all but `attach`. */
void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_clock clock);

/* What the header of a profile has as event_cost: the least of a few rounds of dozens of calls from
 * one place to another. Called once, within a section, before there are threads. */
uint32_t profinst__hooks_event_cost(enum profinst_clock clock);

#endif
