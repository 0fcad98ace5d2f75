/* What a call graph says about functions and calls. */
#include <string.h>

#include "graph_draw.h"
#include "graph_link.h"
#include "text.h"

enum { NAME_WIDTH = 32, KIN_WIDTH = 30 };

double graph_share(const struct graph *graph, int64_t part_ns)
{
    return graph->total_ns > 0 && part_ns > 0 ? (double)part_ns / (double)graph->total_ns : 0;
}

/* A backslash begins an escape, and an ampersand an entity. */
const char *graph_plain(struct pool *pool, const char *text)
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

const char *graph_kin_name(struct graph *graph, const char *path, enum graph_kin kin)
{
    const char *name = text_base_name(path);
    if (!*path)
        return kin == GRAPH_MODULE ? "not part of the build" : "file unknown";
    for (size_t i = 0; i < graph->function_count; i++) {
        const char *other = graph_kin_of(&graph->functions[i], kin);
        if (graph->functions[i].drawn && strcmp(text_base_name(other), name) == 0 &&
            strcmp(other, path) != 0)
            return text_cut_left(&graph->pool, path, KIN_WIDTH);
    }
    return text_cut(&graph->pool, name, KIN_WIDTH);
}

/* Behind an error of one percent and more nobody knows decimals; one that would be shown as 0 is
 * not. */
static const char *share(struct graph *graph, int64_t part_ns, int64_t error_ns)
{
    double error = 100 * graph_share(graph, error_ns), part = 100 * graph_share(graph, part_ns);
    if (error < 0.05)
        return text_percent(&graph->pool, part_ns, graph->total_ns);
    int decimals = error < 1 ? 1 : 0;
    return pool_format(&graph->pool, "%.*f ±%.*f %%", decimals, part, decimals, error);
}

static bool all_inlined(const struct graph_function *function)
{
    return function->calls > 0 && function->inlined_calls == function->calls;
}

/* Inlined calls have no time of their own, but may have that of what they called. */
static bool has_self(const struct graph *graph, const struct graph_function *function)
{
    return graph->total_ns > 0 && !(all_inlined(function) && function->self_ns == 0);
}

static bool has_cumulative(const struct graph *graph, const struct graph_function *function)
{
    return graph->total_ns > 0 && !(all_inlined(function) && function->cumulative_ns == 0);
}

/* "self 2.1 %, cumulative 14 ±3 %"; NULL: there are none. */
static const char *times(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *self = share(graph, function->self_ns, function->self_error_ns);
    const char *cumulative = share(graph, function->cumulative_ns, function->cumulative_error_ns);
    if (!has_cumulative(graph, function))
        return NULL;
    if (!has_self(graph, function))
        return pool_format(pool, "cumulative %s", cumulative);
    if (function->below_noise)
        return pool_format(pool, "self below noise, cumulative %s", cumulative);
    if (strcmp(self, cumulative) == 0)
        return pool_format(pool, "self = cumulative %s", self);
    return pool_format(pool, "self %s, cumulative %s", self, cumulative);
}

const char *graph_short_name(struct pool *pool, const char *name)
{
    static const char unnamed[] = "(anonymous namespace)::";
    if (strncmp(name, unnamed, sizeof unnamed - 1) == 0)
        name = pool_format(pool, "…::%s", name + sizeof unnamed - 1);
    return text_short_name(pool, name, NAME_WIDTH);
}

static const char *short_name(struct graph *graph, const struct graph_function *function)
{
    return text_xml(&graph->pool, graph_short_name(&graph->pool, function->name));
}

/* "12,345×", "3× inlined". */
static const char *count(struct pool *pool, int64_t all, int64_t inlined)
{
    return pool_format(pool, "%s×%s", text_count(pool, all),
                       inlined == all && all > 0 ? " inlined" : "");
}

static const char *alone(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *second = times(graph, function);
    const char *row =
        pool_format(pool, "<TR><TD><FONT POINT-SIZE=\"%.1f\"><B>%s</B></FONT>  %s</TD></TR>",
                    11 + 4 * graph_share(graph, function->self_ns), short_name(graph, function),
                    count(pool, function->calls, function->inlined_calls));
    return second ? pool_format(pool, "%s<TR><TD>%s</TD></TR>", row, second) : row;
}

/* More of a function where the mouse points at it, and where a click leads. */
static const char *anchor(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *link = graph_link(pool, graph->options.link, function->file, function->line);
    const char *tooltip = text_xml(pool, graph_function_tooltip(graph, function));
    if (!link)
        return pool_format(pool, "TOOLTIP=\"%s\"", tooltip);
    return pool_format(pool, "TOOLTIP=\"%s\" HREF=\"%s\"", tooltip,
                       text_xml(pool, graph_plain(pool, link)));
}

static const char *chain_row(struct graph *graph, const struct graph_function *function,
                             const struct graph_edge *above, const char *fill)
{
    struct pool *pool = &graph->pool;
    const char *time = "";
    if (has_cumulative(graph, function))
        time = pool_format(pool, "%s%s", above ? "" : "cumulative ",
                           share(graph, function->cumulative_ns, function->cumulative_error_ns));
    return pool_format(
        pool,
        "<TR><TD ALIGN=\"LEFT\" BGCOLOR=\"%s\" %s>%s<FONT POINT-SIZE=\"11\"><B>%s</B></FONT>  "
        "%s</TD><TD ALIGN=\"RIGHT\" BGCOLOR=\"%s\">  %s</TD></TR>",
        fill, anchor(graph, function), above ? "↓ " : "", short_name(graph, function),
        above ? count(pool, above->calls, above->inlined_calls)
              : count(pool, function->calls, function->inlined_calls),
        fill, time);
}

static const char *chain(struct graph *graph, const struct graph_function *top,
                         const struct graph_colours *colours)
{
    const struct graph_edge *above = NULL;
    const char *rows = "";
    for (const struct graph_function *at = top;; at = &graph->functions[above->callee]) {
        rows = pool_format(&graph->pool, "%s%s", rows,
                           chain_row(graph, at, above, graph_fill(colours, at)));
        if (at->down == GRAPH_NONE)
            return rows;
        above = &graph->edges[at->down];
    }
}

const char *graph_box_label(struct graph *graph, const struct graph_function *top,
                            const struct graph_colours *colours)
{
    return pool_format(&graph->pool,
                       "<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">%s</TABLE>",
                       top->down == GRAPH_NONE ? alone(graph, top) : chain(graph, top, colours));
}

/* Lines of a tooltip: plain text in which \n ends a line. */
static const char *line(struct pool *pool, const char *text)
{
    return pool_format(pool, "\\n%s", graph_plain(pool, text));
}

/* With its share and error. */
static const char *time_line(struct graph *graph, const char *kind, int64_t part_ns,
                             int64_t error_ns)
{
    struct pool *pool = &graph->pool;
    const char *error =
        error_ns > 0 ? pool_format(pool, " ±%s", text_duration(pool, error_ns)) : "";
    return line(pool, pool_format(pool, "%s %s%s (%s)", kind, text_duration(pool, part_ns), error,
                                  text_percent_error(pool, part_ns, error_ns, graph->total_ns)));
}

static const char *place_lines(struct pool *pool, const struct graph_function *function)
{
    if (function->external)
        return line(pool, "not part of the build");
    const char *module = line(pool, pool_format(pool, "in %s", function->module));
    if (!*function->file)
        return module;
    const char *place =
        function->line > 0 ? pool_format(pool, "%s:%lld", function->file, (long long)function->line)
                           : function->file;
    return pool_format(pool, "%s%s", line(pool, place), module);
}

const char *graph_function_tooltip(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *text =
        pool_format(pool, "%s%s", graph_plain(pool, function->name),
                    line(pool, text_calls(pool, function->calls, function->inlined_calls)));
    if (has_self(graph, function))
        text = pool_format(pool, "%s%s", text,
                           function->below_noise ? line(pool, "self below the noise")
                                                 : time_line(graph, "self", function->self_ns,
                                                             function->self_error_ns));
    if (has_cumulative(graph, function))
        text = pool_format(
            pool, "%s%s", text,
            time_line(graph, "cumulative", function->cumulative_ns, function->cumulative_error_ns));
    return pool_format(pool, "%s%s", text, place_lines(pool, function));
}

/* Recursive calls take no time beyond that of the call that is running already. */
static bool has_time(const struct graph *graph, const struct graph_edge *edge)
{
    return graph->total_ns > 0 && !graph_is_recursive(edge) &&
           !(graph_is_inlined(edge) && edge->cumulative_ns == 0);
}

const char *graph_edge_label(struct graph *graph, const struct graph_edge *edge)
{
    struct pool *pool = &graph->pool;
    if (graph_is_recursive(edge))
        return pool_format(pool, "  %s× recursive", text_count(pool, edge->calls));
    const char *calls_text = count(pool, edge->calls, edge->inlined_calls);
    if (!has_time(graph, edge))
        return pool_format(pool, "  %s", calls_text);
    return pool_format(pool, "  %s  %s", calls_text,
                       text_percent(pool, edge->cumulative_ns, graph->total_ns));
}

const char *graph_edge_tooltip(struct graph *graph, const struct graph_edge *edge)
{
    struct pool *pool = &graph->pool;
    const char *text =
        pool_format(pool, "%s calls %s%s", graph_plain(pool, graph->functions[edge->caller].name),
                    graph_plain(pool, graph->functions[edge->callee].name),
                    line(pool, text_calls(pool, edge->calls, edge->inlined_calls)));
    if (edge->recursive_calls > 0)
        text = pool_format(pool, "%s, %s recursive", text, text_count(pool, edge->recursive_calls));
    if (has_time(graph, edge))
        text =
            pool_format(pool, "%s%s", text, time_line(graph, "cumulative", edge->cumulative_ns, 0));
    return text;
}

const char *graph_detour_label(struct graph *graph, const struct graph_detour *detour)
{
    return pool_format(&graph->pool, "  … %s between",
                       text_count(&graph->pool, (int64_t)detour->between));
}

const char *graph_detour_tooltip(struct graph *graph, const struct graph_detour *detour)
{
    struct pool *pool = &graph->pool;
    return pool_format(pool, "%s leads to %s through %s %s",
                       graph_plain(pool, graph->functions[detour->caller].name),
                       graph_plain(pool, graph->functions[detour->callee].name),
                       text_count(pool, (int64_t)detour->between),
                       detour->between == 1 ? "function that is left out"
                                            : "functions that are left out");
}
