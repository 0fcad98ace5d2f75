/* Series with all that belongs to their runs, from one database into another or into a file. */
#ifndef PROFINST_ANALYZER_TRANSFER_H
#define PROFINST_ANALYZER_TRANSFER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "database.h"

/* What is read may come from a stranger, database or file: every value, reference and range is
 * checked, and what is wrong is told with its place. Nothing that is there already is changed, but
 * for what calls of a function come to in all runs together.
 *
 * These work within the caller's transaction on `to`, which is to be taken back if they fail. */

/* Copies runs with their processes, threads, functions, contexts, totals, durations and
 * fingerprints. A run that is there already (run.run_key) is not copied again. *id is its run.id
 * there. */
enum status transfer_run(struct database *from, int64_t run, struct database *to, int64_t *id);

/* Copies a series with its runs, facts and figures; one that is there already (series_key) is not
 * copied again. *id is its series.id there. */
enum status transfer_series(struct database *from, int64_t series, struct database *to,
                            int64_t *id);

/* The fact of a series (series_fact.name) that says that of its contexts only threads' roots and
 * what nobody called are there, and no cross calls: its value is "no". Otherwise there is no such
 * fact. */
#define TRANSFER_CONTEXTS_FACT "baseline.contexts"

struct transfer_options {
    bool contexts; /* all of them; otherwise those that totals need */
    bool compressed;
};

/* Writes a series as a baseline file of that name, docs/BASELINES.md. What is written depends on
 * nothing else. */
enum status transfer_write(struct database *from, int64_t series, const char *name,
                           struct transfer_options options, FILE *stream);

/* Is it a baseline file, plain or compressed, whatever is in it? */
bool transfer_is_baseline(const char *path);

/* Reads a baseline file like transfer_series. *name, which may be NULL, is the baseline's, in the
 * pool. */
enum status transfer_read(struct database *to, const char *path, int64_t *series, struct pool *pool,
                          const char **name);

#endif
