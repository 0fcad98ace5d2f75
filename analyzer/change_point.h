/* The points of a history at which a quantity went from one level to another. docs/HISTORY.md tells
 * how they are found, and how often one is found that is none. */
#ifndef PROFINST_ANALYZER_CHANGE_POINT_H
#define PROFINST_ANALYZER_CHANGE_POINT_H

#include <stdbool.h>
#include <stddef.h>

/* What was measured at a point, once for each run. A point without values is passed over. */
struct change_sample {
    const double *values; /* finite */
    size_t count;
};

struct change_point {
    size_t at;            /* index of the first point of the new level */
    double p;             /* how likely noise alone looks so much like a step; 0 if it is exact */
    double before, after; /* means of the points from the step before, and to the next one */
};

struct change_points {
    struct change_point *steps; /* in the order of the points; owned */
    size_t count;
    bool exact;       /* runs do not differ but where the level changes: steps are certain */
    double p;         /* that of the clearest step, found or not; NAN: there are too few points */
    size_t strongest; /* index of that one in `steps`; of exact ones, of the largest */
};

/* A step is found if its p is less. */
#define CHANGE_POINT_ALPHA 0.05

/* `counted`: it is a quantity that is exact by nature, and taken for that unless it varies. */
struct change_points change_points_find(const struct change_sample *samples, size_t count,
                                        bool counted);

/* Where several histories are looked at: `p` is what that of this one comes to, corrected for the
 * others. Its further steps are corrected by as much, or, if p is 0 before and after, by the number
 * of histories. Steps that are not certain enough then are none. */
void change_points_correct(struct change_points *points, double p, size_t histories);
void change_points_free(struct change_points *points);

#endif
