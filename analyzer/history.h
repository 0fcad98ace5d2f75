/* Functions over the runs that a database holds: what they took at each point of time, and where
 * that went from one level to another. docs/HISTORY.md describes it.
 *
 * A point is a series of `profinst run`, or a run that is part of none. */
#ifndef PROFINST_ANALYZER_HISTORY_H
#define PROFINST_ANALYZER_HISTORY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "change_point.h"
#include "database.h"
#include "memory.h"
#include "statistics.h"
#include "style.h"

/* In the order of history_whats. Times are nanoseconds. */
enum history_what {
    HISTORY_SELF,
    HISTORY_CUMULATIVE,
    HISTORY_CALLS,
    HISTORY_AVERAGE, /* of one call that was not inlined */
    HISTORY_P95,     /* of the durations of calls */
    HISTORY_WALL,    /* of whole runs, no function's */
};
extern const char *const history_whats[]; /* their names; NULL behind the last */

struct history_options {
    const char *command; /* for messages */
    enum history_what what;
    const char *program;  /* NULL: that of the newest run */
    const char *series;   /* its name; NULL: all, and runs that are in none */
    const char *function; /* as find.h finds it; NULL: any */
    bool overview;        /* only those that have most; steps are judged by all rows together */
    int64_t limit;        /* functions at most; 0: all */
    int64_t last;         /* points at most, the newest; 0: all */
    size_t least_points;  /* fewer are no error: then points are all there is; 0: any will do */
    bool all_series;      /* nobody can choose one: no note says how */
};

struct history_point {
    int64_t series, run; /* series.id, or 0 and run.id */
    int64_t started_unix_ns;
    const char *name;            /* of the series; NULL: none */
    const char *commit;          /* NULL: unknown */
    const char *branch;          /* likewise */
    bool dirty;                  /* the commit had been changed */
    size_t first_run, run_count; /* of `runs` */
};

struct history_run {
    int64_t id; /* run.id */
    bool timed; /* it has times, and not only counts */
    double wall_ns;
};

/* A function at a point. */
struct history_level {
    struct statistics figures; /* over those runs of which it is known */
    double half; /* half of the 95 % interval of the mean; of one run, of its estimate; NAN: none */
    struct statistics calls;
};

/* Functions are the same if linkage name, module and source file are: lines move. */
struct history_function {
    int64_t id;                      /* function.id of the newest */
    const char *name, *linkage_name; /* NULL: the whole program */
    const char *module, *file;       /* NULL: unknown */
    int64_t line;                    /* that of the newest; 0: unknown */
    /* Of each run. Not called is 0; NAN: unknown. */
    double *values, *errors, *calls;
    struct history_level *levels; /* of each point */
    struct change_points steps;
};

struct history {
    struct history_options options;
    struct pool pool; /* of all strings */
    const char *program;
    const char *
        *notes; /* sentences: what may make points differ that is no change of the program */
    size_t note_count;
    struct history_point *points; /* from the oldest on */
    size_t point_count;
    struct history_run *runs; /* point by point */
    size_t run_count;
    struct history_function *functions; /* the one with most first */
    size_t function_count, left_out;
};

/* Fails if there is no run (but see least_points), or no such function. history_free in any case. */
enum status history_query(struct history *history, struct database *database,
                          const struct history_options *options);
void history_free(struct history *history);

void history_write_table(FILE *stream, struct history *history, const struct screen *screen);
void history_write_markdown(FILE *stream, struct history *history);
void history_write_json(FILE *stream, struct history *history);
void history_write_csv(FILE *stream, struct history *history);

/* ---- its parts ------------------------------------------------------------------------------- */

/* Finds points and runs, and makes them the temporary table history_run (id, place). */
enum status history_find_runs(struct history *history, struct database *database);

/* What --format=json writes. The caller's. */
json_t *history_json(struct history *history);

/* "2027-01-15 08:00:00 UTC" */
const char *history_moment(struct history *history, const struct history_point *point);

/* The commit in short, "3f2a9c1d20ab-dirty"; "-": unknown. */
const char *history_commit(struct history *history, const struct history_point *point);

/* "self time" */
const char *history_what(const struct history *history);

/* From `before` on: "+20.4 %"; "-": there is no such. */
const char *history_change(struct history *history, double before, double after);

/* The step that begins at a point; NULL: none does. */
const struct change_point *history_step_at(const struct history_function *function, size_t point);

/* 1 - p as "99.98 %", never more than is known; "exact". */
const char *history_confidence(struct history *history, const struct history_function *function,
                               const struct change_point *step);

#endif
