/* Stand-in: the options of external calls. */
#ifndef PROFINST_OPTIONS_H
#define PROFINST_OPTIONS_H

#include <stdbool.h>

/* Calls of the function are recorded although it is not part of the build. */
bool option_external(const char *linkage_name);

/* True if that may be so of any function. */
bool option_external_any(void);

#endif
