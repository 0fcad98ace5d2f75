/* What of a call graph is drawn. */
#include <stdlib.h>

#include "database.h"
#include "graph.h"

/* In a picture around some functions, edges that carry less than this of their time only tangle
 * it. */
static const double least_of_focus = 0.01;

/* What edges must have at least to be worth their place. */
struct least {
    double ns, calls;
};

/* Inlined calls have no time, so they count for their number. */
static bool is_large(const struct least *least, int64_t cumulative_ns, int64_t inlined_calls)
{
    return (double)cumulative_ns >= least->ns ||
           (inlined_calls > 0 && (double)inlined_calls >= least->calls);
}

static struct least least_of_all(const struct graph *graph)
{
    double share = graph->options.min_share;
    return (struct least){share * (double)graph->total_ns, share * (double)graph->calls};
}

/* How a function is reached from those in focus: on the way whose smallest edge is largest. */
struct reach {
    int64_t ns, calls; /* of that edge; -1: not reached */
    size_t edge;       /* the last one; GRAPH_NONE: in focus */
    int64_t steps;
};

static bool is_wider(const struct reach *a, const struct reach *b)
{
    return a->ns != b->ns ? a->ns > b->ns : a->calls > b->calls;
}

static void reach_begin(const struct graph *graph, struct reach *reaches)
{
    for (size_t i = 0; i < graph->function_count; i++) {
        int64_t width = graph->functions[i].focus ? INT64_MAX : -1;
        reaches[i] = (struct reach){width, width, GRAPH_NONE, 0};
    }
}

/* Goes one step on along all edges, from callers to callees or the other way round. */
static bool reach_step(const struct graph *graph, struct reach *reaches, int64_t steps, bool down)
{
    bool changed = false;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        const struct reach *from = &reaches[down ? edge->caller : edge->callee];
        struct reach *to = &reaches[down ? edge->callee : edge->caller];
        if (from->ns < 0 || from->steps >= steps)
            continue;
        struct reach way = {edge->cumulative_ns, edge->calls, i, from->steps + 1};
        if (is_wider(&way, from)) {
            way.ns = from->ns;
            way.calls = from->calls;
        }
        if (is_wider(&way, to)) {
            *to = way;
            changed = true;
        }
    }
    return changed;
}

static void reach_all(const struct graph *graph, struct reach *reaches, bool down)
{
    reach_begin(graph, reaches);
    for (int64_t steps = 1; steps <= graph->options.depth; steps++)
        if (!reach_step(graph, reaches, steps, down))
            break;
}

/* The wider of the two ways to a function, and the function. */
struct candidate {
    struct reach reach;
    size_t function;
};

static int by_width(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (is_wider(&a->reach, &b->reach))
        return -1;
    if (is_wider(&b->reach, &a->reach))
        return 1;
    if (a->reach.steps != b->reach.steps)
        return a->reach.steps < b->reach.steps ? -1 : 1;
    return (a->function > b->function) - (a->function < b->function);
}

/* However small: what has changed is what a picture of two sides is for. */
static bool is_large_or_changed(const struct graph *graph, const struct graph_function *function)
{
    const struct least least = least_of_all(graph);
    return is_large(&least, function->cumulative_ns, function->inlined_calls) ||
           graph_is_changed(graph, function);
}

static void draw_function(struct graph *graph, size_t i)
{
    struct graph_function *function = &graph->functions[i];
    bool room = graph->limit == 0 || graph->drawn_functions < (size_t)graph->limit;
    if (!room || (!function->focus && !is_large_or_changed(graph, function)))
        return;
    function->drawn = true;
    graph->drawn_functions++;
}

static void draw_edge(struct graph *graph, struct graph_edge *edge)
{
    if (edge->drawn || !graph->functions[edge->caller].drawn ||
        !graph->functions[edge->callee].drawn)
        return;
    edge->drawn = true;
    graph->drawn_edges++;
}

/* Among the drawn functions, an edge that carries little only tangles the picture. */
static void draw_edges(struct graph *graph, const struct least *least)
{
    for (size_t i = 0; i < graph->edge_count; i++) {
        struct graph_edge *edge = &graph->edges[i];
        double calls = (double)graph->functions[edge->callee].calls;
        bool recursive = edge->recursive_calls > 0 &&
                         (double)edge->recursive_calls >= graph->options.min_share * calls;
        if (edge->caller == edge->callee || recursive ||
            is_large(least, edge->cumulative_ns, edge->inlined_calls))
            draw_edge(graph, edge);
    }
}

static void pick_all(struct graph *graph)
{
    const struct least least = least_of_all(graph);
    for (size_t i = 0; i < graph->function_count; i++)
        draw_function(graph, i);
    draw_edges(graph, &least);
}

static struct least least_around_focus(const struct graph *graph)
{
    struct least least = {0, 0}, all = least_of_all(graph);
    for (size_t i = 0; i < graph->function_count; i++) {
        const struct graph_function *function = &graph->functions[i];
        if (!function->focus)
            continue;
        double ns = least_of_focus * (double)function->cumulative_ns;
        double calls = least_of_focus * (double)function->calls;
        least.ns = ns > least.ns ? ns : least.ns;
        least.calls = calls > least.calls ? calls : least.calls;
    }
    least.ns = all.ns > least.ns ? all.ns : least.ns;
    least.calls = all.calls > least.calls ? all.calls : least.calls;
    return least;
}

static void pick_around_focus(struct graph *graph)
{
    size_t count = graph->function_count, found = 0;
    struct reach *callers = memory_array(count, sizeof *callers);
    struct reach *callees = memory_array(count, sizeof *callees);
    struct candidate *candidates = memory_array(count, sizeof *candidates);
    reach_all(graph, callers, false);
    reach_all(graph, callees, true);
    for (size_t i = 0; i < count; i++) {
        bool caller = is_wider(&callers[i], &callees[i]);
        candidates[found] = (struct candidate){caller ? callers[i] : callees[i], i};
        found += candidates[found].reach.ns >= 0;
    }
    qsort(candidates, found, sizeof *candidates, by_width);
    for (size_t i = 0; i < found; i++)
        draw_function(graph, candidates[i].function);
    for (size_t i = 0; i < found; i++)
        if (candidates[i].reach.edge != GRAPH_NONE)
            draw_edge(graph, &graph->edges[candidates[i].reach.edge]);
    const struct least least = least_around_focus(graph);
    draw_edges(graph, &least);
    free(callers);
    free(callees);
    free(candidates);
}

static void clear(struct graph *graph, int64_t limit)
{
    graph->limit = limit;
    graph->drawn_functions = graph->drawn_edges = graph->detour_count = 0;
    graph->left_out_self_ns = 0;
    for (size_t i = 0; i < graph->function_count; i++) {
        graph->functions[i].drawn = false;
        graph->functions[i].below = graph->functions[i].down = GRAPH_NONE;
        graph->functions[i].top = i;
    }
    for (size_t i = 0; i < graph->edge_count; i++)
        graph->edges[i].drawn = false;
}

void graph_pick(struct graph *graph, int64_t limit)
{
    clear(graph, limit);
    if (graph->options.focus_count > 0) {
        pick_around_focus(graph);
    } else {
        pick_all(graph);
        graph_hang(graph);
    }
    if (!graph->options.boxes_apart)
        graph_stack(graph);
    for (size_t i = 0; i < graph->function_count; i++)
        if (!graph->functions[i].drawn)
            graph->left_out_self_ns =
                database_sum(graph->left_out_self_ns, graph->functions[i].self_ns);
}
