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
 * linkage name, in this order: what fits in one way is not looked for in the next. A pattern with *
 * or ? may fit many in each. If there is none, says so, and names the nearest. `command` and
 * `option` are for that message. The caller frees `ids`. */
enum status find_functions(struct database *database, const char *command, const char *option,
                           const char *name, struct found *found);

#endif
