/* Why a row is told, and in which order rows are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare_steps.h"
#include "text.h"

static bool differs(const struct compared *compared)
{
    return compared->verdict == VERDICT_DIFFERENT;
}

bool compared_may_differ(const struct compared *compared)
{
    double error = compared->error[BEFORE] + compared->error[AFTER];
    return differs(compared) ||
           (compared->verdict == VERDICT_UNKNOWN && fabs(compared_difference(compared)) > error);
}

bool compared_function_changed(const struct compared_function *function)
{
    return function->reason != REASON_NONE || compared_may_differ(&function->calls) ||
           compared_may_differ(&function->self_ns);
}

bool compared_edge_changed(const struct compared_edge *edge)
{
    return edge->presence != IN_BOTH || compared_may_differ(&edge->calls) ||
           differs(&edge->cumulative_ns);
}

bool compared_context_changed(const struct compared_context *context)
{
    bool called = context->calls.figures[BEFORE].mean > 0 || context->calls.figures[AFTER].mean > 0;
    return (called && context->presence != IN_BOTH) || compared_may_differ(&context->calls) ||
           differs(&context->self_ns);
}

/* Of each function, the edge to it with the largest difference in the direction of its own. */
static void find_callers(struct comparison *comparison)
{
    double *most = memory_array(comparison->function_count, sizeof *most);
    for (size_t i = 0; i < comparison->edge_count; i++) {
        const struct compared_edge *edge = &comparison->edges[i];
        struct compared_function *function = &comparison->functions[edge->callee];
        bool more = compared_difference(&function->calls) > 0;
        double share = compared_difference(&edge->calls) * (more ? 1 : -1);
        if (!differs(&function->calls) || function->presence != IN_BOTH ||
            share <= most[edge->callee])
            continue;
        most[edge->callee] = share;
        function->caller = edge->caller;
    }
    free(most);
}

static enum compare_reason reason_of(const struct compared_function *function)
{
    if (function->presence != IN_BOTH)
        return function->presence == ONLY_AFTER ? REASON_NEW : REASON_GONE;
    if (function->former_name)
        return REASON_MOVED;
    if (function->code == CODE_CHANGED)
        return REASON_CODE_CHANGED;
    if (differs(&function->calls))
        return compared_difference(&function->calls) > 0 ? REASON_MORE_CALLS : REASON_LESS_CALLS;
    if (differs(&function->self_ns))
        return compared_difference(&function->self_ns) > 0 ? REASON_SLOWER : REASON_FASTER;
    return REASON_NONE;
}

void compare_find_reasons(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->function_count; i++)
        comparison->functions[i].reason = reason_of(&comparison->functions[i]);
    find_callers(comparison);
}

const char *compare_reason(enum compare_reason reason)
{
    static const char *const texts[] = {
        "", "new", "gone", "moved", "code changed", "more calls", "fewer calls", "slower", "faster",
    };
    return texts[reason];
}

enum { NAME_WIDTH = 40 }; /* of names within a sentence */

/* "called more by f"; "" if it is called as often. */
static const char *explain_calls(struct pool *pool, const struct comparison *comparison,
                                 const struct compared_function *function)
{
    if (function->presence != IN_BOTH || !differs(&function->calls))
        return "";
    const char *how = compared_difference(&function->calls) > 0 ? "more" : "less";
    if (function->caller == SIZE_MAX)
        return pool_format(pool, "called %s", how);
    const struct compared_function *caller = &comparison->functions[function->caller];
    if (caller == function)
        return pool_format(pool, "called %s by itself", how);
    return pool_format(pool, "called %s by %s", how,
                       text_short_name(pool, caller->name, NAME_WIDTH));
}

/* "was old_name in old.c" */
static const char *explain_move(struct pool *pool, const struct compared_function *function)
{
    bool renamed = strcmp(function->former_name, function->name) != 0;
    const char *name = text_short_name(pool, function->former_name, NAME_WIDTH);
    const char *file = function->former_file ? text_base_name(function->former_file) : "";
    const char *now = function->file     ? text_base_name(function->file)
                      : function->module ? function->module
                                         : "";
    bool moved = *file && strcmp(file, now) != 0;
    return pool_format(pool, "was%s%s%s%s", renamed || !moved ? " " : "",
                       renamed || !moved ? name : "", moved ? " in " : "", moved ? file : "");
}

/* What is inlined has no time of its own: that of its caller is larger for it. */
static bool is_inlined(const struct compared_function *function, int side)
{
    return isnan(function->average_ns[side]) && function->calls.figures[side].mean > 0;
}

static const char *explain_time(const struct compared_function *function)
{
    bool before = is_inlined(function, BEFORE), after = is_inlined(function, AFTER);
    if (function->presence != IN_BOTH || !differs(&function->self_ns))
        return "";
    if (before != after)
        return before ? "no longer inlined" : "inlined now";
    return compared_difference(&function->self_ns) > 0 ? "slower" : "faster";
}

/* Where calls differ, the time does for that reason. */
const char *compare_explain(struct pool *pool, const struct comparison *comparison,
                            const struct compared_function *function)
{
    const char *parts[3];
    size_t count = 0;
    const char *calls = explain_calls(pool, comparison, function);
    const char *effect = *calls ? calls : explain_time(function);
    if (function->presence != IN_BOTH)
        return compare_reason(function->reason);
    if (function->former_name)
        parts[count++] = explain_move(pool, function);
    if (function->code == CODE_CHANGED)
        parts[count++] = "code changed";
    else if (function->code == CODE_SAME && *effect)
        parts[count++] = "same code";
    if (*effect)
        parts[count++] = effect;
    const char *text = count > 0 ? parts[0] : "";
    for (size_t i = 1; i < count; i++)
        text = pool_format(pool, "%s, %s", text, parts[i]);
    return text;
}

/* What rows are sorted by, the first that differs, largest first. */
struct weight {
    double time, calls;
    bool certain;
    double doubt; /* a difference of time that may be chance */
    bool changed;
    double size;
    const char *name;
    size_t index; /* what there is to sort */
};

static double weight_of(const struct compared *compared)
{
    return differs(compared) ? fabs(compared_difference(compared)) : 0;
}

static double doubt_of(const struct compared *compared)
{
    return compared_may_differ(compared) ? fabs(compared_difference(compared)) : 0;
}

static double size_of(const struct compared *compared)
{
    return fmax(compared->figures[BEFORE].mean, compared->figures[AFTER].mean);
}

static struct weight weigh(const struct compared *time, const struct compared *calls)
{
    return (struct weight){.time = weight_of(time),
                           .calls = weight_of(calls),
                           .doubt = doubt_of(time),
                           .size = size_of(time)};
}

static int by_weight(const void *left, const void *right)
{
    const struct weight *a = left, *b = right;
    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    if (a->certain != b->certain)
        return a->certain ? -1 : 1;
    if (a->doubt != b->doubt)
        return a->doubt > b->doubt ? -1 : 1;
    if (a->changed != b->changed)
        return a->changed ? -1 : 1;
    if (a->size != b->size)
        return a->size > b->size ? -1 : 1;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

/* The new places, by the old ones; the caller frees them. */
static size_t *new_places(const struct weight *sorted, size_t count)
{
    size_t *places = memory_array(count, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[sorted[i].index] = i;
    return places;
}

/* The array in the order of its weights, which are freed, as it is. */
static void *permuted(void *array, size_t count, size_t size, struct weight *sorted)
{
    char *to = memory_array(count, size);
    for (size_t i = 0; i < count; i++)
        memcpy(to + i * size, (char *)array + sorted[i].index * size, size);
    free(array);
    free(sorted);
    return to;
}

void compare_sort_functions(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    size_t count = comparison->function_count;
    struct weight *weights = memory_array(count, sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        const struct compared_function *row = &comparison->functions[i];
        weights[i] = weigh(&row->self_ns, &row->calls);
        weights[i].certain = row->reason != REASON_NONE;
        weights[i].changed = compared_function_changed(row);
        weights[i].name = row->name;
        weights[i].index = i;
    }
    qsort(weights, count, sizeof *weights, by_weight);
    size_t *places = new_places(weights, count);
    comparison->functions =
        permuted(comparison->functions, count, sizeof *comparison->functions, weights);
    for (size_t i = 0; i < count; i++)
        if (comparison->functions[i].caller != SIZE_MAX)
            comparison->functions[i].caller = places[comparison->functions[i].caller];
    for (size_t i = 0; i < comparison->edge_count; i++) {
        comparison->edges[i].caller = places[comparison->edges[i].caller];
        comparison->edges[i].callee = places[comparison->edges[i].callee];
    }
    for (int k = 0; k < SIDES; k++)
        for (size_t i = 0; i < comparer->functions[k].count; i++)
            comparer->functions[k].rows[i].at = places[comparer->functions[k].rows[i].at];
    free(places);
}

void compare_sort_edges(struct comparison *comparison)
{
    size_t count = comparison->edge_count;
    struct weight *weights = memory_array(count, sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        const struct compared_edge *row = &comparison->edges[i];
        weights[i] = weigh(&row->cumulative_ns, &row->calls);
        weights[i].certain = row->presence != IN_BOTH;
        weights[i].changed = compared_edge_changed(row);
        weights[i].name = comparison->functions[row->callee].name;
        weights[i].index = i;
    }
    qsort(weights, count, sizeof *weights, by_weight);
    comparison->edges = permuted(comparison->edges, count, sizeof *comparison->edges, weights);
}

void compare_sort_contexts(struct comparison *comparison)
{
    size_t count = comparison->context_count;
    struct weight *weights = memory_array(count, sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        const struct compared_context *row = &comparison->contexts[i];
        weights[i] = weigh(&row->self_ns, &row->calls);
        weights[i].certain = row->presence != IN_BOTH;
        weights[i].changed = compared_context_changed(row);
        weights[i].name = comparison->functions[row->function].name;
        weights[i].index = i;
    }
    qsort(weights, count, sizeof *weights, by_weight);
    size_t *places = new_places(weights, count);
    comparison->contexts =
        permuted(comparison->contexts, count, sizeof *comparison->contexts, weights);
    for (size_t i = 0; i < count; i++)
        if (comparison->contexts[i].parent != SIZE_MAX)
            comparison->contexts[i].parent = places[comparison->contexts[i].parent];
    free(places);
}
