/* Functions and who calls whom, for the formats that know no contexts. */
#ifndef PROFINST_ANALYZER_EXPORT_TOTALS_H
#define PROFINST_ANALYZER_EXPORT_TOTALS_H

#include "export.h"

/* Strings belong to the totals. Numbers are at least 0. */
struct export_function {
    int64_t id;
    const char *name, *linkage_name;
    const char *module; /* path; NULL: external */
    const char *file;   /* NULL: unknown */
    int64_t line;       /* 0: unknown */
    int64_t calls, inlined_calls, recursive_calls;
    int64_t self_ns, cumulative_ns, self_error_ns, cumulative_error_ns;
    /* Of calls and cumulative_ns, what no edge has: those from the start of threads. Time without
     * calls is of functions that ran already when their process was forked, or of folded contexts.
     */
    int64_t uncalled, uncalled_ns;
};

struct export_edge {
    size_t caller, callee; /* of the functions */
    int64_t calls, cumulative_ns;
};

struct export_totals {
    struct pool pool;
    struct export_times times;
    struct export_function *functions; /* the one with the most self time first */
    struct export_edge *edges;         /* by caller; the one with the most time first */
    size_t function_count, edge_count;
};

/* export_totals_free in any case. */
enum status export_query_totals(struct export_totals *totals, struct database *database);
void export_totals_free(struct export_totals *totals);

#endif
