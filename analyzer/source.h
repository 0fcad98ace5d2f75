/* Where a command's data comes from: profiles, or a database that `profinst load` filled. Either
 * way the command then asks the same database views. */
#ifndef PROFINST_ANALYZER_SOURCE_H
#define PROFINST_ANALYZER_SOURCE_H

#include <argp.h>
#include <stddef.h>

#include "database.h"
#include "memory.h"

struct source {
    const char *command; /* for messages: "report" */
    bool contexts; /* it asks for contexts one by one; of profiles only totals are made else */
    const char *database; /* --db; NULL: read the profiles */
    const char *run;      /* --run; NULL: all runs together */
    char **files;         /* profiles */
    size_t file_count;
    sqlite3_int64 run_id; /* set by source_open; 0: all runs */
};

/* The arguments that say it: PROFILE... or --db, and --run. Children of the command's own parser,
 * which hands its source over at ARGP_KEY_INIT: `state->child_inputs[0]`. */
extern const struct argp_child source_arguments[];

/* Fails if the output, which may be NULL, is one of the files that are read. */
enum status source_check_output(const struct source *source, const char *output);

/* On success the caller closes the database. */
enum status source_open(struct source *source, struct database *database);

/* " FROM functions ", or " FROM run_functions WHERE run = 7 ": the given view, restricted to the
 * run. */
char *source_from(struct pool *pool, const struct source *source, const char *view);

#endif
