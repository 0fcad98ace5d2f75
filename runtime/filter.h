/* PROFINST_FILTER: which functions are switched off. Called within a section. */
#ifndef PROFINST_FILTER_H
#define PROFINST_FILTER_H

#include <stdbool.h>
#include "profinst_abi.h"

/* Reads the rules, once. Says what is wrong with them on standard error, and has none then. */
void profinst__filter_read(const char *rules);

/* True if there are rules. */
bool profinst__filter_is_set(void);

/* True if the function is to be switched off. Not to be called under the lock. */
bool profinst__filter_excludes(const struct profinst_function *function);

#endif
