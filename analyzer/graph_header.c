/* What stands above a picture: what it is of, what was left out, and what its signs mean. */
#include "graph_draw.h"
#include "text.h"

enum { TITLE_WIDTH = 80 };

static const char *title(struct graph *graph)
{
    struct pool *pool = &graph->pool;
    if (graph->options.title)
        return graph->options.title;
    if (graph->comparison)
        return change_title(pool, graph->comparison);
    if (!graph->program)
        return "no profiles";
    return graph->program_count == 1
               ? graph->program
               : pool_format(pool, "%s programs: %s",
                             text_count(pool, (int64_t)graph->program_count), graph->program);
}

static const char *moment(struct graph *graph)
{
    struct pool *pool = &graph->pool;
    const char *first = text_moment(pool, graph->started_unix_ns);
    if (graph->run_count > 1)
        return pool_format(pool, "%s runs since %s", text_count(pool, graph->run_count), first);
    return graph->run ? pool_format(pool, "run %lld, %s", (long long)graph->run, first) : first;
}

static const char *figures(struct graph *graph)
{
    struct pool *pool = &graph->pool;
    if (graph->comparison)
        return change_totals(pool, graph->comparison);
    if (!graph->program)
        return "";
    const char *text = moment(graph);
    if (graph->total_ns > 0)
        text = pool_format(pool, "%s · 100 %% = %s, all threads together", text,
                           text_duration(pool, graph->total_ns));
    return pool_format(pool, "%s · %s calls of %s functions", text, text_count(pool, graph->calls),
                       text_count(pool, (int64_t)graph->function_count));
}

/* "14 functions (3.2 % of self time) and 3 edges". */
static const char *left_out(struct graph *graph)
{
    struct pool *pool = &graph->pool;
    int64_t functions = (int64_t)(graph->function_count - graph->drawn_functions);
    int64_t edges = (int64_t)(graph->edge_count - graph->drawn_edges);
    const char *text = "";
    if (graph->drawn_functions == 0)
        return "no calls to show";
    if (functions > 0)
        text = pool_format(pool, "%s %s", text_count(pool, functions),
                           functions == 1 ? "function" : "functions");
    if (functions > 0 && graph->comparison)
        text = pool_format(pool, "%s (%s of them changed)", text,
                           text_count(pool, (int64_t)graph_changes_left_out(graph)));
    else if (functions > 0 && graph->total_ns > 0)
        text = pool_format(pool, "%s (%s of self time)", text,
                           text_percent(pool, graph->left_out_self_ns, graph->total_ns));
    if (edges > 0)
        text = pool_format(pool, "%s%s%s %s", text, *text ? " and " : "", text_count(pool, edges),
                           edges == 1 ? "edge" : "edges");
    return *text ? pool_format(pool, "left out: %s", text) : "";
}

/* What occurs in the picture; of nothing else a legend speaks. */
struct signs {
    bool inlined, recursive, absent, external, focus, chain, detour, estimate;
};

static struct signs signs_of(const struct graph *graph)
{
    struct signs signs = {0};
    for (size_t i = 0; i < graph->function_count; i++) {
        const struct graph_function *function = &graph->functions[i];
        signs.external |= function->drawn && function->external;
        signs.focus |= function->drawn && function->focus;
        signs.estimate |=
            function->drawn && graph_tells_error(graph, function->cumulative_error_ns);
        signs.absent |=
            function->drawn && function->compared && function->compared->presence != IN_BOTH;
        signs.chain |= function->drawn && function->below != GRAPH_NONE;
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        signs.absent |= edge->drawn && edge->compared && edge->compared->presence != IN_BOTH;
        signs.recursive |= edge->drawn && graph_is_recursive(edge);
        signs.inlined |= edge->drawn && graph_is_inlined(edge) &&
                         !graph_is_stacked(graph, edge->caller, edge->callee);
    }
    for (size_t i = 0; i < graph->detour_count; i++)
        signs.detour |=
            !graph_is_stacked(graph, graph->detours[i].caller, graph->detours[i].callee);
    return signs;
}

static const char *sign_rows(struct graph *graph)
{
    const struct signs signs = signs_of(graph);
    const struct {
        bool occurs;
        const char *sign, *meaning;
    } all[] = {
        {graph->total_ns > 0 && graph->drawn_edges > 0, "━━",
         "the thicker, the more time in these calls"},
        {signs.inlined, "– – –", "inlined calls; their time is their caller's"},
        {signs.absent, "– – –", "new or gone, as the word says"},
        {signs.recursive, "· · · ·", "recursive calls, in a call that is running already"},
        {signs.detour, "· · ·▷", "calls through functions that are left out"},
        {signs.chain, "↓", "each calls the next, and takes less than 2 % itself"},
        {signs.estimate, "±", "holds the truth in 95 of 100 cases"},
        {graph->comparison && graph->total_ns > 0, "~", "no more than chance"},
        {signs.external, "▣", "not part of the build"},
        {signs.focus, "▢", "in focus"},
    };
    const char *rows = "";
    size_t cells = 0;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i].occurs)
            rows = pool_format(&graph->pool,
                               "%s%s<TD ALIGN=\"RIGHT\">%s</TD><TD ALIGN=\"LEFT\">%s   </TD>", rows,
                               cells == 0       ? "<TR>"
                               : cells % 2 == 0 ? "</TR><TR>"
                                                : "",
                               all[i].sign, all[i].meaning),
            cells++;
    return cells > 0 ? pool_format(&graph->pool, "%s</TR>", rows) : "";
}

static const char *legend(struct graph *graph, const struct graph_colours *colours)
{
    struct pool *pool = &graph->pool;
    const char *cells = graph_colour_legend(colours), *rows = sign_rows(graph);
    const char *bar =
        *cells ? pool_format(pool,
                             "<TR><TD COLSPAN=\"4\" ALIGN=\"LEFT\"><TABLE BORDER=\"0\" "
                             "CELLSPACING=\"0\" CELLPADDING=\"2\"><TR>%s</TR></TABLE></TD></TR>",
                             cells)
               : "";
    if (!*bar && !*rows)
        return "";
    return pool_format(pool,
                       "<TD VALIGN=\"TOP\"><FONT POINT-SIZE=\"9\"><TABLE BORDER=\"0\" "
                       "CELLSPACING=\"0\" CELLPADDING=\"1\">%s%s</TABLE></FONT></TD>",
                       bar, rows);
}

static const char *focus(struct graph *graph)
{
    enum { NAMED = 3 };
    struct pool *pool = &graph->pool;
    const char *names = "";
    size_t count = 0;
    for (size_t i = 0; i < graph->function_count; i++) {
        if (!graph->functions[i].focus || count++ >= NAMED)
            continue;
        names = pool_format(pool, "%s%s%s", names, *names ? ", " : "",
                            graph_short_name(pool, graph->functions[i].name));
    }
    if (count > NAMED)
        names =
            pool_format(pool, "%s and %s more", names, text_count(pool, (int64_t)count - NAMED));
    return count == 0
               ? ""
               : pool_format(pool, "in focus: %s, %s %s each way; shares are of the whole program",
                             names, text_count(pool, graph->options.depth),
                             graph->options.depth == 1 ? "step" : "steps");
}

static const char *add_line(struct pool *pool, const char *rows, const char *line)
{
    return *line ? pool_format(pool, "%s<TR><TD ALIGN=\"LEFT\">%s</TD></TR>", rows,
                               text_xml(pool, line))
                 : rows;
}

/* A sentence in as many lines as it needs; only what is endless is cut. */
static const char *add_sentence(struct pool *pool, const char *rows, const char *sentence)
{
    enum { WIDTH = 100, MOST_LINES = 8 };
    const char *at = text_cut(pool, text_printable(pool, sentence), MOST_LINES * WIDTH);
    while (*at) {
        const char *end = text_line_end(at, WIDTH);
        rows = add_line(pool, rows, pool_format(pool, "%.*s", (int)(end - at), at));
        at = end + strspn(end, " ");
    }
    return rows;
}

/* What makes the comparison less than sure. */
static const char *add_doubts(struct graph *graph, const char *rows)
{
    struct pool *pool = &graph->pool;
    const struct comparison *comparison = graph->comparison;
    const char *doubt = change_doubt(comparison, &graph->scale);
    if (doubt)
        rows = add_line(pool, rows, doubt);
    for (size_t i = 0; i < comparison->warning_count; i++)
        rows = add_sentence(pool, rows, comparison->warnings[i]);
    return rows;
}

const char *graph_header(struct graph *graph, const struct graph_colours *colours)
{
    struct pool *pool = &graph->pool;
    const char *name = text_xml(pool, text_short_name(pool, title(graph), TITLE_WIDTH));
    const char *rows = pool_format(
        pool, "<TR><TD ALIGN=\"LEFT\"><FONT POINT-SIZE=\"16\"><B>%s</B></FONT></TD></TR>", name);
    const char *lines[] = {figures(graph), focus(graph), left_out(graph)};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        rows = add_line(pool, rows, lines[i]);
    if (graph->comparison)
        rows = add_doubts(graph, rows);
    return pool_format(
        pool,
        "<TABLE BORDER=\"0\" CELLSPACING=\"12\" CELLPADDING=\"0\"><TR><TD VALIGN=\"TOP\"><TABLE "
        "BORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"2\">%s</TABLE></TD>%s</TR></TABLE>",
        rows, legend(graph, colours));
}
