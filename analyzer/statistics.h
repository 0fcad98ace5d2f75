/* Statistics of a few measurements, and of two such samples. Distributions are GSL's. Formulas name
 * their source; the tests hold them against R and SciPy. */
#ifndef PROFINST_ANALYZER_STATISTICS_H
#define PROFINST_ANALYZER_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

struct statistics {
    size_t count;
    double mean, median;
    double deviation; /* of the sample, n - 1; NAN of less than two values */
    double least, greatest;
    double low, high; /* 95 % confidence interval of the mean, Student's t; NAN of less than two */
};

/* `values` are left as they are. All is NAN of no value. */
struct statistics statistics_of(const double *values, size_t count);

/* Marks values that are far outside (Tukey's fences: more than 1.5 interquartile ranges from the
 * quartiles, R's type 7). Returns how many there are. */
size_t statistics_outliers(const double *values, size_t count, bool *is_outlier);

/* Two samples of positive quantities, of unequal variance: Welch's t-test on their logarithms. */
struct statistics_contrast {
    double ratio;     /* of the geometric means, second to first */
    double low, high; /* its 95 % confidence interval; NAN where there is none */
    double p;         /* two-sided; NAN: a sample has less than two values */
    double effect;    /* Cliff's delta, -1 to 1: how often a value of the second is larger */
};
struct statistics_contrast statistics_contrast(const double *first, size_t first_count,
                                               const double *second, size_t second_count);

/* Holm's step-down correction for multiple comparisons, in place; NANs stay and do not count. */
void statistics_holm(double *p, size_t count);

#endif
