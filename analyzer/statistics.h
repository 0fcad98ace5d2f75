/* Statistics of a few measurements, and of two such samples. Distributions are GSL's. Formulas name
 * their source; the tests hold them against SciPy. */
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

/* The value below which that share of them lies, 0 to 1, as R's type 7 has it (Hyndman and Fan,
 * Sample Quantiles in Statistical Packages, 1996); `sorted` rise. NAN of no value. */
double statistics_quantile(const double *sorted, size_t count, double share);

/* Marks values that are far outside (Tukey, Exploratory Data Analysis, 1977: more than 1.5
 * interquartile ranges from the quartiles). Returns how many there are. */
size_t statistics_outliers(const double *values, size_t count, bool *is_outlier);

/* Two samples of quantities that are not negative, of unequal variance, compared by their
 * logarithms. There is none of 0: what is below STATISTICS_FLOOR counts as that. In nanoseconds
 * that is less than any clock tells apart, and of calls less than one. */
#define STATISTICS_FLOOR 0.5

struct statistics_contrast {
    double ratio;     /* of the geometric means, second to first; NAN: a sample is empty */
    double low, high; /* its 95 % confidence interval; NAN: a sample has less than two values */
    double p;         /* two-sided; NAN likewise. 0 of different values of which none varies */
    double effect;    /* Cliff's delta, -1 to 1: how often a value of the second is larger, less how
                         often it is smaller; NAN: a sample is empty */
};
struct statistics_contrast statistics_contrast(const double *first, size_t first_count,
                                               const double *second, size_t second_count);

/* Measurements of two things, made in pairs close to each other: what disturbs both is in neither's
 * share. Again by logarithms. */
struct statistics_pairs {
    double ratio;     /* the median of the pairs' ratios, second to first; NAN: there is none */
    double low, high; /* its confidence interval, of 95 % at least; NAN: there are less than six */
    double p; /* one-sided: how likely chance makes the second as much larger; NAN likewise */
};
struct statistics_pairs statistics_pairs(const double *first, const double *second, size_t count);

/* How likely Student's t is more than that; NAN if it cannot be worked out. */
double statistics_t_upper_tail(double t, double freedom);

/* Holm's step-down correction for multiple comparisons, in place; NANs stay and do not count. */
void statistics_holm(double *p, size_t count);

#endif
