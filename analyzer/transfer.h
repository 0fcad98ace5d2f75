/* Series with all that belongs to their runs, from one database into another or into a file. */
#ifndef PROFINST_ANALYZER_TRANSFER_H
#define PROFINST_ANALYZER_TRANSFER_H

#include <stdint.h>
#include <stdio.h>

#include "database.h"

/* Copies runs with their processes, threads, functions, contexts, totals, durations and
 * fingerprints within the caller's transaction on `to`. A run that is there already (run.run_key)
 * is not copied again. *id is its run.id there. */
enum status transfer_run(struct database *from, int64_t run, struct database *to, int64_t *id);

/* Copies a series with its runs, facts and figures; one that is there already (series_key) is not
 * copied again. *id is its series.id there. */
enum status transfer_series(struct database *from, int64_t series, struct database *to,
                            int64_t *id);

#endif
