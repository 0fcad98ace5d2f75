/* Which series somebody means. */
#ifndef PROFINST_ANALYZER_SERIES_FIND_H
#define PROFINST_ANALYZER_SERIES_FIND_H

#include <stdint.h>

#include "database.h"

/* `named` is a name, of several with it the newest is meant, or a number, alone or as `series:N`;
 * NULL is the newest of all. *id is 0 if there is none. */
enum status series_find(struct database *database, const char *named, int64_t *id);

/* The same for `command`, but fails if there is none of that name or number, and says what may have
 * been meant. */
enum status series_find_named(struct database *database, const char *command, const char *named,
                              int64_t *id);

/* Says that nothing has that name, and what may have been meant. `names`: the statement that finds
 * those there are; `advice`: where nothing is near. */
enum status series_unknown(struct database *database, const char *command, const char *what,
                           const char *name, const char *names, const char *advice);

#endif
