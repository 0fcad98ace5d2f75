/* Ids for functions, and their names in the profile. All functions are called within a section. */
#ifndef PROFINST_NAMES_H
#define PROFINST_NAMES_H

#include <stdint.h>
#include "profinst_abi.h"

/* A loaded executable or library. Kept for ever: an object that is unloaded and loaded again is the
 * same one, and so are its functions. */
struct profinst__object;

/* The object for a path; NULL without memory. Copies the path. */
struct profinst__object *profinst__object(const char *path);

/* Gives the function its id, and the profile its name. 0 if the profile cannot grow. */
uint32_t profinst__name_function(struct profinst_function *function);

#endif
