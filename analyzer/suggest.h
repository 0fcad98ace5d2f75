/* Which functions to leave out so that recording costs little. docs/OVERHEAD.md tells how and why.
 *
 * Overhead is the time that recording takes, relative to the time that the program's threads take
 * without it. */
#ifndef PROFINST_ANALYZER_SUGGEST_H
#define PROFINST_ANALYZER_SUGGEST_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "source.h"

/* All functions of one linkage name: a filter leaves them out together. */
struct suggest_function {
    const char *linkage_name;
    const char *name;
    int64_t calls; /* those that are inlined, too */
    int64_t inlined_calls;
    double saving_ns; /* by leaving it out */
    double own_ns;    /* self time without the overhead in it */
    bool external;    /* no filter leaves it out */
    bool left_out;
};

/* Strings belong to `pool`. */
struct suggestion {
    struct pool pool;
    double wanted;      /* overhead at most: 0.05 */
    double event_ns;    /* what recording an entry or a return took */
    double total_ns;    /* of all threads, as measured */
    double own_ns;      /* of that, the program's own */
    double before_ns;   /* of that, overhead; expected */
    double after_ns;    /* the same with the functions left out */
    double external_ns; /* of either, of calls out of the build */
    int64_t calls, inlined_calls;
    struct suggest_function *functions; /* those that save most first */
    size_t count, left_out;
};

/* suggest_free in any case. */
enum status suggest_query(struct suggestion *suggestion, struct database *database, double wanted);
void suggest_free(struct suggestion *suggestion);

bool suggest_reached(const struct suggestion *suggestion);

/* Whether it has so much time of its own, and more than recording it costs, that it is never left
 * out. */
bool suggest_is_large(const struct suggestion *suggestion, const struct suggest_function *function);

/* The overhead as "12.3 %". */
char *suggest_percent(struct pool *pool, const struct suggestion *suggestion, double overhead_ns);

/* Writes the filter; `path` is its name, for its users, or NULL. */
void suggest_write(FILE *stream, struct suggestion *suggestion, const char *path);

#endif
