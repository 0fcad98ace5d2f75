/* Times of a function beside those of the others. A machine that is busy makes whole runs slower:
 * all functions have that in common, and what one of them does beyond is seen much better without
 * it.
 */
#include <math.h>
#include <stdlib.h>

#include "gate_steps.h"

/* With fewer others, one that has really changed would pass for what all have in common. */
enum { LEAST_OTHERS = 5 };

/* Logarithms of the large functions' times, less their mean before. */
struct large {
    size_t *functions;
    double *logs[SIDES];   /* function by function, and in that run by run */
    double *sorted[SIDES]; /* run by run, and in that rising */
    size_t runs[SIDES];
    size_t count, capacity;
};

static bool is_usable(const struct compared_function *function)
{
    return function->presence == IN_BOTH && !function->below_noise &&
           function->self_ns.figures[BEFORE].least > 0 &&
           function->self_ns.figures[AFTER].least > 0;
}

static struct large find_large(const struct gate_judging *judging)
{
    const struct comparison *comparison = judging->gate->comparison;
    struct large large = {0};
    for (size_t i = 0; i < judging->tests.count; i++) {
        const struct gate_quantity *quantity = &judging->tests.quantities[i];
        if (quantity->what != GATE_SELF || quantity->together ||
            !is_usable(&comparison->functions[quantity->function]))
            continue;
        large.functions =
            memory_grow(large.functions, &large.capacity, large.count, sizeof *large.functions);
        large.functions[large.count++] = quantity->function;
    }
    for (int side = 0; side < SIDES; side++) {
        large.runs[side] = comparison->sides->side[side].run_count;
        large.logs[side] = memory_array(large.count * large.runs[side], sizeof(double));
    }
    return large;
}

static void take_logarithms(struct large *large, const struct comparison *comparison)
{
    for (size_t f = 0; f < large->count; f++) {
        const struct compared *times = &comparison->functions[large->functions[f]].self_ns;
        double mean = 0;
        for (size_t i = 0; i < large->runs[BEFORE]; i++)
            mean += log(times->values[BEFORE][i]) / (double)large->runs[BEFORE];
        for (int side = 0; side < SIDES; side++)
            for (size_t i = 0; i < large->runs[side]; i++)
                large->logs[side][f * large->runs[side] + i] = log(times->values[side][i]) - mean;
    }
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void sort_runs(struct large *large)
{
    for (int side = 0; side < SIDES; side++) {
        size_t runs = large->runs[side];
        large->sorted[side] = memory_array(large->count * runs, sizeof(double));
        for (size_t i = 0; i < runs; i++) {
            double *run = large->sorted[side] + i * large->count;
            for (size_t f = 0; f < large->count; f++)
                run[f] = large->logs[side][f * runs + i];
            qsort(run, large->count, sizeof *run, by_value);
        }
    }
}

/* What the others have in common in one run: the one in the middle is not moved by a few that have
 * changed. */
static double common(const struct large *large, size_t function, int side, size_t run)
{
    const double *sorted = large->sorted[side] + run * large->count;
    const double *own = bsearch(&large->logs[side][function * large->runs[side] + run], sorted,
                                large->count, sizeof *sorted, by_value);
    size_t others = large->count - 1, rank = (size_t)(own - sorted);
    size_t below = (others - 1) / 2, above = others / 2;
    return (sorted[below + (below >= rank)] + sorted[above + (above >= rank)]) / 2;
}

static void compare_beside(const struct gate_judging *judging, const struct large *large, size_t f,
                           const struct compared *times, struct gate_quantity *quantity)
{
    double *values[SIDES];
    for (int side = 0; side < SIDES; side++) {
        values[side] = memory_array(large->runs[side], sizeof(double));
        for (size_t i = 0; i < large->runs[side]; i++)
            values[side][i] = times->values[side][i] / exp(common(large, f, side, i));
    }
    quantity->contrast =
        statistics_contrast(values[BEFORE], large->runs[BEFORE], values[AFTER], large->runs[AFTER]);
    gate_compare_pairs(judging, quantity, values, large->runs);
    quantity->beside_others = true;
    free(values[BEFORE]);
    free(values[AFTER]);
}

void gate_compare_beside_others(struct gate_judging *judging)
{
    const struct comparison *comparison = judging->gate->comparison;
    struct large large = find_large(judging);
    take_logarithms(&large, comparison);
    sort_runs(&large);
    for (size_t i = 0, f = 0; large.count > LEAST_OTHERS && f < large.count; i++) {
        struct gate_quantity *quantity = &judging->tests.quantities[i];
        if (quantity->what != GATE_SELF || quantity->together ||
            quantity->function != large.functions[f])
            continue;
        compare_beside(judging, &large, f++, &comparison->functions[quantity->function].self_ns,
                       quantity);
    }
    free(large.functions);
    for (int side = 0; side < SIDES; side++) {
        free(large.logs[side]);
        free(large.sorted[side]);
    }
}
