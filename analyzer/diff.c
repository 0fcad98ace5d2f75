#include "diff.h"

#include <math.h>
#include <stdlib.h>

/* One of the rows of a kind, by what may decide about it. */
struct candidate {
    size_t index; /* in the order of what matters */
    bool changed;
    const struct compared *calls, *self_ns, *cumulative_ns; /* self_ns NULL: it has none */
    double key;
};

static int by_key(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->key != b->key)
        return a->key > b->key ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static double key_of(const struct candidate *row, enum diff_sort sort)
{
    const struct compared *time = row->self_ns ? row->self_ns : row->cumulative_ns;
    switch (sort) {
    case DIFF_BY_SELF:
        return fabs(compared_difference(time));
    case DIFF_BY_CUMULATIVE:
        return fabs(compared_difference(row->cumulative_ns));
    case DIFF_BY_CALLS:
        return fabs(compared_difference(row->calls));
    case DIFF_BY_RATIO:
        return fabs(log(time->contrast.ratio));
    default:
        return 0;
    }
}

static bool is_small(const struct diff *diff, const struct candidate *row)
{
    const struct compared *time = row->self_ns ? row->self_ns : row->cumulative_ns;
    for (int i = 0; i < SIDES; i++)
        if (time->figures[i].mean >=
            diff->options.min_share * diff->comparison->self_ns.figures[i].mean)
            return false;
    return true;
}

/* The candidates are freed. */
static void pick(struct diff *diff, struct diff_rows *rows, struct candidate *candidates,
                 size_t count)
{
    const struct diff_options *options = &diff->options;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct candidate row = candidates[i];
        if (!row.changed && !options->all)
            rows->unchanged++;
        else if (options->min_share > 0 && is_small(diff, &row))
            rows->small++;
        else
            candidates[kept++] = row;
    }
    for (size_t i = 0; i < kept; i++)
        candidates[i].key = key_of(&candidates[i], options->sort);
    qsort(candidates, kept, sizeof *candidates, by_key);
    size_t limit =
        options->limit > 0 && (size_t)options->limit < kept ? (size_t)options->limit : kept;
    rows->rows = memory_array(limit, sizeof *rows->rows);
    rows->count = limit;
    rows->beyond_limit = kept - limit;
    for (size_t i = 0; i < limit; i++)
        rows->rows[i] = candidates[i].index;
    free(candidates);
}

static void pick_functions(struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    size_t count = comparison->function_count;
    struct candidate *candidates = memory_array(count, sizeof *candidates);
    for (size_t i = 0; i < count; i++) {
        const struct compared_function *row = &comparison->functions[i];
        candidates[i] = (struct candidate){
            i, compared_function_changed(row), &row->calls, &row->self_ns, &row->cumulative_ns, 0};
    }
    pick(diff, &diff->functions, candidates, count);
}

static void pick_edges(struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    size_t count = comparison->edge_count;
    struct candidate *candidates = memory_array(count, sizeof *candidates);
    for (size_t i = 0; i < count; i++) {
        const struct compared_edge *row = &comparison->edges[i];
        candidates[i] = (struct candidate){i,    compared_edge_changed(row), &row->calls,
                                           NULL, &row->cumulative_ns,        0};
    }
    pick(diff, &diff->edges, candidates, count);
}

static void pick_contexts(struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    size_t count = comparison->context_count;
    struct candidate *candidates = memory_array(count, sizeof *candidates);
    for (size_t i = 0; i < count; i++) {
        const struct compared_context *row = &comparison->contexts[i];
        candidates[i] = (struct candidate){
            i, compared_context_changed(row), &row->calls, &row->self_ns, &row->cumulative_ns, 0};
    }
    pick(diff, &diff->contexts, candidates, count);
}

void diff_pick(struct diff *diff, const struct comparison *comparison,
               const struct diff_options *options)
{
    *diff = (struct diff){.comparison = comparison, .options = *options};
    pick_functions(diff);
    if (options->edges)
        pick_edges(diff);
    if (options->contexts)
        pick_contexts(diff);
}

void diff_free(struct diff *diff)
{
    free(diff->functions.rows);
    free(diff->edges.rows);
    free(diff->contexts.rows);
    pool_free(&diff->pool);
}
