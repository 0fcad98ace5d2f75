/* What a report says, apart from how it looks: one query, and a writer for each format. */
#ifndef PROFINST_ANALYZER_REPORT_H
#define PROFINST_ANALYZER_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "advice.h"
#include "json.h"
#include "severity.h"
#include "source.h"
#include "style.h"

enum report_sort { SORT_SELF, SORT_CUMULATIVE, SORT_CALLS, SORT_AVERAGE };

struct report_options {
    enum report_sort sort;
    int64_t limit; /* rows of each kind; 0: all */
    bool edges;
    bool contexts;
    bool filtered;               /* only the rows that row_filter.h shows */
    bool totals_only;            /* no rows at all */
    const struct config *config; /* borrowed */
    int64_t advice_limit;        /* pieces of advice; 0: all */
};

/* Strings belong to the report. NULL: unknown. Times are nanoseconds, shares are of total_ns. */
struct report_process {
    const char *program;
    const char *arguments; /* JSON array */
    int64_t process_id, parent_process_id, run, started_unix_ns, duration_ns, threads, calls,
        inlined_calls, lost_calls, folded_calls, folded_ns, unattributed_ns;
    int64_t profiler_ns;        /* what the profiler took; in no other time */
    int64_t user_ns, system_ns; /* processor time; of one that did not end, at least so much */
    int64_t peak_bytes;         /* 0: unknown */
    int64_t samples, hook_samples;
    int64_t sample_ns;  /* 0: there are none */
    const char *timing; /* exact, auto, counts */
    double event_ns;    /* what recording an entry or a return took; 0: unknown */
    bool ended;
    bool usage_known; /* otherwise user_ns and system_ns are 0 */
    bool times_known;
};

/* Calls that were inlined have no time of their own, but for that of what they called. */
struct report_calls {
    int64_t calls;           /* all */
    int64_t inlined_calls;   /* of those */
    int64_t recursive_calls; /* of those */
    int64_t average_ns;      /* of one that was not inlined */
    bool has_average;        /* there is one */
};

/* Of the self time and the cumulative time of a row. */
struct report_estimate {
    int64_t raw_self_ns;                        /* with what the profiler took */
    int64_t self_error_ns, cumulative_error_ns; /* half of the 95 % interval; 0: none */
    bool below_noise;
};

enum { REPORT_P95 = 3, REPORT_P99 = 4, REPORT_DURATIONS = 6 };

struct report_durations {
    int64_t measured;                    /* calls; 0: nothing is known */
    int64_t values_ns[REPORT_DURATIONS]; /* min, p50, p75, p95, p99, max */
    bool known[REPORT_DURATIONS];
};

struct report_function {
    int64_t id; /* functions.function_id */
    const char *name;
    const char *linkage_name;
    const char *fingerprint; /* in hex; NULL: unknown, or not the same in all processes */
    const char *module;      /* NULL: external */
    const char *file;
    int64_t line; /* 0: unknown */
    bool external;
    struct report_calls calls;
    int64_t self_ns, cumulative_ns;
    struct report_estimate estimate;
    struct report_durations durations;
    enum severity severity; /* unknown where there is no time to judge */
};

struct report_edge {
    int64_t caller_id, callee_id; /* functions.function_id */
    const char *caller;
    const char *callee;
    const char *caller_linkage_name;
    const char *callee_linkage_name;
    bool external; /* the callee */
    struct report_calls calls;
    int64_t cumulative_ns;
};

struct report_context {
    const char **path; /* from the root; if it is overlong, from "..." */
    size_t depth;
    int64_t id;
    bool external;
    struct report_calls calls; /* recursive ones are not told apart */
    int64_t self_ns, cumulative_ns;
    struct report_estimate estimate;
};

/* What all rows of a kind add up to, those beyond the limit included. */
struct report_total {
    int64_t rows;
    int64_t calls;
    int64_t inlined_calls;
    int64_t self_ns;
    int64_t below_noise; /* rows */
};

struct report {
    struct pool pool;
    struct report_options options;
    const struct advice_list *advice; /* borrowed; NULL: none is wanted */
    bool has_times;                   /* of any process */
    int64_t runs, runs_ns;            /* how many; from its start to its end, of all together */
    int64_t total_ns;                 /* of all threads together, without profiler_ns */
    int64_t profiler_ns;              /* what the profiler took */
    int64_t outside_ns;               /* of that, in no instrumented function */
    int64_t unattributed_ns;          /* of that, lost in interrupted events */
    struct report_process *processes;
    struct report_function *functions;
    struct report_edge *edges;
    struct report_context *contexts;
    size_t process_count, function_count, edge_count, context_count;
    struct report_total function_total; /* of all functions, also those that are filtered out */
    struct report_total shown_total;    /* of those that are not */
    struct report_total edge_total, context_total;
};

/* Edges and contexts only if the options ask for them. report_free in any case. */
enum status report_query(struct report *report, struct database *database,
                         const struct report_options *options);
void report_free(struct report *report);

/* "main > f > g", in the pool. */
const char *report_join_path(struct pool *pool, const struct report_context *context);

void report_write_table(FILE *stream, struct report *report, const struct screen *screen);
void report_write_markdown(FILE *stream, struct report *report);
void report_write_json(FILE *stream, struct report *report);
json_t *report_json(const struct report *report); /* the caller's */

/* An object a line, with its "kind": total, process, function, edge. */
void report_write_json_lines(FILE *stream, struct report *report);

/* The contexts or the edges if the report has them, otherwise the functions. */
void report_write_csv(FILE *stream, struct report *report);

#endif
