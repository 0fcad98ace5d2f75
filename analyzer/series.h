/* Series in the database: how `profinst run` writes one. */
#ifndef PROFINST_ANALYZER_SERIES_H
#define PROFINST_ANALYZER_SERIES_H

#include <stdint.h>

#include "database.h"
#include "series_facts.h"
#include "launch.h"

enum { SERIES_LONGEST_ARGUMENTS = 16384 }; /* bytes; what is more is left out */

struct series {
    const char *key;  /* hex; series_begin draws it */
    const char *name; /* NULL: none */
    char *const *arguments;
    int64_t started_unix_ns, warmup_runs;
    int64_t run_count; /* that it has got */
    struct series_facts facts;
    int64_t id; /* in the database; 0: it is not there */
};

/* Draws the key, and notes the time. The caller frees the facts. */
enum status series_begin(struct series *series);

/* These work within the caller's transaction. */

/* Adds the series with its facts. */
enum status series_add(struct database *database, struct series *series);

/* Adds a run, which is number `number` of the series; `run`: its run.id, 0: it left no profile. */
enum status series_add_run(struct database *database, const struct series *series, int64_t number,
                           const struct launch *launch, int64_t run);

#endif
