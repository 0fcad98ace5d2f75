/* The hot path: what hooked functions call. One set for each clock; profinst_abi.h says what the
 * functions promise. */
#ifndef PROFINST_HOOKS_H
#define PROFINST_HOOKS_H

#include "profinst_abi.h"
#include "profinst_format.h"

/* Fills in all but `attach`. */
void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_clock clock);

/* What an entry or a return takes, in 1/1024 of a tick: the least of a few rounds, each of dozens
 * of calls from one place to another, the clock's readings in it. What the hooked code adds (the
 * call of the hook, registers that it spills) is in it as far as such a loop shows it; what a
 * program adds whose contexts are not in the cache is not. Called once, within a section, before
 * there are threads. 0 if it is beyond measure. */
uint32_t profinst__hooks_event_cost(enum profinst_clock clock);

#endif
