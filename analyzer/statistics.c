#include "statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

static const double two_sided = 0.975; /* quantile of a 95 % interval's upper end */

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* The caller frees it. */
static double *sorted_copy(const double *values, size_t count)
{
    double *sorted = memory_array(count, sizeof *sorted);
    if (count > 0)
        memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_value);
    return sorted;
}

/* From the first value on, so that the mean of equal ones is exactly that, and they do not vary. */
static double mean_of(const double *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i] - values[0];
    return count > 0 ? values[0] + sum / (double)count : NAN;
}

/* In two passes, so that nothing cancels out. */
static double variance_of(const double *values, size_t count, double mean)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (values[i] - mean) * (values[i] - mean);
    return count > 1 ? sum / (double)(count - 1) : NAN;
}

/* GSL would end the program when it cannot work something out; it is NAN instead. */
static double t_quantile(double share, double freedom)
{
    gsl_set_error_handler_off();
    return gsl_cdf_tdist_Pinv(share, freedom);
}

double statistics_t_upper_tail(double t, double freedom)
{
    gsl_set_error_handler_off();
    return gsl_cdf_tdist_Q(t, freedom);
}

struct statistics statistics_of(const double *values, size_t count)
{
    struct statistics figures = {.count = count, .mean = mean_of(values, count)};
    double *sorted = sorted_copy(values, count);
    figures.median = statistics_quantile(sorted, count, 0.5);
    figures.least = count > 0 ? sorted[0] : NAN;
    figures.greatest = count > 0 ? sorted[count - 1] : NAN;
    free(sorted);
    figures.deviation = sqrt(variance_of(values, count, figures.mean));
    figures.low = figures.high = NAN;
    if (count < 2)
        return figures;
    double half =
        t_quantile(two_sided, (double)(count - 1)) * figures.deviation / sqrt((double)count);
    figures.low = figures.mean - half;
    figures.high = figures.mean + half;
    return figures;
}

double statistics_quantile(const double *sorted, size_t count, double share)
{
    if (count == 0)
        return NAN;
    double place = share * (double)(count - 1);
    size_t below = (size_t)place, above = below + 1 < count ? below + 1 : below;
    return sorted[below] + (place - (double)below) * (sorted[above] - sorted[below]);
}

size_t statistics_outliers(const double *values, size_t count, bool *is_outlier)
{
    double *sorted = sorted_copy(values, count);
    double first = statistics_quantile(sorted, count, 0.25);
    double third = statistics_quantile(sorted, count, 0.75);
    free(sorted);
    double fence = 1.5 * (third - first);
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        is_outlier[i] = values[i] < first - fence || values[i] > third + fence;
        found += is_outlier[i];
    }
    return found;
}

/* Cliff, Dominance Statistics: Ordinal Analyses to Answer Ordinal Questions, 1993. */
static double cliffs_delta(const double *first, size_t first_count, const double *second,
                           size_t second_count)
{
    double larger = 0;
    for (size_t i = 0; i < first_count; i++)
        for (size_t j = 0; j < second_count; j++)
            larger += (second[j] > first[i]) - (second[j] < first[i]);
    return larger / ((double)first_count * (double)second_count);
}

/* The caller frees it. */
static double *logarithms(const double *values, size_t count)
{
    double *logs = memory_array(count, sizeof *logs);
    for (size_t i = 0; i < count; i++)
        logs[i] = log(fmax(values[i], STATISTICS_FLOOR));
    return logs;
}

struct moments {
    double mean, error; /* of the mean, squared */
    double freedom;     /* degrees */
};

static struct moments moments_of_logarithms(const double *values, size_t count)
{
    double *logs = logarithms(values, count);
    double mean = mean_of(logs, count);
    struct moments moments = {mean, variance_of(logs, count, mean) / (double)count,
                              (double)count - 1};
    free(logs);
    return moments;
}

/* Welch, The Generalization of 'Student's' Problem when Several Different Population Variances are
 * Involved, 1947. Times are compared by logarithms because noise multiplies them, and so that the
 * interval is one of their ratio. */
static void welch(struct moments first, struct moments second, struct statistics_contrast *contrast)
{
    double difference = second.mean - first.mean, error = first.error + second.error;
    if (!(error > 0)) { /* nothing varies: no test, and no need for one */
        contrast->low = contrast->high = contrast->ratio;
        contrast->p = difference == 0 ? 1 : 0;
        return;
    }
    double freedom =
        error * error /
        (first.error * first.error / first.freedom + second.error * second.error / second.freedom);
    double half = t_quantile(two_sided, freedom) * sqrt(error);
    contrast->low = exp(difference - half);
    contrast->high = exp(difference + half);
    contrast->p = fmin(1, 2 * statistics_t_upper_tail(fabs(difference) / sqrt(error), freedom));
}

struct statistics_contrast statistics_contrast(const double *first, size_t first_count,
                                               const double *second, size_t second_count)
{
    struct statistics_contrast contrast = {NAN, NAN, NAN, NAN, NAN};
    if (first_count == 0 || second_count == 0)
        return contrast;
    struct moments before = moments_of_logarithms(first, first_count);
    struct moments after = moments_of_logarithms(second, second_count);
    contrast.ratio = exp(after.mean - before.mean);
    contrast.effect = cliffs_delta(first, first_count, second, second_count);
    if (first_count > 1 && second_count > 1)
        welch(before, after, &contrast);
    return contrast;
}

struct rank {
    double size;
    bool positive;
};

static int by_size(const void *a, const void *b)
{
    return by_value(&((const struct rank *)a)->size, &((const struct rank *)b)->size);
}

/* Twice the ranks of the positive ones, added up, and how likely chance makes that as much: each
 * rank is in the sum or not, which is like the toss of a coin. Equal sizes share their ranks.
 * Wilcoxon, Individual Comparisons by Ranking Methods, 1945; exact for any number of pairs. */
static double signed_rank(struct rank *ranks, size_t count)
{
    size_t most = count * (count + 1), sum = 0;
    double *chance = memory_array(most + 1, sizeof *chance), p = 0;
    qsort(ranks, count, sizeof *ranks, by_size);
    chance[0] = 1;
    for (size_t begin = 0, end; begin < count; begin = end) {
        for (end = begin + 1; end < count && ranks[end].size == ranks[begin].size;)
            end++;
        size_t rank = begin + 1 + end; /* twice the mean of begin + 1 to end */
        for (size_t i = begin; i < end; i++) {
            sum += ranks[i].positive ? rank : 0;
            for (size_t s = most + 1; s-- > 0;)
                chance[s] = (chance[s] + (s >= rank ? chance[s - rank] : 0)) / 2;
        }
    }
    for (size_t s = sum; s <= most; s++)
        p += chance[s];
    free(chance);
    return fmin(1, p);
}

/* Pairs without a difference tell nothing of its direction. */
static double signed_rank_of(const double *differences, size_t count)
{
    struct rank *ranks = memory_array(count, sizeof *ranks);
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (differences[i] != 0)
            ranks[known++] = (struct rank){fabs(differences[i]), differences[i] > 0};
    double p = signed_rank(ranks, known);
    free(ranks);
    return p;
}

/* How many values at each end the interval of a median leaves out: by order statistics (David and
 * Nagaraja, Order Statistics, 2003, 7.1). */
static size_t outside_of_interval(size_t count)
{
    unsigned below = 0;
    while (gsl_cdf_binomial_P(below, 0.5, (unsigned)count) <= 1 - two_sided)
        below++;
    return below;
}

struct statistics_pairs statistics_pairs(const double *first, const double *second, size_t count)
{
    struct statistics_pairs pairs = {NAN, NAN, NAN, NAN};
    if (count == 0)
        return pairs;
    double *differences = memory_array(count, sizeof *differences);
    for (size_t i = 0; i < count; i++)
        differences[i] =
            log(fmax(second[i], STATISTICS_FLOOR)) - log(fmax(first[i], STATISTICS_FLOOR));
    double *sorted = sorted_copy(differences, count);
    pairs.ratio = exp(statistics_quantile(sorted, count, 0.5));
    pairs.p = signed_rank_of(differences, count);
    size_t outside = outside_of_interval(count);
    if (outside > 0) {
        pairs.low = exp(sorted[outside - 1]);
        pairs.high = exp(sorted[count - outside]);
    }
    free(sorted);
    free(differences);
    return pairs;
}

static int by_pointed_value(const void *a, const void *b)
{
    return by_value(*(double *const *)a, *(double *const *)b);
}

/* Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979. */
void statistics_holm(double *p, size_t count)
{
    double **order = memory_array(count, sizeof *order);
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(p[i]))
            order[known++] = &p[i];
    qsort(order, known, sizeof *order, by_pointed_value);
    double greatest = 0;
    for (size_t i = 0; i < known; i++) {
        greatest = fmax(greatest, fmin(1, *order[i] * (double)(known - i)));
        *order[i] = greatest;
    }
    free(order);
}
