/* The call graph of two sides: what is on either of them, as large as on the larger. */
#include <math.h>
#include <stdlib.h>

#include "change.h"
#include "graph.h"

/* A difference is as good a reason to draw a function as so many times the time itself. */
static const double attraction = 10;

static int64_t larger(const struct compared *compared)
{
    return compared_whole(fmax(compared->figures[BEFORE].mean, compared->figures[AFTER].mean));
}

static const char *known(const char *text)
{
    return text ? text : "";
}

static bool is_focus(const struct graph_options *options, const struct compared_function *function)
{
    for (size_t i = 0; i < options->focus_count; i++)
        for (int k = 0; k < SIDES; k++)
            if (function->ids[k] == options->focus[i])
                return true;
    return false;
}

const struct compared *graph_compared_of(const struct graph *graph,
                                         const struct compared_function *function)
{
    return graph->scale.of_calls                       ? &function->calls
           : graph->options.colour == GRAPH_CUMULATIVE ? &function->cumulative_ns
                                                       : &function->self_ns;
}

bool graph_is_changed(const struct graph *graph, const struct graph_function *function)
{
    const struct compared_function *compared = function->compared;
    return compared && (compared->presence != IN_BOTH ||
                        change_step(&graph->scale, graph_compared_of(graph, compared)) != 0);
}

static struct graph_function function_of(const struct graph_options *options,
                                         const struct compared_function *compared, size_t index)
{
    return (struct graph_function){
        .id = (int64_t)index + 1,
        .name = compared->name,
        .module = known(compared->module),
        .module_path = known(compared->module),
        .file = known(compared->file),
        .line = compared->line,
        .external = compared->external,
        .calls = larger(&compared->calls),
        .self_ns = larger(&compared->self_ns),
        .cumulative_ns = larger(&compared->cumulative_ns),
        .focus = is_focus(options, compared),
        .compared = compared,
    };
}

/* What there is to sort, and the largest first. */
struct rank {
    double weight, calls;
    size_t index;
};

static int by_weight(const void *left, const void *right)
{
    const struct rank *a = left, *b = right;
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static double drawn_to(const struct graph *graph, const struct compared_function *function)
{
    const struct compared *told = graph_compared_of(graph, function);
    return compared_may_differ(told) ? attraction * fabs(compared_difference(told)) : 0;
}

/* As in a graph of one side, a leaf's own time counts twice. */
static struct rank rank_of(const struct graph *graph, size_t index)
{
    const struct compared_function *function = &graph->comparison->functions[index];
    double calls = (double)larger(&function->calls);
    double time = (double)larger(&function->self_ns) + (double)larger(&function->cumulative_ns);
    return (struct rank){(graph->scale.of_calls ? calls : time) + drawn_to(graph, function), calls,
                         index};
}

/* By where functions are in the comparison, where they are in the graph; the caller frees it. */
static size_t *take_functions(struct graph *graph)
{
    const struct comparison *comparison = graph->comparison;
    size_t count = comparison->function_count;
    struct rank *ranks = memory_array(count, sizeof *ranks);
    size_t *places = memory_array(count, sizeof *places);
    for (size_t i = 0; i < count; i++)
        ranks[i] = rank_of(graph, i);
    qsort(ranks, count, sizeof *ranks, by_weight);
    graph->functions = memory_array(count, sizeof *graph->functions);
    graph->function_count = count;
    for (size_t i = 0; i < count; i++) {
        size_t index = ranks[i].index;
        graph->functions[i] = function_of(&graph->options, &comparison->functions[index], index);
        places[index] = i;
    }
    free(ranks);
    return places;
}

/* On the larger side, as all figures; but all calls only if they are recursive on both sides. */
static int64_t recursive_calls(const struct comparison *comparison,
                               const struct compared_edge *edge)
{
    double calls = 0, recursive = 0, most = 0;
    for (int side = 0; side < SIDES; side++) {
        size_t runs = comparison->sides->side[side].run_count;
        for (size_t i = 0; i < runs; i++)
            calls += edge->calls.values[side][i];
        recursive += edge->recursive_calls[side];
        most = fmax(most, edge->recursive_calls[side] / (double)runs);
    }
    int64_t all = larger(&edge->calls);
    if (recursive >= calls)
        return all;
    return compared_whole(most) < all ? compared_whole(most) : all - 1;
}

static struct graph_edge edge_of(const struct comparison *comparison,
                                 const struct compared_edge *compared, const size_t *places)
{
    return (struct graph_edge){
        .caller = places[compared->caller],
        .callee = places[compared->callee],
        .calls = larger(&compared->calls),
        .recursive_calls = recursive_calls(comparison, compared),
        .cumulative_ns = larger(&compared->cumulative_ns),
        .compared = compared,
    };
}

static void take_edges(struct graph *graph, const size_t *places)
{
    const struct comparison *comparison = graph->comparison;
    size_t count = comparison->edge_count;
    struct rank *ranks = memory_array(count, sizeof *ranks);
    for (size_t i = 0; i < count; i++)
        ranks[i] = (struct rank){(double)larger(&comparison->edges[i].cumulative_ns),
                                 (double)larger(&comparison->edges[i].calls), i};
    qsort(ranks, count, sizeof *ranks, by_weight);
    graph->edges = memory_array(count, sizeof *graph->edges);
    graph->edge_count = count;
    for (size_t i = 0; i < count; i++)
        graph->edges[i] = edge_of(comparison, &comparison->edges[ranks[i].index], places);
    free(ranks);
}

void graph_compare(struct graph *graph, const struct comparison *comparison,
                   const struct graph_options *options)
{
    *graph = (struct graph){
        .options = *options,
        .comparison = comparison,
        .scale = change_scale_of(comparison, false),
        .total_ns = comparison->has_times ? larger(&comparison->self_ns) : 0,
        .calls = larger(&comparison->total_calls),
    };
    size_t *places = take_functions(graph);
    take_edges(graph, places);
    free(places);
    graph_pick(graph, options->limit);
}
