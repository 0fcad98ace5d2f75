/* What a call graph of two sides says about functions and calls. */
#include <string.h>

#include "diff.h"
#include "graph_draw.h"
#include "text.h"

/* Two spaces that browsers do not make one. */
#define GAP "\u00A0\u00A0"

const char *graph_change_count(struct pool *pool, const struct compared *calls,
                               enum compare_presence presence)
{
    int side = presence == ONLY_BEFORE ? BEFORE : AFTER;
    if (presence != IN_BOTH || calls->verdict == VERDICT_SAME)
        return pool_format(pool, "%s×", diff_count(pool, calls, side));
    return pool_format(pool, "%s× → %s×", diff_count(pool, calls, BEFORE),
                       diff_count(pool, calls, AFTER));
}

/* "+2.3 %", of all time before; NULL: next to nothing, or no more than chance. */
static const char *share(struct graph *graph, const struct compared *time)
{
    if (graph->scale.of_calls || change_step(&graph->scale, time) == 0)
        return NULL;
    return pool_format(&graph->pool, "%+.1f %%", 100 * change_share(&graph->scale, time));
}

const char *graph_change_chain_time(struct graph *graph, const struct graph_function *function)
{
    const char *part = share(graph, &function->compared->cumulative_ns);
    return part ? part : "";
}

/* The time that colours tell, unless it is nobody's business. */
static const char *box_time(struct graph *graph, const struct compared_function *function)
{
    struct pool *pool = &graph->pool;
    bool cumulative = graph->options.colour == GRAPH_CUMULATIVE;
    if (graph->scale.of_calls)
        return NULL;
    if (function->below_noise && !cumulative)
        return "self below noise";
    return pool_format(pool, "%s %s", cumulative ? "cumulative" : "self",
                       change_time(pool, cumulative ? &function->cumulative_ns : &function->self_ns,
                                   function->presence));
}

const char *graph_change_box(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const struct compared_function *compared = function->compared;
    const char *mark = change_presence(compared->presence), *time = box_time(graph, compared);
    const char *rows = pool_format(
        pool, "<TR><TD><FONT POINT-SIZE=\"%.1f\"><B>%s</B></FONT>%s%s" GAP "%s</TD></TR>",
        11 + 4 * graph_share(graph, function->self_ns),
        text_xml(pool, graph_short_name(pool, function->name)), *mark ? GAP : "", mark,
        graph_change_count(pool, &compared->calls, compared->presence));
    return time ? pool_format(pool, "%s<TR><TD>%s</TD></TR>", rows, time) : rows;
}

const char *graph_change_tooltip(struct graph *graph, const struct graph_function *function)
{
    struct pool *pool = &graph->pool;
    const struct compared_function *compared = function->compared;
    const char *why = compare_explain(pool, graph->comparison, compared);
    const char *text = pool_format(pool, "%s%s%s\ncalls %s", text_printable(pool, function->name),
                                   *why ? "\n" : "", text_printable(pool, why),
                                   change_calls(pool, &compared->calls, compared->presence));
    if (graph->scale.of_calls)
        return text;
    return pool_format(pool, "%s\nself %s\ncumulative %s", text,
                       compared->below_noise
                           ? "below the noise"
                           : change_time(pool, &compared->self_ns, compared->presence),
                       change_time(pool, &compared->cumulative_ns, compared->presence));
}

/* The time of calls is that of the function as well, so that here the change is enough. */
const char *graph_change_edge_label(struct graph *graph, const struct graph_edge *edge)
{
    struct pool *pool = &graph->pool;
    const struct compared_edge *compared = edge->compared;
    const char *mark = change_presence(compared->presence);
    const char *text = pool_format(pool, GAP "%s%s%s", mark, *mark ? GAP : "",
                                   graph_change_count(pool, &compared->calls, compared->presence));
    if (graph_is_recursive(edge))
        return pool_format(pool, "%s recursive", text);
    const char *part = share(graph, &compared->cumulative_ns);
    return part ? pool_format(pool, "%s" GAP "%s", text, part) : text;
}

const char *graph_change_edge_tooltip(struct graph *graph, const struct graph_edge *edge)
{
    struct pool *pool = &graph->pool;
    const struct compared_edge *compared = edge->compared;
    const char *calls = change_calls(pool, &compared->calls, compared->presence);
    if (graph->scale.of_calls || graph_is_recursive(edge))
        return pool_format(pool, "\ncalls %s", calls);
    return pool_format(pool, "\ncalls %s\ncumulative %s", calls,
                       change_time(pool, &compared->cumulative_ns, compared->presence));
}

size_t graph_changes_left_out(const struct graph *graph)
{
    size_t changes = 0;
    for (size_t i = 0; i < graph->function_count; i++)
        changes +=
            !graph->functions[i].drawn && compared_function_changed(graph->functions[i].compared);
    return changes;
}
