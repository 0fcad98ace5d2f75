/* What differs between two sides: functions, edges and contexts, matched, with their figures before
 * and after. */
#ifndef PROFINST_ANALYZER_COMPARE_H
#define PROFINST_ANALYZER_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "memory.h"
#include "sides.h"
#include "statistics.h"

/* A quantity on both sides: one value for each run. What a run did not call counts as 0. */
struct compared {
    const double *values[SIDES]; /* as many as the side has runs */
    struct statistics figures[SIDES];
    struct statistics_contrast contrast; /* of times: whether it is more than noise */
    double adjusted_p; /* corrected for all rows of the comparison; NAN: unknown */
    bool steady;       /* each side has the same value in all its runs */
};

enum compare_presence { IN_BOTH, ONLY_BEFORE, ONLY_AFTER };
enum compare_code { CODE_UNKNOWN, CODE_SAME, CODE_CHANGED };

/* What a function's row says of why it is there, in the order of the texts of compare_reason. */
enum compare_reason {
    REASON_NONE, /* nothing differs, or no more than by chance */
    REASON_NEW,
    REASON_GONE,
    REASON_MOVED, /* renamed, or in another file: the same code */
    REASON_CODE_CHANGED,
    REASON_MORE_CALLS, /* same code, called more often; `caller` has most of it */
    REASON_LESS_CALLS,
    REASON_SLOWER, /* same code and calls, more time */
    REASON_FASTER,
};

struct compared_function {
    const char *name, *linkage_name;
    const char *module, *file;             /* NULL: unknown */
    int64_t line;                          /* 0: unknown */
    const char *former_name, *former_file; /* of a moved one; else NULL */
    int64_t ids[SIDES];                    /* function.id; 0: it is not there */
    enum compare_presence presence;
    enum compare_code code;
    enum compare_reason reason;
    size_t caller; /* index of the caller of most of the further calls; SIZE_MAX: none */
    struct compared calls, self_ns, cumulative_ns;
    /* Of all runs of a side together; NAN: unknown. */
    double average_ns[SIDES], p50_ns[SIDES], p95_ns[SIDES], p99_ns[SIDES];
};

struct compared_edge {
    size_t caller, callee; /* indices of functions */
    enum compare_presence presence;
    struct compared calls, cumulative_ns;
};

struct compared_context {
    const char *path; /* as in the view contexts */
    size_t function;  /* index */
    enum compare_presence presence;
    struct compared calls, self_ns, cumulative_ns;
};

struct comparison {
    struct sides *sides;
    bool has_times; /* false: a side only counted calls, or is of another machine or build */
    const char *program[SIDES];
    struct compared wall_ns, total_calls; /* of whole runs */
    struct compared_function *functions;  /* what matters most first */
    size_t function_count;
    struct compared_edge *edges;
    size_t edge_count;
    struct compared_context *contexts; /* only if asked for */
    size_t context_count;
    const char **warnings; /* sentences: another machine, compiler, build type, program */
    size_t warning_count;
    struct pool pool;
};

/* compare_free in any case. */
enum status compare(struct database *database, struct sides *sides, bool contexts,
                    struct comparison *comparison);
void compare_free(struct comparison *comparison);

/* "code changed", "same code, slower", ... "" of REASON_NONE. */
const char *compare_reason(enum compare_reason reason);

#endif
