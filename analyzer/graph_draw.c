/* Drawing with Graphviz' own libraries: libcgraph holds the graph, libgvc lays it out and renders
 * it. */
#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph.h"
#include "text.h"

enum { NAME_WIDTH = 40 };

static const char *const formats[] = {"png", "svg", "pdf", "dot", "gv"};

bool graph_knows_format(const char *format)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(format, formats[i]) == 0)
            return true;
    return false;
}

/* Colours from nearly white over yellow to red, all light enough for black text. Most functions
 * have small shares, so the scale climbs fast at first. */
static const char *heat(struct pool *pool, double share)
{
    static const double stops[][3] = {{255, 255, 255}, {255, 247, 205}, {255, 226, 133},
                                      {254, 181, 90},  {247, 123, 80},  {231, 82, 72}};
    const double last = sizeof stops / sizeof *stops - 1;
    double at = sqrt(fmin(fmax(share, 0), 1)) * last;
    size_t below = (size_t)fmin(floor(at), last - 1);
    double part = at - (double)below;
    int rgb[3];
    for (int i = 0; i < 3; i++)
        rgb[i] = (int)lround(stops[below][i] + part * (stops[below + 1][i] - stops[below][i]));
    return pool_format(pool, "#%02x%02x%02x", rgb[0], rgb[1], rgb[2]);
}

/* Edges from grey to dark red. */
static const char *edge_colour(struct pool *pool, double share)
{
    double part = sqrt(fmin(fmax(share, 0), 1));
    return pool_format(pool, "#%02x%02x%02x", (int)lround(150 + part * 30),
                       (int)lround(150 - part * 120), (int)lround(150 - part * 120));
}

static double share_of(const struct graph *graph, int64_t part)
{
    return graph->total_ns > 0 && part > 0 ? (double)part / (double)graph->total_ns : 0;
}

/* For Graphviz' plain text, in which a backslash begins an escape and an ampersand an entity. */
static const char *escape_plain(struct pool *pool, const char *text)
{
    const char *from = text_printable(pool, text);
    char *result = pool_take(pool, strlen(from) * strlen("&amp;") + 1);
    char *end = result;
    for (; *from; from++) {
        if (*from == '\\')
            *end++ = '\\';
        *end++ = *from;
        if (*from == '&') {
            memcpy(end, "amp;", 4);
            end += 4;
        }
    }
    *end = '\0';
    return result;
}

static void set_with_default(void *object, const char *name, const char *value,
                             const char *otherwise)
{
    agsafeset(object, (char *)name, (char *)value, (char *)otherwise);
}

static void set(void *object, const char *name, const char *value)
{
    set_with_default(object, name, value, "");
}

static void set_html(Agraph_t *drawing, void *object, const char *name, const char *value)
{
    agattr(drawing, AGTYPE(object), (char *)name, (char *)"");
    char *html = agstrdup_html(drawing, (char *)value);
    agset(object, (char *)name, html);
    agstrfree(drawing, html);
}

static void set_default(Agraph_t *drawing, int kind, const char *name, const char *value)
{
    agattr(drawing, kind, (char *)name, (char *)value);
}

static void set_defaults(Agraph_t *drawing)
{
    static const char font[] = "Helvetica,Arial,sans-serif";
    set_default(drawing, AGRAPH, "rankdir", "TB");
    set_default(drawing, AGRAPH, "nodesep", "0.35");
    set_default(drawing, AGRAPH, "ranksep", "0.6");
    set_default(drawing, AGRAPH, "pad", "0.3");
    set_default(drawing, AGRAPH, "dpi", "96");
    set_default(drawing, AGRAPH, "charset", "UTF-8");
    set_default(drawing, AGRAPH, "bgcolor", "white");
    set_default(drawing, AGRAPH, "fontname", font);
    set_default(drawing, AGRAPH, "fontsize", "12");
    set_default(drawing, AGRAPH, "fontcolor", "#505050");
    set_default(drawing, AGRAPH, "labelloc", "b");
    set_default(drawing, AGNODE, "shape", "box");
    set_default(drawing, AGNODE, "style", "filled,rounded");
    set_default(drawing, AGNODE, "color", "#8c8c8c");
    set_default(drawing, AGNODE, "fontname", font);
    set_default(drawing, AGNODE, "margin", "0.12,0.07");
    set_default(drawing, AGEDGE, "fontname", font);
    set_default(drawing, AGEDGE, "fontsize", "10");
    set_default(drawing, AGEDGE, "fontcolor", "#505050");
    set_default(drawing, AGEDGE, "arrowsize", "0.7");
}

static const char *times(struct graph *graph, const char *kind, int64_t time_ns)
{
    return pool_format(&graph->pool, "%s %s (%s)", kind, text_duration(&graph->pool, time_ns),
                       text_percent(&graph->pool, time_ns, graph->total_ns));
}

/* A table, as its rows keep their distance whatever the sizes of their fonts. Inlined calls have no
 * time of their own, but may have that of what they called. */
static const char *node_label(struct graph *graph, const struct graph_node *node, double size)
{
    struct pool *pool = &graph->pool;
    bool inlined = node->calls > 0 && node->inlined_calls == node->calls;
    const char *rows[] = {
        inlined && node->self_ns == 0 ? NULL
        : node->below_noise           ? "self below the noise"
                                      : times(graph, "self", node->self_ns),
        inlined && node->cumulative_ns == 0 ? NULL
                                            : times(graph, "cumulative", node->cumulative_ns),
        text_calls(pool, node->calls, node->inlined_calls),
        node->external ? "external" : NULL,
    };
    const char *label = pool_format(
        pool, "<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\"><TR><TD><B>%s</B></TD></TR>",
        text_xml(pool, text_short_name(pool, node->name, NAME_WIDTH)));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i])
            label = pool_format(pool, "%s<TR><TD><FONT POINT-SIZE=\"%.1f\">%s</FONT></TD></TR>",
                                label, size, rows[i]);
    return pool_format(pool, "%s</TABLE>", label);
}

static Agnode_t *draw_node(Agraph_t *drawing, struct graph *graph, const struct graph_node *node)
{
    struct pool *pool = &graph->pool;
    double self = share_of(graph, node->self_ns);
    double size = 11 + 7 * sqrt(fmin(self, 1));
    Agnode_t *drawn =
        agnode(drawing, pool_format(pool, "f%lld", (long long)node->id), 1 /* make it */);
    set_html(drawing, drawn, "label", node_label(graph, node, size * 0.85));
    set(drawn, "tooltip",
        escape_plain(pool, node->external
                               ? pool_format(pool, "%s, external", node->name)
                               : pool_format(pool, "%s in %s", node->name, node->module)));
    set(drawn, "fontsize", pool_format(pool, "%.1f", size));
    set(drawn, "fillcolor", heat(pool, self));
    if (node->external) {
        set_with_default(drawn, "peripheries", "2", "1");
        set_with_default(drawn, "style", "filled", "filled,rounded");
    }
    return drawn;
}

static const char *edge_label(struct pool *pool, const struct graph_edge *edge, bool recursive,
                              bool inlined)
{
    const char *count = text_count(pool, edge->calls);
    if (recursive)
        return pool_format(pool, "   %s× recursive", count);
    if (inlined)
        count = pool_format(pool, "%s× inlined", count);
    else if (edge->inlined_calls > 0)
        count = pool_format(pool, "%s×, %s inlined", count, text_count(pool, edge->inlined_calls));
    else
        count = pool_format(pool, "%s×", count);
    if (inlined && edge->cumulative_ns == 0)
        return pool_format(pool, "   %s", count);
    return pool_format(pool, "   %s\\n   %s", count, text_duration(pool, edge->cumulative_ns));
}

static void draw_edge(Agraph_t *drawing, struct graph *graph, const struct graph_edge *edge,
                      Agnode_t **nodes)
{
    struct pool *pool = &graph->pool;
    double share = share_of(graph, edge->cumulative_ns);
    bool recursive = edge->recursive_calls > 0 && edge->recursive_calls == edge->calls;
    bool inlined = edge->inlined_calls > 0 && edge->inlined_calls == edge->calls;
    Agedge_t *drawn = agedge(drawing, nodes[edge->caller], nodes[edge->callee], NULL, 1);
    set(drawn, "label", edge_label(pool, edge, recursive, inlined));
    set(drawn, "tooltip",
        escape_plain(pool, pool_format(pool, "%s calls %s", graph->nodes[edge->caller].name,
                                       graph->nodes[edge->callee].name)));
    set(drawn, "color", edge_colour(pool, share));
    set(drawn, "penwidth", pool_format(pool, "%.2f", 1 + 4 * sqrt(fmin(share, 1))));
    set(drawn, "weight", pool_format(pool, "%d", 1 + (int)lround(99 * fmin(share, 1))));
    set(drawn, "style", recursive ? "dotted" : inlined ? "dashed" : "solid");
    if (recursive)
        set_with_default(drawn, "constraint", "false", "true"); /* callers stay above callees */
}

static const char *caption(struct graph *graph)
{
    struct pool *pool = &graph->pool;
    if (!graph->program)
        return "no profiles";
    const char *program = text_short_name(pool, graph->program, NAME_WIDTH);
    const char *total = text_duration(pool, graph->total_ns);
    if (graph->node_count == 0)
        return pool_format(pool, "%s, %s: no calls to show", program, total);
    if (graph->left_out_functions == 0 && graph->left_out_edges == 0)
        return pool_format(pool, "%s, %s", program, total);
    const char *edges = graph->left_out_edges == 1 ? "edge" : "edges";
    if (graph->left_out_functions == 0)
        return pool_format(pool, "%s, %s; left out: %s small %s", program, total,
                           text_count(pool, graph->left_out_edges), edges);
    return pool_format(
        pool, "%s, %s; left out: %s %s below %.3g %%%s (%s of self time), %s %s", program, total,
        text_count(pool, graph->left_out_functions),
        graph->left_out_functions == 1 ? "function" : "functions", 100 * graph->options.min_share,
        graph->options.limit > 0 && graph->node_count >= (size_t)graph->options.limit
            ? pool_format(pool, " or beyond the %lld largest", (long long)graph->options.limit)
            : "",
        text_percent(pool, graph->left_out_self_ns, graph->total_ns),
        text_count(pool, graph->left_out_edges), edges);
}

static Agraph_t *build(struct graph *graph)
{
    Agraph_t *drawing = agopen((char *)"calls", Agdirected, NULL);
    if (!drawing)
        out_of_memory();
    set_defaults(drawing);
    set(drawing, "label",
        pool_format(&graph->pool, "\\n%s", escape_plain(&graph->pool, caption(graph))));
    Agnode_t **nodes = memory_array(graph->node_count, sizeof(Agnode_t *));
    for (size_t i = 0; i < graph->node_count; i++)
        nodes[i] = draw_node(drawing, graph, &graph->nodes[i]);
    for (size_t i = 0; i < graph->edge_count; i++)
        draw_edge(drawing, graph, &graph->edges[i], nodes);
    free(nodes);
    return drawing;
}

static enum status write_text(Agraph_t *drawing, char **bytes, size_t *size)
{
    FILE *stream = open_memstream(bytes, size);
    if (!stream || agwrite(drawing, stream) != 0 || fclose(stream) != 0)
        out_of_memory();
    return STATUS_OK;
}

static enum status render(Agraph_t *drawing, const char *format, char **bytes, size_t *size)
{
    GVC_t *context = gvContext();
    unsigned length = 0;
    char *rendered = NULL;
    enum status status = STATUS_OK;
    if (!context || gvLayout(context, drawing, "dot") != 0) {
        status = fail(STATUS_INTERNAL, "graph", NULL,
                      "Graphviz could not lay it out; try a larger --min-share, or a .dot file");
    } else {
        if (gvRenderData(context, drawing, format, &rendered, &length) != 0 || !rendered)
            status = fail(STATUS_INTERNAL, "graph", NULL,
                          "Graphviz cannot render %s here; install its plugins (libgvc6), or write "
                          "a .dot file",
                          format);
        gvFreeLayout(context, drawing);
    }
    if (status == STATUS_OK) {
        /* A copy, so that one way of freeing fits both kinds of pictures. */
        *bytes = memcpy(memory_take(length), rendered, length);
        *size = length;
    }
    if (rendered)
        gvFreeRenderData(rendered);
    if (context)
        gvFreeContext(context);
    return status;
}

static int ignore_message(char *message)
{
    (void)message;
    return 0;
}

enum status graph_draw(struct graph *graph, const char *format, char **bytes, size_t *size)
{
    agseterrf(ignore_message); /* its warnings are about fonts and space, and name no cure */
    Agraph_t *drawing = build(graph);
    bool text = strcmp(format, "dot") == 0 || strcmp(format, "gv") == 0;
    enum status status =
        text ? write_text(drawing, bytes, size) : render(drawing, format, bytes, size);
    agclose(drawing);
    return status;
}

void graph_free_picture(char *bytes)
{
    free(bytes);
}
