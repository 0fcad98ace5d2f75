/* What makes a picture easier to read than its functions and edges alone: nothing hangs in the air,
 * and chains of calls share a box. */
#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "memory.h"

/* Functions with less of the total time may share a box. */
static const double least_apart = 0.02;

/* The edges into each function, the largest first: those of f are edges[first[f]] up to, not
 * including, edges[first[f + 1]]. */
struct incoming {
    size_t *first;
    size_t *edges;
};

static struct incoming incoming_of(const struct graph *graph)
{
    size_t count = graph->function_count;
    struct incoming in = {memory_array(count + 2, sizeof *in.first),
                          memory_array(graph->edge_count, sizeof *in.edges)};
    size_t *end = in.first + 1; /* becomes where the next one begins, once all are there */
    for (size_t i = 0; i < graph->edge_count; i++)
        end[graph->edges[i].callee + 1]++;
    for (size_t i = 1; i <= count; i++)
        end[i] += end[i - 1];
    for (size_t i = 0; i < graph->edge_count; i++)
        in.edges[end[graph->edges[i].callee]++] = i;
    return in;
}

/* A search upwards from a function, along the largest edges first. */
struct search {
    const struct incoming *in;
    size_t *path;  /* from the bottom up */
    size_t *tried; /* of each function, edges; GRAPH_NONE: not found yet */
    size_t *found; /* functions, to forget them again */
    size_t length, found_count;
    size_t *above; /* of leads_to */
    bool *is_above;
};

static void search_push(struct search *search, size_t function)
{
    search->path[search->length++] = function;
    search->found[search->found_count++] = function;
    search->tried[function] = 0;
}

/* Whether the drawn edges lead from one function to another, which is then no place for it to hang
 * from. */
static bool leads_to(const struct graph *graph, struct search *search, size_t from, size_t to)
{
    size_t count = 0;
    bool leads = from == to;
    search->above[count++] = to;
    search->is_above[to] = true;
    for (size_t i = 0; i < count && !leads; i++) {
        size_t at = search->above[i];
        for (size_t j = search->in->first[at]; j < search->in->first[at + 1]; j++) {
            const struct graph_edge *edge = &graph->edges[search->in->edges[j]];
            if (!edge->drawn || search->is_above[edge->caller])
                continue;
            leads |= edge->caller == from;
            search->above[count++] = edge->caller;
            search->is_above[edge->caller] = true;
        }
    }
    for (size_t i = 0; i < count; i++)
        search->is_above[search->above[i]] = false;
    return leads;
}

/* Whether a drawn function was found, which is the last of the path then. */
static bool search_run(const struct graph *graph, struct search *search, size_t bottom)
{
    search->length = search->found_count = 0;
    search_push(search, bottom);
    while (search->length > 0) {
        size_t at = search->path[search->length - 1];
        size_t edge = search->in->first[at] + search->tried[at]++;
        if (edge >= search->in->first[at + 1]) {
            search->length--; /* nothing up there */
            continue;
        }
        size_t caller = graph->edges[search->in->edges[edge]].caller;
        bool drawn = graph->functions[caller].drawn;
        if (search->tried[caller] != GRAPH_NONE ||
            (drawn && leads_to(graph, search, bottom, caller)))
            continue;
        search_push(search, caller);
        if (drawn)
            return true;
    }
    return false;
}

static void search_forget(struct search *search)
{
    for (size_t i = 0; i < search->found_count; i++)
        search->tried[search->found[i]] = GRAPH_NONE;
}

/* The largest way to a function: an edge if a drawn function is at its other end. */
static void hang(struct graph *graph, struct search *search, size_t bottom)
{
    if (search_run(graph, search, bottom)) {
        size_t caller = search->path[search->length - 1], between = search->length - 2;
        size_t last = search->in->first[bottom] + search->tried[bottom] - 1;
        if (between == 0) {
            graph->edges[search->in->edges[last]].drawn = true;
            graph->drawn_edges++;
        } else {
            graph->detours = memory_grow(graph->detours, &graph->detour_capacity,
                                         graph->detour_count, sizeof *graph->detours);
            graph->detours[graph->detour_count++] = (struct graph_detour){caller, bottom, between};
        }
    }
    search_forget(search);
}

void graph_hang(struct graph *graph)
{
    size_t count = graph->function_count;
    bool *hangs = memory_array(count, sizeof *hangs);
    struct incoming in = incoming_of(graph);
    struct search search = {
        .in = &in,
        .path = memory_array(count, sizeof *search.path),
        .tried = memory_array(count, sizeof *search.tried),
        .found = memory_array(count, sizeof *search.found),
        .above = memory_array(count, sizeof *search.above),
        .is_above = memory_array(count, sizeof *search.is_above),
    };
    memset(search.tried, 0xFF, count * sizeof *search.tried);
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (edge->drawn && edge->caller != edge->callee && !graph_is_recursive(edge))
            hangs[edge->callee] = true;
    }
    for (size_t i = 0; i < count; i++)
        if (graph->functions[i].drawn && !hangs[i])
            hang(graph, &search, i);
    free(hangs);
    free(in.first);
    free(in.edges);
    free(search.path);
    free(search.tried);
    free(search.found);
    free(search.above);
    free(search.is_above);
}

bool graph_is_stacked(const struct graph *graph, size_t caller, size_t callee)
{
    return graph->functions[caller].below == callee;
}

/* What leads to a drawn function and from it. */
struct joint {
    size_t in, out;
    bool loop;
    bool inside;   /* a box, but not at its top */
    size_t bottom; /* of the box, if this is its top */
};

static bool may_share(const struct graph *graph, const struct graph_function *function)
{
    return function->drawn && !function->focus && !function->external &&
           !graph_is_changed(graph, function) &&
           (double)function->self_ns <= least_apart * (double)graph->total_ns;
}

static bool same_frame(const struct graph *graph, const struct graph_function *a,
                       const struct graph_function *b)
{
    enum graph_kin kin = graph->options.cluster;
    return strcmp(graph_kin_of(a, kin), graph_kin_of(b, kin)) == 0;
}

static struct joint *joints_of(const struct graph *graph)
{
    struct joint *joints = memory_array(graph->function_count, sizeof *joints);
    for (size_t i = 0; i < graph->function_count; i++)
        joints[i].bottom = i;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (!edge->drawn)
            continue;
        joints[edge->caller].out++;
        joints[edge->callee].in++;
        joints[edge->caller].loop |= edge->caller == edge->callee;
    }
    for (size_t i = 0; i < graph->detour_count; i++) {
        joints[graph->detours[i].caller].out++;
        joints[graph->detours[i].callee].in++;
    }
    return joints;
}

/* Puts two boxes into one, if that is right: the one that ends with the caller, and the one that
 * begins with the callee. Of `top` and `bottom` only those of their ends are kept right. */
static bool stack(struct graph *graph, struct joint *joints, size_t from, size_t to)
{
    struct graph_function *caller = &graph->functions[from], *callee = &graph->functions[to];
    if (joints[from].out != 1 || joints[to].in != 1 || joints[from].loop || joints[to].loop ||
        !may_share(graph, caller) || !may_share(graph, callee) ||
        !same_frame(graph, caller, callee) || caller->top == to)
        return false;
    size_t bottom = joints[to].bottom;
    caller->below = to;
    joints[to].inside = true;
    graph->functions[bottom].top = caller->top;
    joints[caller->top].bottom = bottom;
    return true;
}

void graph_stack(struct graph *graph)
{
    struct joint *joints = joints_of(graph);
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        bool absent = edge->compared && edge->compared->presence != IN_BOTH;
        if (edge->drawn && edge->recursive_calls == 0 && !absent &&
            stack(graph, joints, edge->caller, edge->callee))
            graph->functions[edge->caller].down = i;
    }
    for (size_t i = 0; i < graph->detour_count; i++) {
        const struct graph_detour *detour = &graph->detours[i];
        if (stack(graph, joints, detour->caller, detour->callee))
            graph->functions[detour->caller].between = detour->between;
    }
    for (size_t i = 0; i < graph->function_count; i++)
        for (size_t at = i; !joints[i].inside && at != GRAPH_NONE; at = graph->functions[at].below)
            graph->functions[at].top = i;
    free(joints);
}
