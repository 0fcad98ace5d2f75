/* Steps of report_query, and what its queries share; see report.h. */
#ifndef PROFINST_ANALYZER_REPORT_STEPS_H
#define PROFINST_ANALYZER_REPORT_STEPS_H

#include "report.h"

/* Of one call that was not inlined. */
#define REPORT_AVERAGE "called_ns / nullif(calls - inlined_calls, 0)"

/* From four columns: all, inlined and recursive calls, and their average time. */
struct report_calls report_calls_at(sqlite3_stmt *row, int column);

/* From these columns. */
#define REPORT_ESTIMATE "raw_self_ns, self_error_ns, cumulative_error_ns, below_noise"
struct report_estimate report_estimate_at(sqlite3_stmt *row, int column);

/* What is below the noise has no place among the others. */
#define REPORT_BY_SELF "below_noise, self_ns DESC"

/* What rows are ordered by before ties are broken; `self` if that is self time. */
const char *report_order(const struct report *report, const char *self);

/* " LIMIT 20", or "". */
const char *report_limit(struct report *report);

/* Sums up what stands behind FROM; `self` and `below_noise` are columns, or 0. */
enum status report_query_total(struct report *report, struct database *database, const char *from,
                               const char *self, const char *below_noise,
                               struct report_total *total);

enum status report_query_contexts(struct report *report, struct database *database);

#endif
