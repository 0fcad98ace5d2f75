/* The functions that somebody names on the command line. */
#ifndef PROFINST_ANALYZER_FIND_H
#define PROFINST_ANALYZER_FIND_H

#include <stddef.h>
#include <stdint.h>

#include "database.h"

/* Function ids, the one with the largest cumulative time first. */
struct found {
    int64_t *ids;
    size_t count;
};

/* Those that `name` fits: as it stands, without its parameters, without its namespaces too, or as
 * linkage name; and if there is none, as a pattern for these, a glob or `re:` and a regular
 * expression. What fits in one way is not looked for in the next. If nothing fits, or it is no good
 * pattern, says so, and names the nearest. `command` and `option` are for that message; `option`
 * may be NULL. The caller frees `ids`. */
enum status find_functions(struct database *database, const char *command, const char *option,
                           const char *name, struct found *found);

/* Makes them the temporary table of that name, with the column `id`, in place of one that was
 * there. */
enum status find_store(struct database *database, const struct found *found, const char *table);

/* Those in files, or in modules, that the pattern fits: the whole path, or what stands behind one
 * of its slashes. */
enum status find_by_file(struct database *database, const char *command, const char *option,
                         const char *pattern, struct found *found);
enum status find_by_module(struct database *database, const char *command, const char *option,
                           const char *pattern, struct found *found);

#endif
