/* What a call graph says about functions and calls. */
#define _GNU_SOURCE
#include <string.h>

#include "graph_draw.h"
#include "graph_link.h"
#include "output.h"
#include "text.h"

/* Two spaces that browsers do not make one. */
#define GAP "\u00A0\u00A0"

enum { NAME_WIDTH = 32, CALL_WIDTH = 100, KIN_WIDTH = 30 };

double graph_share(const struct graph *graph, int64_t part_ns)
{
    return graph->total_ns > 0 && part_ns > 0 ? (double)part_ns / (double)graph->total_ns : 0;
}

/* Puts strings in the place of three characters. */
static const char *replace(struct pool *pool, const char *text, const char *backslash,
                           const char *ampersand, const char *newline)
{
    char *result = pool_take(pool, strlen(text) * strlen("&#10;") + 1);
    char *end = result;
    for (; *text; text++) {
        const char *with = *text == '\\'   ? backslash
                           : *text == '&'  ? ampersand
                           : *text == '\n' ? newline
                                           : NULL;
        if (with)
            end = stpcpy(end, with);
        else
            *end++ = *text;
    }
    *end = '\0';
    return result;
}

/* A backslash begins an escape, and an ampersand an entity. */
const char *graph_plain(struct pool *pool, const char *text)
{
    return replace(pool, text_printable(pool, text), "\\\\", "&amp;", NULL);
}

/* Graphviz takes escapes out of tooltips twice. */
const char *graph_tooltip(struct pool *pool, const char *text)
{
    return replace(pool, text, "\\\\\\\\", "&amp;", "\\n");
}

/* And once out of those in HTML-like text, where it puts the entities in itself. */
static const char *html_tooltip(struct pool *pool, const char *text)
{
    const char *result = "";
    for (const char *end; (end = strchr(text, '\n')); text = end + 1)
        result = pool_format(pool, "%s%s&#10;", result,
                             text_xml(pool, pool_format(pool, "%.*s", (int)(end - text), text)));
    return replace(pool, pool_format(pool, "%s%s", result, text_xml(pool, text)), "\\\\", NULL,
                   NULL);
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

/* One that would be shown as 0 is not. */
bool graph_tells_error(const struct graph *graph, int64_t error_ns)
{
    return graph_share(graph, error_ns) >= 0.0005;
}

/* Behind an error of one percent and more nobody knows decimals. */
static const char *share(struct graph *graph, int64_t part_ns, int64_t error_ns)
{
    double error = 100 * graph_share(graph, error_ns), part = 100 * graph_share(graph, part_ns);
    if (!graph_tells_error(graph, error_ns))
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

static const char *between(struct pool *pool, size_t functions)
{
    return pool_format(pool, "… %s between", text_count(pool, (int64_t)functions));
}

static const char *alone(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *second = times(graph, function);
    const char *row =
        pool_format(pool, "<TR><TD><FONT POINT-SIZE=\"%.1f\"><B>%s</B></FONT>" GAP "%s</TD></TR>",
                    11 + 4 * graph_share(graph, function->self_ns), short_name(graph, function),
                    count(pool, function->calls, function->inlined_calls));
    return second ? pool_format(pool, "%s<TR><TD>%s</TD></TR>", row, second) : row;
}

/* More of a function where the mouse points at it, and where a click leads. */
static const char *anchor(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *link = graph_link(pool, graph->options.link, function->file, function->line);
    const char *tooltip = html_tooltip(pool, graph_function_tooltip(graph, function));
    if (!link) /* without a target Graphviz thinks nothing of a tooltip */
        return pool_format(pool, "TOOLTIP=\"%s\" TARGET=\"_self\"", tooltip);
    return pool_format(pool, "TOOLTIP=\"%s\" HREF=\"%s\"", tooltip,
                       text_xml(pool, graph_plain(pool, link)));
}

/* How the function above leads to it. */
static const char *way(struct graph *graph, const struct graph_function *above)
{
    struct pool *pool = &graph->pool;
    if (above->down == GRAPH_NONE)
        return between(pool, above->between);
    const struct graph_edge *edge = &graph->edges[above->down];
    if (edge->compared)
        return graph_change_count(pool, &edge->compared->calls, edge->compared->presence);
    return count(pool, edge->calls, edge->inlined_calls);
}

/* Of the topmost function of a chain there is no such way. */
static const char *all_calls(struct pool *pool, const struct graph_function *function)
{
    if (function->compared)
        return graph_change_count(pool, &function->compared->calls, function->compared->presence);
    return count(pool, function->calls, function->inlined_calls);
}

static void write_chain_row(FILE *stream, struct graph *graph,
                            const struct graph_function *function,
                            const struct graph_function *above, const char *fill)
{
    struct pool *pool = &graph->pool;
    const char *time = "";
    if (function->compared)
        time = graph_change_chain_time(graph, function);
    else if (has_cumulative(graph, function))
        time = pool_format(pool, "%s%s", above ? "" : "cumulative ",
                           share(graph, function->cumulative_ns, function->cumulative_error_ns));
    fprintf(
        stream,
        "<TR><TD ALIGN=\"LEFT\" BGCOLOR=\"%s\" %s>%s<FONT POINT-SIZE=\"11\"><B>%s</B></FONT>" GAP
        "%s</TD><TD ALIGN=\"RIGHT\" BGCOLOR=\"%s\">" GAP "%s</TD></TR>",
        fill, anchor(graph, function), above ? "↓ " : "", short_name(graph, function),
        above ? way(graph, above) : all_calls(pool, function), fill, time);
}

/* Gathered in a stream, as chains may be as long as a program is deep. */
static const char *chain(struct graph *graph, const struct graph_function *top,
                         const struct graph_colours *colours)
{
    struct output rows;
    output_begin(&rows);
    const struct graph_function *above = NULL, *at = top;
    for (;;) {
        write_chain_row(rows.stream, graph, at, above, graph_fill(colours, at));
        if (at->below == GRAPH_NONE)
            break;
        above = at;
        at = &graph->functions[at->below];
    }
    if (fflush(rows.stream) != 0)
        out_of_memory();
    const char *text = pool_copy(&graph->pool, rows.bytes);
    output_abandon(&rows);
    return text;
}

const char *graph_box_label(struct graph *graph, const struct graph_function *top,
                            const struct graph_colours *colours)
{
    return pool_format(&graph->pool,
                       "<TABLE BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"1\">%s</TABLE>",
                       top->below != GRAPH_NONE ? chain(graph, top, colours)
                       : top->compared          ? graph_change_box(graph, top)
                                                : alone(graph, top));
}

/* Time with its share and error, as a line of a tooltip. */
static const char *time_line(struct graph *graph, const char *kind, int64_t part_ns,
                             int64_t error_ns)
{
    struct pool *pool = &graph->pool;
    const char *error =
        error_ns > 0 ? pool_format(pool, " ±%s", text_duration(pool, error_ns)) : "";
    return pool_format(pool, "\n%s %s%s (%s)", kind, text_duration(pool, part_ns), error,
                       text_percent_error(pool, part_ns, error_ns, graph->total_ns));
}

static const char *place_lines(struct pool *pool, const struct graph_function *function)
{
    if (function->external)
        return "\nnot part of the build";
    const char *file = "";
    if (*function->file)
        file = pool_format(pool, "\n%s",
                           text_place(pool, text_printable(pool, function->file), function->line));
    return pool_format(pool, "%s\nin %s", file, text_printable(pool, function->module));
}

const char *graph_function_tooltip(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const char *self = "", *cumulative = "";
    if (function->compared)
        return pool_format(pool, "%s%s", graph_change_tooltip(graph, function),
                           place_lines(pool, function));
    if (has_self(graph, function))
        self = function->below_noise
                   ? "\nself below the noise"
                   : time_line(graph, "self", function->self_ns, function->self_error_ns);
    if (has_cumulative(graph, function))
        cumulative =
            time_line(graph, "cumulative", function->cumulative_ns, function->cumulative_error_ns);
    return pool_format(pool, "%s\n%s%s%s%s", text_printable(pool, function->name),
                       text_calls(pool, function->calls, function->inlined_calls), self, cumulative,
                       place_lines(pool, function));
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
    if (edge->compared)
        return graph_change_edge_label(graph, edge);
    if (graph_is_recursive(edge))
        return pool_format(pool, GAP "%s× recursive", text_count(pool, edge->calls));
    const char *calls_text = count(pool, edge->calls, edge->inlined_calls);
    if (!has_time(graph, edge))
        return pool_format(pool, GAP "%s", calls_text);
    return pool_format(pool, GAP "%s" GAP "%s", calls_text,
                       text_percent(pool, edge->cumulative_ns, graph->total_ns));
}

/* A function's name at its calls, of which there may be many: not so short, but not of any length.
 */
static const char *name_at_call(struct graph *graph, size_t function)
{
    struct pool *pool = &graph->pool;
    return text_printable(pool, text_short_name(pool, graph->functions[function].name, CALL_WIDTH));
}

const char *graph_edge_tooltip(struct graph *graph, const struct graph_edge *edge)
{
    struct pool *pool = &graph->pool;
    const char *recursive = "", *time = "";
    if (edge->compared)
        return pool_format(pool, "%s calls %s%s", name_at_call(graph, edge->caller),
                           name_at_call(graph, edge->callee),
                           graph_change_edge_tooltip(graph, edge));
    if (edge->recursive_calls > 0)
        recursive = pool_format(pool, ", %s recursive", text_count(pool, edge->recursive_calls));
    if (has_time(graph, edge))
        time = time_line(graph, "cumulative", edge->cumulative_ns, 0);
    return pool_format(pool, "%s calls %s\n%s%s%s", name_at_call(graph, edge->caller),
                       name_at_call(graph, edge->callee),
                       text_calls(pool, edge->calls, edge->inlined_calls), recursive, time);
}

const char *graph_detour_label(struct graph *graph, const struct graph_detour *detour)
{
    return pool_format(&graph->pool, GAP "%s", between(&graph->pool, detour->between));
}

const char *graph_detour_tooltip(struct graph *graph, const struct graph_detour *detour)
{
    struct pool *pool = &graph->pool;
    return pool_format(
        pool, "%s leads to %s through %s that %s left out", name_at_call(graph, detour->caller),
        name_at_call(graph, detour->callee),
        detour->between == 1
            ? "a function"
            : pool_format(pool, "%s functions", text_count(pool, (int64_t)detour->between)),
        detour->between == 1 ? "is" : "are");
}
