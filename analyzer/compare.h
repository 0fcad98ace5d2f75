/* What differs between two sides: functions, edges and contexts, matched, with their figures before
 * and after. docs/COMPARE.md tells how, and with which statistics. */
#ifndef PROFINST_ANALYZER_COMPARE_H
#define PROFINST_ANALYZER_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "memory.h"
#include "sides.h"
#include "statistics.h"

/* What is certain in 95 of 100 cases is taken to be so. */
#define COMPARE_SIGNIFICANT 0.05

/* Times of less than this share of the self time of both sides are not tested: there are many, and
 * each would make it harder for the others to be significant. */
#define COMPARE_NOTICEABLE 0.001

/* What there is to say of the difference. */
enum compare_verdict {
    VERDICT_SAME,      /* counts: the same in all runs of both sides */
    VERDICT_NOISE,     /* no more than what runs differ by chance, or too little to be tested */
    VERDICT_UNKNOWN,   /* a side has one run only, so nobody knows what chance does */
    VERDICT_DIFFERENT, /* counts: each side has one, and they differ. Otherwise: significantly */
};

/* A quantity on both sides: one value for each run. What a run did not call counts as 0. */
struct compared {
    double *values[SIDES]; /* as many as the side has runs */
    struct statistics figures[SIDES];
    struct statistics_contrast contrast; /* of times, and of counts that vary */
    double adjusted_p;   /* corrected for all rows of the comparison; NAN: not tested */
    double error[SIDES]; /* of estimated times: half of the 95 % interval of the mean, as far as
                            estimates are to blame; 0: they are not */
    bool steady;         /* each side has the same value in all its runs */
    enum compare_verdict verdict;
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
    REASON_MORE_CALLS, /* called more often; `caller` has most of it */
    REASON_LESS_CALLS,
    REASON_SLOWER, /* as many calls, more time */
    REASON_FASTER,
};

struct compared_function {
    const char *name, *linkage_name;
    const char *module, *file;             /* NULL: unknown; last part of the module's path */
    int64_t line;                          /* 0: unknown */
    const char *former_name, *former_file; /* what was another one before; else NULL */
    int64_t ids[SIDES];                    /* function.id; 0: it is not there */
    bool external;                         /* not part of the build */
    enum compare_presence presence;
    enum compare_code code;
    enum compare_reason reason;
    size_t caller;    /* index of the caller of most of the further calls; SIZE_MAX: none */
    bool below_noise; /* of what recording took on both sides, self_ns is less than a tenth */
    struct compared calls, self_ns, cumulative_ns;
    /* Of all runs of a side together; NAN: unknown. */
    double average_ns[SIDES], p50_ns[SIDES], p95_ns[SIDES], p99_ns[SIDES];
};

struct compared_edge {
    size_t caller, callee; /* indices of functions */
    enum compare_presence presence;
    struct compared calls, cumulative_ns;
    double recursive_calls[SIDES]; /* of all runs of a side together */
};

struct compared_context {
    size_t function; /* index */
    size_t parent;   /* index of its caller's context; SIZE_MAX: there is none */
    bool folded;     /* its callers are not told apart */
    enum compare_presence presence;
    struct compared calls, self_ns, cumulative_ns;
};

struct comparison {
    struct sides *sides;
    bool has_times;   /* false: a side only counted calls, or its clock is unknown */
    bool same_ground; /* false: known to be of different machines or builds, so that times tell
                         little about the source */
    const char *program[SIDES];                    /* path of the executable */
    struct compared wall_ns, self_ns, total_calls; /* of whole runs; self_ns: of all functions */
    struct compared_function *functions;           /* what matters most first */
    size_t function_count;
    struct compared_edge *edges; /* likewise */
    size_t edge_count;
    bool has_contexts;                 /* the sides were asked for them, and have them */
    struct compared_context *contexts; /* likewise */
    size_t context_count;
    const char **warnings; /* sentences: another machine, compiler, build type, program */
    size_t warning_count;
    struct pool pool;
    struct compare_block *blocks; /* values */
};

/* compare_free in any case. */
enum status compare(struct database *database, struct sides *sides, struct comparison *comparison);
void compare_free(struct comparison *comparison);

/* Mean after less mean before. */
double compared_difference(const struct compared *compared);

/* Differs, or may do so for all that is known: more than estimates are wrong by. */
bool compared_may_differ(const struct compared *compared);

/* The nearest whole number, within what sums of a few cannot leave. */
int64_t compared_whole(double value);

/* Is there a reason to show the row to somebody who wants to know what has changed? */
bool compared_function_changed(const struct compared_function *function);
bool compared_edge_changed(const struct compared_edge *edge);
bool compared_context_changed(const struct compared_context *context);

/* "new", "gone", "moved", "code changed", "more calls", "fewer calls", "slower", "faster"; "" of
 * REASON_NONE. */
const char *compare_reason(enum compare_reason reason);

/* As a sentence's part, and more of it: "new", "was f in a.c, code changed", "same code, called more
 * by f"; "" if nothing is to be said. In the pool. */
const char *compare_explain(struct pool *pool, const struct comparison *comparison,
                            const struct compared_function *function);

/* "main > f > g", as in the view contexts; in the pool. */
const char *compare_path(struct pool *pool, const struct comparison *comparison,
                         const struct compared_context *context);

#endif
