/* Ids for functions, and their names in the profile. All functions are called within a section. */
#ifndef PROFINST_NAMES_H
#define PROFINST_NAMES_H

#include <stdint.h>
#include "profinst_abi.h"

/* A loaded executable or library. Kept for ever: an object that is unloaded and loaded again is the
 * same one, and so are its functions. */
struct profinst__object;

/* Finds out which object the unit is part of, unless that is known. Not to be called under the
 * lock: the dynamic linker has locks of its own. Without memory the unit's functions stay nameless.
 */
void profinst__object_of(struct profinst_unit *unit);

/* Gives the function its id, and the profile its name. 0 if the profile cannot grow. Under the
 * lock. */
uint32_t profinst__name_function(struct profinst_function *function);

#endif
