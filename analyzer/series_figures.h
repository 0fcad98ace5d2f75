/* What a series measured: figures of its runs, and of its functions. */
#ifndef PROFINST_ANALYZER_SERIES_FIGURES_H
#define PROFINST_ANALYZER_SERIES_FIGURES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "database.h"
#include "series_facts.h"
#include "memory.h"
#include "statistics.h"
#include "style.h"

/* What a signal cut short is no measurement of the whole, but if there is nothing else it is all
 * there is: the condition for rows of series_run, in SQL, that tells which count. */
#define SERIES_RUN_COUNTS                                                                          \
    "(signal IS NULL OR NOT EXISTS (SELECT 1 FROM series_run AS other"                             \
    " WHERE other.series_id = series_run.series_id AND other.signal IS NULL))"

/* The mean of their wall times, of a row of series. It is of floating point numbers: sums may be
 * beyond what integers hold. */
#define SERIES_MEAN_WALL_NS                                                                        \
    "(SELECT CAST(avg(wall_ns) AS INTEGER) FROM series_run"                                        \
    " WHERE series_run.series_id = series.id AND " SERIES_RUN_COUNTS ")"

enum series_quantity { SERIES_WALL, SERIES_USER, SERIES_SYSTEM, SERIES_PEAK, SERIES_QUANTITIES };

struct series_figures_run {
    int64_t number;
    int64_t run; /* run.id; 0: it left no profile */
    int64_t started_unix_ns;
    int64_t exit_code, signal;          /* -1: unknown; 0: none */
    bool counts;                        /* for the figures */
    double values[SERIES_QUANTITIES];   /* NAN: unknown. Nanoseconds, and bytes */
    bool is_outlier[SERIES_QUANTITIES]; /* far from the others */
    double load_average;                /* NAN: unknown */
};

/* Those that took the most time. A run that does not call it has 0. */
struct series_function {
    const char *name;
    struct statistics self_ns, calls;
};

/* Strings belong to `pool`. */
struct series_figures {
    struct pool pool;
    int64_t id;
    const char *key, *name;          /* NULL: it has no name */
    const char *program, *arguments; /* JSON */
    int64_t started_unix_ns, warmup_runs;
    struct series_facts facts;
    struct series_figures_run *runs;
    size_t run_count, run_capacity;
    /* Of those that no signal ended, if there are any. */
    struct statistics statistics[SERIES_QUANTITIES];
    size_t outliers[SERIES_QUANTITIES];
    struct series_function *functions;
    size_t function_count, function_capacity;
};

/* series_figures_free in any case. The second leaves out the functions. */
enum status series_figures_query(struct series_figures *figures, struct database *database,
                                 int64_t id);
enum status series_figures_query_runs(struct series_figures *figures, struct database *database,
                                      int64_t id);
void series_figures_free(struct series_figures *figures);

/* `database`: its path, for hints; NULL: none are wanted. */
void series_figures_write_table(FILE *stream, struct series_figures *figures,
                                const struct screen *screen, const char *database);
void series_figures_write_json(FILE *stream, struct series_figures *figures);

#endif
