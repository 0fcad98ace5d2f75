/* Folders for what is needed for a while. */
#ifndef PROFINST_ANALYZER_SCRATCH_H
#define PROFINST_ANALYZER_SCRATCH_H

#include "error.h"
#include "memory.h"

/* Makes a folder NAME-XXXXXX in TMPDIR or /tmp, for its owner alone. Its path, in the pool, is
 * whole: programs that work elsewhere may be told of it. */
enum status scratch_make(struct pool *pool, const char *name, const char **folder);

/* Removes it with all in it. NULL: does nothing. */
void scratch_remove(const char *folder);

#endif
