/* Where a command's data comes from: profiles, or a database that `profinst load` filled. Either
 * way the command then asks the same database views, which show what was chosen of it. */
#ifndef PROFINST_ANALYZER_SOURCE_H
#define PROFINST_ANALYZER_SOURCE_H

#include <argp.h>
#include <stddef.h>

#include "database.h"
#include "memory.h"
#include "scope.h"

struct source {
    const char *command; /* for messages: "report" */
    bool contexts; /* it asks for contexts one by one; of profiles only totals are made else, and
                      contexts without caller */
    bool sites;    /* it asks for call sites; of profiles they are not looked for else */
    bool fingerprints;    /* likewise for fingerprints */
    const char *database; /* --db; NULL: read the profiles */
    struct scope scope;   /* --run, --program, --process, --thread */
    char **files; /* profiles; if none is named, those of the newest run in the working directory */
    size_t file_count;
    char **newest;      /* owned: those */
    const char *output; /* of source_check_output, which has to look at those, too */
    struct pool pool;
};

/* The arguments that say it: PROFILE... or --db, --run and those of the scope. Children of the
 * command's own parser, which hands its source over at ARGP_KEY_INIT: `state->child_inputs[0]`. */
extern const struct argp_child source_arguments[];

/* The same, for commands that have more such children. */
extern const struct argp source_parser;

/* For --help, of those arguments. */
#define SOURCE_ARGUMENTS "[PROFILE...]\n--db FILE"

/* Fails if the output, which may be NULL, is one of the files that are read, or the database even
 * if that is yet to be made. */
enum status source_check_output(struct source *source, const char *output);

/* On success the caller closes the source with the database. */
enum status source_open(struct source *source, struct database *database);
void source_close(struct source *source, struct database *database);

/* Programs, by their paths, in the order in which they began. In the source's pool; the caller
 * frees the array. */
struct source_programs {
    const char **paths;
    size_t count;
};
enum status source_find_programs(struct source *source, struct database *database,
                                 struct source_programs *programs);

/* Shows of what was chosen only this program. */
enum status source_show_program(const struct source *source, struct database *database,
                                const char *path);

#endif
