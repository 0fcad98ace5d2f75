/* Drawing with Graphviz' own libraries: libcgraph holds the drawing. */
#include "graph_draw.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph_link.h"
#include "memory.h"
#include "text.h"

/* What hangs on a box. Leaves have one caller and no callees. */
struct fan {
    size_t in, out;
    size_t leaves, drawn_leaves;
};

struct drawing {
    struct graph *graph;
    struct graph_colours colours;
    Agraph_t *root;
    Agnode_t **boxes;    /* by function; NULL: none of its own */
    struct fan *fans;    /* likewise */
    const char **frames; /* paths of kin */
    size_t frame_count, frame_capacity;
};

static void set_with_default(void *object, const char *name, const char *value,
                             const char *otherwise)
{
    agsafeset(object, (char *)name, (char *)value, (char *)otherwise);
}

static void set(void *object, const char *name, const char *value)
{
    set_with_default(object, name, value, "");
}

static void set_html(Agraph_t *root, void *object, const char *name, const char *value)
{
    agattr(root, AGTYPE(object), (char *)name, (char *)"");
    char *html = agstrdup_html(root, (char *)value);
    agset(object, (char *)name, html);
    agstrfree(root, html);
}

static void set_defaults(Agraph_t *root)
{
    static const char font[] = "Helvetica,Arial,sans-serif";
    static const struct {
        int kind;
        const char *name, *value;
    } all[] = {
        {AGRAPH, "rankdir", "TB"},           {AGRAPH, "nodesep", "0.25"},
        {AGRAPH, "ranksep", "0.28"},         {AGRAPH, "pad", "0.1"},
        {AGRAPH, "charset", "UTF-8"},        {AGRAPH, "bgcolor", "white"},
        {AGRAPH, "fontname", font},          {AGRAPH, "fontsize", "10"},
        {AGRAPH, "fontcolor", "#404040"},    {AGRAPH, "labelloc", "t"},
        {AGRAPH, "labeljust", "l"},          {AGNODE, "shape", "box"},
        {AGNODE, "style", "filled,rounded"}, {AGNODE, "color", "#8c8c8c"},
        {AGNODE, "fontname", font},          {AGNODE, "fontsize", "10"},
        {AGNODE, "margin", "0.08,0.04"},     {AGNODE, "height", "0.3"},
        {AGEDGE, "fontname", font},          {AGEDGE, "fontsize", "9"},
        {AGEDGE, "fontcolor", "#505050"},    {AGEDGE, "arrowsize", "0.6"},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        agattr(root, all[i].kind, (char *)all[i].name, (char *)all[i].value);
}

static void mark(Agnode_t *box, const struct graph_function *function)
{
    if (function->external) {
        set_with_default(box, "peripheries", "2", "1");
        set_with_default(box, "style", "filled", "filled,rounded");
    }
    if (function->focus) {
        set_with_default(box, "penwidth", "3", "1");
        set_with_default(box, "color", "#000000", "#8c8c8c");
    }
    if (function->compared && function->compared->presence != IN_BOTH) {
        set_with_default(box, "style",
                         function->external ? "filled,dashed" : "filled,rounded,dashed",
                         "filled,rounded");
        set_with_default(box, "color", "#202020", "#8c8c8c");
    }
}

/* The frame around the function's kin, made when it is first asked for; NULL: it has none. */
static Agraph_t *frame(struct drawing *drawing, const struct graph_function *function)
{
    struct graph *graph = drawing->graph;
    struct pool *pool = &graph->pool;
    enum graph_kin kin = graph->options.cluster;
    const char *path = graph_kin_of(function, kin);
    if (!*path)
        return NULL;
    size_t i = 0;
    while (i < drawing->frame_count && strcmp(drawing->frames[i], path) != 0)
        i++;
    const char *name = pool_format(pool, "cluster%zu", i + 1);
    Agraph_t *found = agsubg(drawing->root, (char *)name, 1);
    if (i < drawing->frame_count)
        return found;
    drawing->frames = memory_grow(drawing->frames, &drawing->frame_capacity, i, sizeof(char *));
    drawing->frames[drawing->frame_count++] = path;
    set(found, "label", graph_plain(pool, graph_kin_name(graph, path, kin)));
    set(found, "tooltip", graph_tooltip(pool, text_printable(pool, path)));
    set(found, "style", "rounded,filled");
    set(found, "fillcolor", "#f8f8f8");
    set(found, "color", "#b0b0b0");
    return found;
}

static void draw_box(struct drawing *drawing, size_t top)
{
    struct graph *graph = drawing->graph;
    struct pool *pool = &graph->pool;
    const struct graph_function *function = &graph->functions[top];
    Agnode_t *box = agnode(drawing->root, pool_format(pool, "f%lld", (long long)function->id), 1);
    drawing->boxes[top] = box;
    Agraph_t *around = frame(drawing, function);
    if (around)
        agsubnode(around, box, 1);
    set_html(drawing->root, box, "label", graph_box_label(graph, function, &drawing->colours));
    mark(box, function);
    if (function->below != GRAPH_NONE)
        return; /* each row has its own of the rest */
    set_with_default(box, "fillcolor", graph_fill(&drawing->colours, function), "#ffffff");
    set(box, "tooltip", graph_tooltip(pool, graph_function_tooltip(graph, function)));
    const char *link = graph_link(pool, graph->options.link, function->file, function->line);
    if (link)
        set(box, "URL", graph_plain(pool, link));
}

/* Callers stand above callees, but for those that call back. */
static bool calls_back(const struct graph_edge *edge)
{
    return edge->caller == edge->callee || graph_is_recursive(edge);
}

/* Whether it is a line of the picture: others are within boxes. */
static bool is_line(const struct graph *graph, size_t edge)
{
    return graph->edges[edge].drawn &&
           !graph_is_stacked(graph, graph->edges[edge].caller, graph->edges[edge].callee);
}

static bool is_detour_line(const struct graph *graph, size_t detour)
{
    return !graph_is_stacked(graph, graph->detours[detour].caller, graph->detours[detour].callee);
}

static void count_line(struct drawing *drawing, size_t caller, size_t callee)
{
    const struct graph_function *functions = drawing->graph->functions;
    drawing->fans[functions[caller].top].out++;
    drawing->fans[functions[callee].top].in++;
}

static bool is_leaf(const struct drawing *drawing, size_t function)
{
    const struct fan *fan = &drawing->fans[drawing->graph->functions[function].top];
    return fan->in == 1 && fan->out == 0;
}

static void count_leaf(struct drawing *drawing, size_t caller, size_t callee)
{
    if (is_leaf(drawing, callee))
        drawing->fans[drawing->graph->functions[caller].top].leaves++;
}

static void count_lines(struct drawing *drawing)
{
    struct graph *graph = drawing->graph;
    for (size_t i = 0; i < graph->edge_count; i++)
        if (is_line(graph, i) && !calls_back(&graph->edges[i]))
            count_line(drawing, graph->edges[i].caller, graph->edges[i].callee);
    for (size_t i = 0; i < graph->detour_count; i++)
        if (is_detour_line(graph, i))
            count_line(drawing, graph->detours[i].caller, graph->detours[i].callee);
    for (size_t i = 0; i < graph->edge_count; i++)
        if (is_line(graph, i) && !calls_back(&graph->edges[i]))
            count_leaf(drawing, graph->edges[i].caller, graph->edges[i].callee);
    for (size_t i = 0; i < graph->detour_count; i++)
        if (is_detour_line(graph, i))
            count_leaf(drawing, graph->detours[i].caller, graph->detours[i].callee);
}

/* Many boxes side by side would make a picture wider than any screen, so leaves hang in rows, below
 * the others. */
static void hang(struct drawing *drawing, Agedge_t *drawn, size_t caller, size_t callee)
{
    if (drawing->graph->sideways) {
        set(drawn, "tailport", "e");
        set(drawn, "headport", "w");
        return;
    }
    struct fan *fan = &drawing->fans[drawing->graph->functions[caller].top];
    if (!is_leaf(drawing, callee) || fan->out < 4)
        return;
    double rows = floor(1.2 * sqrt((double)fan->out)); /* about as wide as a screen is then */
    size_t in_row = (size_t)ceil((double)fan->out / rows);
    size_t row = (fan->out - fan->leaves + fan->drawn_leaves++) / in_row;
    set_with_default(drawn, "minlen", pool_format(&drawing->graph->pool, "%zu", row + 1), "1");
}

static Agedge_t *connect(struct drawing *drawing, size_t caller, size_t callee)
{
    const struct graph_function *functions = drawing->graph->functions;
    return agedge(drawing->root, drawing->boxes[functions[caller].top],
                  drawing->boxes[functions[callee].top], NULL, 1);
}

static void describe(Agedge_t *drawn, const char *label, const char *tooltip, const char *style)
{
    set(drawn, "label", label);
    set(drawn, "tooltip", tooltip);
    set(drawn, "labeltooltip", tooltip);
    set(drawn, "style", style);
}

/* An edge that does not make its callee stand below. Its label is put wherever there is room, after
 * all else: as part of the layout, labels of edges that lie flat, between boxes at the same height,
 * corrupt the memory of Graphviz 2.42. */
static void draw_back(struct graph *graph, const struct graph_edge *edge, Agedge_t *drawn)
{
    set_with_default(drawn, "constraint", "false", "true");
    set(drawn, "xlabel", graph_edge_label(graph, edge));
    set(drawn, "label", "");
}

static const char *line_style(const struct graph_edge *edge)
{
    if (edge->compared && edge->compared->presence != IN_BOTH)
        return "dashed";
    return graph_is_recursive(edge) ? "dotted" : graph_is_inlined(edge) ? "dashed" : "solid";
}

static void draw_edge(struct drawing *drawing, const struct graph_edge *edge)
{
    struct graph *graph = drawing->graph;
    struct pool *pool = &graph->pool;
    double share = fmin(graph_share(graph, edge->cumulative_ns), 1);
    bool recursive = graph_is_recursive(edge);
    Agedge_t *drawn = connect(drawing, edge->caller, edge->callee);
    describe(drawn, graph_edge_label(graph, edge),
             graph_tooltip(pool, graph_edge_tooltip(graph, edge)), line_style(edge));
    set(drawn, "color",
        edge->compared ? graph_change_stroke(&drawing->colours, edge)
                       : graph_stroke(&drawing->colours, share));
    set(drawn, "penwidth", pool_format(pool, "%.2f", 1 + 4 * sqrt(share)));
    set(drawn, "weight", pool_format(pool, "%d", 1 + (int)lround(99 * share)));
    if (recursive && edge->caller != edge->callee)
        draw_back(graph, edge, drawn);
    if (!calls_back(edge))
        hang(drawing, drawn, edge->caller, edge->callee);
}

static void draw_detour(struct drawing *drawing, const struct graph_detour *detour)
{
    struct graph *graph = drawing->graph;
    Agedge_t *drawn = connect(drawing, detour->caller, detour->callee);
    describe(drawn, graph_detour_label(graph, detour),
             graph_tooltip(&graph->pool, graph_detour_tooltip(graph, detour)), "dotted");
    set(drawn, "color", graph_stroke(&drawing->colours, 0));
    set(drawn, "arrowhead", "empty");
    hang(drawing, drawn, detour->caller, detour->callee);
}

static void draw_edges(struct drawing *drawing)
{
    struct graph *graph = drawing->graph;
    for (size_t i = 0; i < graph->edge_count; i++)
        if (is_line(graph, i))
            draw_edge(drawing, &graph->edges[i]);
    for (size_t i = 0; i < graph->detour_count; i++)
        if (is_detour_line(graph, i))
            draw_detour(drawing, &graph->detours[i]);
}

Agraph_t *graph_build(struct graph *graph)
{
    struct drawing drawing = {.graph = graph,
                              .root = agopen((char *)"calls", Agdirected, NULL),
                              .boxes = memory_array(graph->function_count, sizeof(Agnode_t *)),
                              .fans = memory_array(graph->function_count, sizeof(struct fan))};
    if (!drawing.root)
        out_of_memory();
    set_defaults(drawing.root);
    if (graph->sideways)
        set(drawing.root, "rankdir", "LR");
    if (graph->options.cluster != GRAPH_ALONE) /* otherwise edges between them may lie flat */
        set(drawing.root, "newrank", "true");
    graph_colours_begin(&drawing.colours, graph);
    set_html(drawing.root, drawing.root, "label", graph_header(graph, &drawing.colours));
    for (size_t i = 0; i < graph->function_count; i++)
        if (graph->functions[i].drawn && graph->functions[i].top == i)
            draw_box(&drawing, i);
    count_lines(&drawing);
    draw_edges(&drawing);
    free(drawing.boxes);
    free(drawing.fans);
    free(drawing.frames);
    return drawing.root;
}
