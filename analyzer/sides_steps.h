/* Part of sides.c: names of things in a database. */
#ifndef PROFINST_ANALYZER_SIDES_STEPS_H
#define PROFINST_ANALYZER_SIDES_STEPS_H

#include "sides.h"

/* Adds a run behind those that the side has, unless it is there. */
void side_add_run(struct side *side, int64_t run);

/* The same of all runs of its series that are good for something. */
enum status side_add_series(const struct sides *sides, struct side *side,
                            struct database *database);

/* Finds what the side's text names, or the newest series if it is NULL: its label, its series and
 * its runs. */
enum status side_find_name(struct sides *sides, struct side *side, struct database *database);

#endif
