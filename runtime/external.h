/* Which functions that are called as external ones are part of the build after all: calls of these
 * are counted where they enter. Called within a section, under the lock. */
#ifndef PROFINST_EXTERNAL_H
#define PROFINST_EXTERNAL_H

#include <stdbool.h>
#include "profinst_abi.h"

/* Remembers the functions that the unit hooks, for ever. Without memory some are taken for external
 * ones. */
void profinst__external_remember(const struct profinst_unit *unit);

/* True if a unit hooks the function. */
bool profinst__external_is_hooked(const struct profinst_function *function);

#endif
