/* Executables and libraries. */
#ifndef PROFINST_OBJECT_H
#define PROFINST_OBJECT_H

#include <stdint.h>
#include "profinst_abi.h"

/* Finds out which object the unit is part of, unless that is known. Called within a section, but
 * not under the lock: the dynamic linker has locks of its own. Without memory what is in the unit
 * stays nameless. */
void profinst__object_of(struct profinst_unit *unit);

/* The id of the unit's object in the profile; 0 if that cannot grow. Called under the lock. */
uint32_t profinst__object_id(const struct profinst_unit *unit);

/* The path of the unit's object; "" if that is not known. */
const char *profinst__object_path(const struct profinst_unit *unit);

#endif
