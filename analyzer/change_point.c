/* Times: the likelihood ratio test for a shift in location of normal populations (Worsley, JASA 74,
 * 1979, p. 365), which is the largest t of all ways to divide the points in two, with Bonferroni's
 * bound for its distribution; several steps are found by dividing again what was divided
 * (Vostrikova, Soviet Mathematics Doklady 24, 1981, p. 55).
 *
 * What is tested are points, not runs: runs of one point have the machine's mood of that hour in
 * common, and would make any two hours differ. Of its runs a point is the median, which one run
 * that was disturbed does not move, and its logarithm, as noise grows with what is measured. */
#include "change_point.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"
#include "statistics.h"

/* On either side of a step: one disturbed run alone is none. */
enum { LEAST_RUNS = 3 };

/* Points that have values. */
struct track {
    size_t *places; /* in the history */
    double *levels; /* medians or their logarithms */
    double *means;
    size_t *runs;
    size_t count;
    struct change_points *found;
    size_t capacity;
};

static bool all_positive(const struct change_sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < samples[i].count; j++)
            if (!(samples[i].values[j] > 0))
                return false;
    return true;
}

static void begin(struct track *track, const struct change_sample *samples, size_t count)
{
    track->places = memory_array(count, sizeof *track->places);
    track->runs = memory_array(count, sizeof *track->runs);
    track->levels = memory_array(count, sizeof *track->levels);
    track->means = memory_array(count, sizeof *track->means);
    bool logarithms = all_positive(samples, count);
    for (size_t i = 0; i < count; i++) {
        if (samples[i].count == 0)
            continue;
        struct statistics figures = statistics_of(samples[i].values, samples[i].count);
        track->places[track->count] = i;
        track->runs[track->count] = samples[i].count;
        track->means[track->count] = figures.mean;
        track->levels[track->count++] = logarithms ? log(figures.median) : figures.median;
    }
}

static void end(struct track *track)
{
    free(track->places);
    free(track->runs);
    free(track->levels);
    free(track->means);
}

static void add(struct track *track, size_t at, double p)
{
    struct change_points *found = track->found;
    found->steps = memory_grow(found->steps, &track->capacity, found->count, sizeof *found->steps);
    found->steps[found->count++] = (struct change_point){.at = at, .p = p};
}

/* The best way to divide some points in two. */
struct split {
    size_t at; /* the first of the second part */
    double p;  /* NAN: there is no way */
};

/* Of two parts with so many points; `sum` is that of the first. Infinite if neither varies. */
static double t_of(double first, double second, double sum, double all, double squares)
{
    double count = first + second;
    double difference = (all - sum) / second - sum / first;
    double between = difference * difference * first * second / count;
    double within = fmax(squares - all * all / count - between, 0);
    return between > 0 ? sqrt(between * (count - 2) / within) : 0;
}

static struct split best_split(const struct track *track, size_t begin, size_t end)
{
    const double *levels = track->levels, origin = levels[begin];
    double all = 0, squares = 0, sum = 0, largest = -1;
    size_t runs = 0, runs_before = 0, ways = 0;
    struct split best = {begin, NAN};
    for (size_t i = begin; i < end; i++) {
        all += levels[i] - origin;
        squares += (levels[i] - origin) * (levels[i] - origin);
        runs += track->runs[i];
    }
    for (size_t at = begin + 1; at < end; at++) {
        sum += levels[at - 1] - origin;
        runs_before += track->runs[at - 1];
        if (runs_before < LEAST_RUNS || runs - runs_before < LEAST_RUNS)
            continue;
        double t = t_of((double)(at - begin), (double)(end - at), sum, all, squares);
        ways++;
        if (t > largest) {
            largest = t;
            best.at = at;
        }
    }
    if (ways > 0 && end - begin > 2)
        best.p =
            fmin(2 * (double)ways * statistics_t_upper_tail(largest, (double)(end - begin - 2)), 1);
    return best;
}

/* Finds the steps among these points, in order. Returns the p of the first division. */
static double divide(struct track *track, size_t begin, size_t end)
{
    struct split best = best_split(track, begin, end);
    if (!(best.p < CHANGE_POINT_ALPHA))
        return best.p;
    divide(track, begin, best.at);
    add(track, best.at, best.p);
    divide(track, best.at, end);
    return best.p;
}

/* Whether a count is the same in all runs of each point, and at more points than it changes. */
static bool is_steady(const struct track *track, const struct change_sample *samples)
{
    size_t changes = 0;
    for (size_t i = 0; i < track->count; i++) {
        const struct change_sample *sample = &samples[track->places[i]];
        for (size_t j = 1; j < sample->count; j++)
            if (sample->values[j] != sample->values[0])
                return false;
        changes += i > 0 && track->means[i] != track->means[i - 1];
    }
    return changes <= 1 || 2 * changes <= track->count;
}

static void find_exact(struct track *track)
{
    for (size_t i = 1; i < track->count; i++)
        if (track->means[i] != track->means[i - 1])
            add(track, i, 0);
}

static double mean_between(const struct track *track, size_t begin, size_t end)
{
    return statistics_of(track->means + begin, end - begin).mean;
}

/* Indices become those of the history, levels are worked out, the strongest step is found. */
static void complete(struct track *track)
{
    struct change_points *found = track->found;
    double largest = -1;
    for (size_t i = 0; i < found->count; i++) {
        struct change_point *step = &found->steps[i];
        size_t end = i + 1 < found->count ? found->steps[i + 1].at : track->count;
        step->before = i > 0 ? step[-1].after : mean_between(track, 0, step->at);
        step->after = mean_between(track, step->at, end);
        double size = fabs(step->after - step->before);
        bool stronger = found->exact ? size > largest : step->p < found->steps[found->strongest].p;
        if (i == 0 || stronger) {
            found->strongest = i;
            largest = size;
        }
    }
    for (size_t i = 0; i < found->count; i++)
        found->steps[i].at = track->places[found->steps[i].at];
}

struct change_points change_points_find(const struct change_sample *samples, size_t count,
                                        bool counted)
{
    struct change_points found = {.p = NAN};
    struct track track = {.found = &found};
    begin(&track, samples, count);
    found.exact = counted && is_steady(&track, samples);
    if (found.exact)
        find_exact(&track);
    else if (track.count > 0)
        found.p = divide(&track, 0, track.count);
    complete(&track);
    end(&track);
    return found;
}

void change_points_correct(struct change_points *points, double p, size_t histories)
{
    if (points->exact || isnan(p))
        return;
    double factor = points->p > 0 ? p / points->p : (double)histories;
    size_t kept = 0, strongest = 0;
    for (size_t i = 0; i < points->count; i++) {
        struct change_point step = points->steps[i];
        step.p = fmin(step.p * factor, 1);
        if (!(step.p < CHANGE_POINT_ALPHA) || !(p < CHANGE_POINT_ALPHA))
            continue;
        strongest = i == points->strongest ? kept : strongest;
        points->steps[kept++] = step;
    }
    points->count = kept;
    points->strongest = strongest;
    points->p = p;
}

void change_points_free(struct change_points *points)
{
    free(points->steps);
    *points = (struct change_points){.p = NAN};
}
