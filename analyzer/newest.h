/* The profiles that somebody means who names none. */
#ifndef PROFINST_ANALYZER_NEWEST_H
#define PROFINST_ANALYZER_NEWEST_H

#include <stddef.h>

#include "error.h"
#include "memory.h"

/* The newest profile in the working directory, by its time of change, and those of the same run.
 * Their names are in the pool; the caller frees the array. Fails if there is none. */
enum status newest_profiles(struct pool *pool, const char *command, char ***files, size_t *count);

#endif
