/* The hot path: what hooked functions call. One set for each clock; profinst_abi.h says what the
 * functions promise. */
#ifndef PROFINST_HOOKS_H
#define PROFINST_HOOKS_H

#include "profinst_abi.h"
#include "profinst_format.h"

/* Fills in all but `attach`. */
void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_clock clock);

#endif
