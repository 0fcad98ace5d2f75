/* What the rules of advice look at: functions, and who calls whom, in memory. All of it comes from
 * totals, so that advice does not need the contexts loaded. */
#ifndef PROFINST_ANALYZER_ADVICE_FACTS_H
#define PROFINST_ANALYZER_ADVICE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advice_names.h"
#include "database.h"

#define FACTS_NONE SIZE_MAX

/* Figures are never negative, whatever the database holds. As floating point numbers they do not
 * overflow; beyond 2^53 they are rounded. Times are nanoseconds. */
struct fact_function {
    int64_t id;
    const char *name, *linkage_name, *file; /* file NULL: unknown */
    int64_t line;                           /* 0: unknown */
    bool external, below_noise;
    enum deed deed;
    double calls, inlined_calls, recursive_calls;
    double self_ns, self_error_ns, cumulative_ns, cumulative_error_ns;
    double measured_calls, p50_ns, p99_ns;
    bool has_percentiles;              /* both are known */
    size_t first_callee, callee_count; /* edges from here */
    size_t first_caller, caller_count; /* of `to`: edges to here */
};

struct fact_edge {
    size_t caller, callee; /* functions */
    double calls, inlined_calls, recursive_calls, cumulative_ns;
};

/* What began before main did, in main's thread. */
struct fact_start {
    size_t function;
    double ns; /* with all it called */
};

struct facts {
    struct pool pool;
    struct fact_function *functions;
    struct fact_edge *edges; /* by caller */
    size_t *to;              /* edges, by callee */
    struct fact_start *starts;
    size_t function_count, edge_count, start_count;
    double calls;
    double total_ns; /* of all threads together, without profiler_ns; shares are of this */
    double profiler_ns, outside_ns;
    bool has_times;
    bool is_unsure; /* an error is larger than all the time: nearly all of it was the profiler's */
};

/* facts_free in any case. */
enum status facts_query(struct facts *facts, struct database *database);
void facts_free(struct facts *facts);

/* The function with this id; FACTS_NONE: there is none. */
size_t facts_find(const struct facts *facts, int64_t id);

/* The part of its own time that is sure: none of it where it is below the noise. */
double facts_sure_self(const struct fact_function *function);

/* That of a part of its cumulative time. */
double facts_sure(const struct fact_function *function, double ns);

/* Calls that were neither inlined nor made while the function was running already, in any case: a
 * call may be both. */
double facts_outer_calls(double calls, double inlined_calls, double recursive_calls);

#endif
