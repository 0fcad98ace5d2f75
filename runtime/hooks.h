/* What hooked functions call: one set for each clock and way of timing. profinst_abi.h says what
 * the functions promise. */
#ifndef PROFINST_HOOKS_H
#define PROFINST_HOOKS_H

#include "profinst_abi.h"
#include "profinst_format.h"

/* Fills in all but `attach`. */
void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_timing timing,
                          enum profinst_clock clock);

#endif
