/* Baselines: series that others are compared with by a name. */
#ifndef PROFINST_ANALYZER_BASELINE_H
#define PROFINST_ANALYZER_BASELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "database.h"
#include "json.h"
#include "style.h"
#include "view.h"

/* `command` is for messages: "baseline save". */

/* Fails if it can be no baseline's name. */
enum status baseline_check_name(const char *command, const char *name);

/* The series that has the name. Fails with the nearest name if none has it. */
enum status baseline_find(struct database *database, const char *command, const char *name,
                          int64_t *series);

/* The name of the only one that there is, in the pool; fails if there is none, or are several.
 * `problem` is for messages: "cannot judge". */
enum status baseline_only(struct database *database, const char *problem, struct pool *pool,
                          const char **name);

/* A series of one run, which is made unless it is there. `run`: an id; 0: the newest one. */
enum status baseline_series_of_run(struct database *database, const char *command, int64_t run,
                                   int64_t *series);

/* Fails if there is no run in it, which nothing can be compared with. */
enum status baseline_check_series(struct database *database, const char *command, int64_t series);

enum baseline_outcome {
    BASELINE_NEW,
    BASELINE_REPLACED, /* the one that had the name is history */
    BASELINE_ALREADY,  /* the series has the name already */
};

/* Gives a series the name, from now on. Another series that has it keeps it unless `force`. */
enum status baseline_name(struct database *database, const char *command, const char *name,
                          int64_t series, bool force, enum baseline_outcome *outcome);

/* Takes the name from its series; from those that had it before as well, with `history`. *count of
 * names that were taken. */
enum status baseline_remove(struct database *database, const char *command, const char *name,
                            bool history, int64_t *count);

/* "lua, 10 runs": for people, of a series; in the pool. */
enum status baseline_describe(struct database *database, struct pool *pool, int64_t series,
                              const char **text);

/* All baselines; also those of which the name has gone to another one, with `history`. */
enum status baseline_list(struct database *database, bool history, struct view *view);

/* What there is to say of one. */
enum {
    BASELINE_FACTS,
    BASELINE_RUNS,
    BASELINE_FIGURES,
    BASELINE_FUNCTIONS,
    BASELINE_VIEWS,
};
enum status baseline_show(struct database *database, int64_t series, int64_t limit,
                          struct view views[BASELINE_VIEWS]);

#endif
