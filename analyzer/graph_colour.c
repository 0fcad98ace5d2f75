/* What colours tell. */
#include <math.h>
#include <string.h>

#include "graph_draw.h"
#include "text.h"

/* Light enough for black text, and told apart with any kind of sight: Paul Tol's scheme "light"
 * (Colour Schemes, SRON/EPS/TN/09-002), the most distinct first. */
static const char *const palette[GRAPH_COLOURS] = {
    "#77aadd", "#ee8866", "#eedd88", "#44bb99", "#ffaabb", "#bbcc33", "#99ddff", "#aaaa00",
};
static const char other_colour[] = "#dddddd";

/* Colours from white over yellow to red, darker all the way, and light enough for black text. Most
 * functions have small shares, so the scale climbs fast at first. */
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

/* Of differences, from much less to much more. Black text is read on each. */
static const char *const change_fills[CHANGE_COLOURS] = {
    "#5288cf", "#7aa8dc", "#a4c4e8", "#c9ddf2", "#e3edf8", "#ececec",
    "#fde6de", "#fbcdbf", "#f7ab95", "#ef8269", "#e2574c",
};
static const char *const change_strokes[CHANGE_COLOURS] = {
    "#174a94", "#3263aa", "#4f7cba", "#6f94c6", "#8fabd0", "#8c8c8c",
    "#d99a8b", "#d07a69", "#c6594a", "#b83a2f", "#a01313",
};

static enum graph_kin kin_of(const struct graph *graph)
{
    return graph->options.colour == GRAPH_BY_MODULE ? GRAPH_MODULE
           : graph->options.colour == GRAPH_BY_FILE ? GRAPH_FILE
                                                    : GRAPH_ALONE;
}

/* Its place in the palette; `count`: none. */
static size_t find_kin(const struct graph_colours *colours, const char *kin)
{
    size_t i = 0;
    while (i < colours->count && strcmp(colours->kin[i], kin) != 0)
        i++;
    return i;
}

void graph_colours_begin(struct graph_colours *colours, struct graph *graph)
{
    *colours = (struct graph_colours){.graph = graph};
    enum graph_kin kin = kin_of(graph);
    if (kin == GRAPH_ALONE)
        return;
    for (size_t i = 0; i < graph->function_count; i++) {
        const char *path = graph_kin_of(&graph->functions[i], kin);
        if (!graph->functions[i].drawn || find_kin(colours, path) < colours->count)
            continue;
        if (colours->count < GRAPH_COLOURS)
            colours->kin[colours->count++] = path;
        else
            colours->more = true;
    }
}

const char *graph_fill(const struct graph_colours *colours, const struct graph_function *function)
{
    const struct graph *graph = colours->graph;
    enum graph_kin kin = kin_of(graph);
    if (function->compared)
        return change_fills[CHANGE_STEPS +
                            change_step(&graph->scale,
                                        graph_compared_of(graph, function->compared))];
    if (kin == GRAPH_ALONE)
        return heat(&colours->graph->pool, graph_share(graph, graph->options.colour == GRAPH_SELF
                                                                  ? function->self_ns
                                                                  : function->cumulative_ns));
    size_t place = find_kin(colours, graph_kin_of(function, kin));
    return place < colours->count ? palette[place] : other_colour;
}

const char *graph_stroke(const struct graph_colours *colours, double share)
{
    double part = sqrt(fmin(fmax(share, 0), 1));
    if (kin_of(colours->graph) != GRAPH_ALONE)
        part = 0; /* red would be one colour too many */
    return pool_format(&colours->graph->pool, "#%02x%02x%02x", (int)lround(140 + part * 40),
                       (int)lround(140 - part * 110), (int)lround(140 - part * 110));
}

const char *graph_change_stroke(const struct graph_colours *colours, const struct graph_edge *edge)
{
    const struct change_scale *scale = &colours->graph->scale;
    const struct compared_edge *compared = edge->compared;
    int step = change_step(scale, scale->of_calls ? &compared->calls : &compared->cumulative_ns);
    return change_strokes[step + CHANGE_STEPS];
}

static const char *change_legend(const struct graph *graph, struct pool *pool)
{
    const char *cells =
        pool_format(pool, "<TD>%s</TD>",
                    change_scale_text(&graph->scale, graph->options.colour == GRAPH_CUMULATIVE));
    for (int i = 0; i < CHANGE_COLOURS; i++)
        cells = pool_format(pool, "%s<TD BGCOLOR=\"%s\">%s</TD>", cells, change_fills[i],
                            change_step_text(i - CHANGE_STEPS));
    return cells;
}

static const char *heat_legend(const struct graph_colours *colours)
{
    static const double shares[] = {0, 0.01, 0.05, 0.2, 0.5, 1};
    struct pool *pool = &colours->graph->pool;
    const char *cells = "";
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++)
        cells = pool_format(pool, "%s<TD BGCOLOR=\"%s\">%.0f%s</TD>", cells, heat(pool, shares[i]),
                            100 * shares[i], shares[i] == 1 ? " %" : "");
    return pool_format(
        pool, "<TD>%s</TD>%s",
        colours->graph->options.colour == GRAPH_SELF ? "self time" : "cumulative time", cells);
}

const char *graph_colour_legend(const struct graph_colours *colours)
{
    enum graph_kin kin = kin_of(colours->graph);
    struct pool *pool = &colours->graph->pool;
    if (colours->graph->comparison)
        return change_legend(colours->graph, pool);
    if (kin == GRAPH_ALONE)
        return colours->graph->total_ns > 0 ? heat_legend(colours) : "";
    const char *cells = kin == GRAPH_MODULE ? "<TD>module</TD>" : "<TD>file</TD>";
    for (size_t i = 0; i < colours->count; i++)
        cells = pool_format(pool, "%s<TD BGCOLOR=\"%s\">%s</TD>", cells, palette[i],
                            text_xml(pool, graph_kin_name(colours->graph, colours->kin[i], kin)));
    if (colours->more)
        cells = pool_format(pool, "%s<TD BGCOLOR=\"%s\">others</TD>", cells, other_colour);
    return cells;
}
