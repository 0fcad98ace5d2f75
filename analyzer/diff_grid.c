/* A comparison for people. */
#include <math.h>
#include <string.h>

#include "diff.h"
#include "text.h"

/* The order in which columns give up room; see grid.h. */
enum {
    BRIEF_PLACE = 1,
    BRIEF_COUNT,
    DROP_PLACE,
    BRIEF_CHANGE,
    DROP_CALLS,
    DROP_BEFORE,
    DROP_AFTER,
    DROP_DIFFERENCE,
    DROP_CALLS_CHANGE,
    DROP_REASON,
};

static void add_column(struct grid *grid, enum grid_kind kind, const char *header, int brief_at,
                       int drop_at)
{
    struct grid_column *column = grid_column(grid, kind, header);
    column->brief_at = brief_at;
    column->drop_at = drop_at;
}

/* `time`: "self" or "cum.". */
static void add_figures(struct grid *grid, struct diff *diff, const char *time)
{
    struct pool *pool = &diff->pool;
    add_column(grid, GRID_NUMBER, "#", 0, 0);
    if (diff->comparison->has_times) {
        add_column(grid, GRID_NUMBER, pool_format(pool, "%s before", time), 0, DROP_BEFORE);
        add_column(grid, GRID_NUMBER, pool_format(pool, "%s after", time), 0, DROP_AFTER);
        add_column(grid, GRID_NUMBER, "difference", 0, DROP_DIFFERENCE);
        add_column(grid, GRID_WORD, "change", BRIEF_CHANGE, 0);
    }
    add_column(grid, GRID_NUMBER, "calls before", BRIEF_COUNT, DROP_CALLS);
    add_column(grid, GRID_NUMBER, "calls after", BRIEF_COUNT, DROP_CALLS);
    add_column(grid, GRID_NUMBER, "calls ±", BRIEF_COUNT, DROP_CALLS_CHANGE);
}

static struct grid_cell *put(struct grid_cell *cell, const char *text, enum style style)
{
    cell->text = text;
    cell->style = style;
    return cell + 1;
}

static const char *difference_text(struct pool *pool, const struct compared *time)
{
    double difference = compared_difference(time);
    int64_t size = fabs(difference) < 0x1p62 ? llround(fabs(difference)) : INT64_C(1) << 62;
    const char *sign = size == 0 ? "" : difference > 0 ? "+" : "-";
    return pool_format(pool, "%s%s", sign, text_duration(pool, size));
}

static bool is_absent(enum compare_presence presence, int side)
{
    return presence == (side == BEFORE ? ONLY_AFTER : ONLY_BEFORE);
}

/* What there is nothing of is a dash: also the time of calls that are all inlined. */
static struct grid_cell *put_time(struct pool *pool, struct grid_cell *cell,
                                  const struct compared *time, enum compare_presence presence,
                                  bool below_noise)
{
    struct grid_cell change = diff_time_change(pool, time);
    for (int i = 0; i < SIDES; i++) {
        bool none = is_absent(presence, i) || time->figures[i].mean == 0;
        const char *text = none ? "-" : below_noise ? "< noise" : diff_time(pool, time, i);
        cell = put(cell, text, none || below_noise ? STYLE_MUTED : STYLE_PLAIN);
    }
    bool quiet = below_noise || time->verdict == VERDICT_NOISE || time->verdict == VERDICT_SAME;
    bool none = below_noise || compared_difference(time) == 0;
    cell = put(cell, none ? "-" : difference_text(pool, time), quiet ? STYLE_MUTED : change.style);
    *cell = change;
    return cell + 1;
}

static struct grid_cell *put_calls(struct pool *pool, struct grid_cell *cell,
                                   const struct compared *calls, enum compare_presence presence)
{
    for (int i = 0; i < SIDES; i++) {
        bool absent = is_absent(presence, i);
        cell->text = absent ? "-" : diff_count(pool, calls, i);
        cell->style = absent ? STYLE_MUTED : STYLE_PLAIN;
        cell++;
    }
    *cell = diff_count_change(pool, calls);
    return cell + 1;
}

static struct grid_cell *begin_row(struct grid *grid, struct diff *diff)
{
    struct grid_cell *cell = grid_row(grid);
    return put(cell, text_count(&diff->pool, (int64_t)grid->row_count), STYLE_MUTED);
}

static void put_place(struct pool *pool, struct grid_cell *cell,
                      const struct compared_function *function)
{
    cell->style = STYLE_PATH;
    cell->text = function->external ? "external" : function->module ? function->module : "";
    if (!function->file)
        return;
    cell->text = text_place(pool, function->file, function->line);
    cell->brief = text_base_name(cell->text);
}

/* "1 function", "12 functions": `what` is the word for several. */
static const char *amount(struct pool *pool, size_t count, const char *what)
{
    int length = (int)strlen(what) - (count == 1);
    return pool_format(pool, "%s %.*s", text_count(pool, (int64_t)count), length, what);
}

/* "12 functions more; --limit=0 shows all. 300 functions unchanged; ..." */
static const char *rest(struct diff *diff, const struct diff_rows *rows, const char *what)
{
    struct pool *pool = &diff->pool;
    const char *text = "";
    if (rows->beyond_limit > 0)
        text = pool_format(pool, "%s more; --limit=0 shows all",
                           amount(pool, rows->beyond_limit, what));
    if (rows->small > 0)
        text = pool_format(pool, "%s%s%s below --min-share", text, *text ? ". " : "",
                           amount(pool, rows->small, what));
    if (rows->unchanged > 0)
        text = pool_format(pool, "%s%s%s unchanged; --all shows all", text, *text ? ". " : "",
                           amount(pool, rows->unchanged, what));
    return *text ? text : NULL;
}

static struct grid grid_of_functions(struct diff *diff)
{
    struct grid grid;
    struct pool *pool = &diff->pool;
    grid_begin(&grid, pool, "Functions");
    add_figures(&grid, diff, "self");
    add_column(&grid, GRID_TEXT, "why", 0, DROP_REASON);
    add_column(&grid, GRID_NAME, "function", 0, 0);
    add_column(&grid, GRID_PLACE, "where", BRIEF_PLACE, DROP_PLACE);
    for (size_t i = 0; i < diff->functions.count; i++) {
        const struct compared_function *row = &diff->comparison->functions[diff->functions.rows[i]];
        struct grid_cell *cell = begin_row(&grid, diff);
        if (diff->comparison->has_times)
            cell = put_time(pool, cell, &row->self_ns, row->presence, row->below_noise);
        cell = put_calls(pool, cell, &row->calls, row->presence);
        cell = put(cell, compare_explain(pool, diff->comparison, row), STYLE_PLAIN);
        put_place(pool, put(cell, row->name, STYLE_PLAIN), row);
    }
    grid.rest = rest(diff, &diff->functions, "functions");
    return grid;
}

static struct grid grid_of_edges(struct diff *diff)
{
    struct grid grid;
    struct pool *pool = &diff->pool;
    grid_begin(&grid, pool, "Edges");
    add_figures(&grid, diff, "cum.");
    add_column(&grid, GRID_NAME, "caller", 0, 0);
    add_column(&grid, GRID_NAME, "callee", 0, 0);
    for (size_t i = 0; i < diff->edges.count; i++) {
        const struct compared_edge *row = &diff->comparison->edges[diff->edges.rows[i]];
        struct grid_cell *cell = begin_row(&grid, diff);
        if (diff->comparison->has_times)
            cell = put_time(pool, cell, &row->cumulative_ns, row->presence, false);
        cell = put_calls(pool, cell, &row->calls, row->presence);
        cell = put(cell, diff->comparison->functions[row->caller].name, STYLE_PLAIN);
        put(cell, diff->comparison->functions[row->callee].name, STYLE_PLAIN);
    }
    grid.rest = rest(diff, &diff->edges, "edges");
    return grid;
}

static struct grid grid_of_contexts(struct diff *diff)
{
    struct grid grid;
    struct pool *pool = &diff->pool;
    grid_begin(&grid, pool, "Contexts");
    add_figures(&grid, diff, "self");
    add_column(&grid, GRID_PATH, "context", 0, 0);
    for (size_t i = 0; i < diff->contexts.count; i++) {
        const struct compared_context *row = &diff->comparison->contexts[diff->contexts.rows[i]];
        struct grid_cell *cell = begin_row(&grid, diff);
        if (diff->comparison->has_times)
            cell = put_time(pool, cell, &row->self_ns, row->presence, false);
        cell = put_calls(pool, cell, &row->calls, row->presence);
        put(cell, compare_path(pool, diff->comparison, row), STYLE_PLAIN);
    }
    grid.rest = rest(diff, &diff->contexts, "contexts");
    return grid;
}

static const char *describe_side(struct diff *diff, int side)
{
    const struct side *about = &diff->comparison->sides->side[side];
    return pool_format(
        &diff->pool, "%s: %s, %s %s", about->label, text_base_name(diff->comparison->program[side]),
        text_count(&diff->pool, (int64_t)about->run_count), about->run_count == 1 ? "run" : "runs");
}

static struct diff_line time_line(struct pool *pool, const char *label, const struct compared *time)
{
    struct grid_cell change = diff_time_change(pool, time);
    return (struct diff_line){label,
                              pool_format(pool, "%s before, %s after: %s",
                                          diff_time(pool, time, BEFORE),
                                          diff_time(pool, time, AFTER), change.text),
                              change.style};
}

static const char *legend(const struct comparison *comparison)
{
    const struct side *side = comparison->sides->side;
    if (!comparison->has_times)
        return "Times are not compared: a side has none.";
    if (side[BEFORE].run_count < 2 || side[AFTER].run_count < 2)
        return "A difference of times is marked '?': with one run of a side, nobody knows what is "
               "chance. 'profinst run -n 10' makes several.";
    return "'~': no more than chance. Times are means of the runs; ± is the 95 % interval of the "
           "change.";
}

size_t diff_summarize(struct diff *diff, struct diff_line lines[DIFF_LINES])
{
    const struct comparison *comparison = diff->comparison;
    struct pool *pool = &diff->pool;
    size_t count = 0;
    lines[count++] = (struct diff_line){"Before", describe_side(diff, BEFORE), STYLE_PLAIN};
    lines[count++] = (struct diff_line){"After", describe_side(diff, AFTER), STYLE_PLAIN};
    if (comparison->has_times) {
        lines[count++] = time_line(pool, "Wall time", &comparison->wall_ns);
        lines[count++] = time_line(pool, "Self time", &comparison->self_ns);
    }
    const struct compared *calls = &comparison->total_calls;
    struct grid_cell change = diff_count_change(pool, calls);
    lines[count++] = (struct diff_line){"Calls",
                                        pool_format(pool, "%s before, %s after: %s",
                                                    diff_count(pool, calls, BEFORE),
                                                    diff_count(pool, calls, AFTER), change.text),
                                        change.style};
    lines[count++] = (struct diff_line){"Signs", legend(comparison), STYLE_MUTED};
    return count;
}

static bool is_empty(const struct diff *diff)
{
    return diff->functions.count == 0;
}

static const char nothing[] = "No function has changed beyond chance.";

static void write_line(FILE *stream, struct diff *diff, const struct diff_line *line,
                       const struct screen *screen)
{
    enum { INDENT = 11 };
    style_write(stream, screen, STYLE_HEADING, line->label);
    fprintf(stream, "%*s%s", (int)(INDENT - text_width(line->label)), "",
            style_begin(screen, line->style));
    text_write_lines(stream, text_printable(&diff->pool, line->text), INDENT, screen->width);
    fputs(style_end(screen, line->style), stream);
}

static void write_grid(FILE *stream, struct grid grid, const struct screen *screen)
{
    if (grid.row_count > 0)
        grid_write_table(stream, &grid, screen);
    else if (grid.rest)
        fprintf(stream, "\n%s\n", grid.rest);
    grid_free(&grid);
}

void diff_write_table(FILE *stream, struct diff *diff, const struct screen *screen)
{
    const struct comparison *comparison = diff->comparison;
    struct diff_line lines[DIFF_LINES];
    size_t count = diff_summarize(diff, lines);
    for (size_t i = 0; i < count; i++)
        write_line(stream, diff, &lines[i], screen);
    for (size_t i = 0; i < comparison->warning_count; i++) {
        const struct diff_line line = {"Warning", comparison->warnings[i], STYLE_WARM};
        write_line(stream, diff, &line, screen);
    }
    if (is_empty(diff))
        fprintf(stream, "\n%s\n", nothing);
    write_grid(stream, grid_of_functions(diff), screen);
    if (diff->options.edges)
        write_grid(stream, grid_of_edges(diff), screen);
    if (diff->options.contexts)
        write_grid(stream, grid_of_contexts(diff), screen);
}

static void write_markdown_grid(FILE *stream, struct grid grid)
{
    if (grid.row_count > 0)
        grid_write_markdown(stream, &grid);
    else if (grid.rest)
        fprintf(stream, "\n%s\n", grid.rest);
    grid_free(&grid);
}

void diff_write_markdown(FILE *stream, struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    struct diff_line lines[DIFF_LINES];
    struct pool *pool = &diff->pool;
    size_t count = diff_summarize(diff, lines);
    fputs("## Comparison\n\n", stream);
    for (size_t i = 0; i < count; i++)
        fprintf(stream, "- %s: %s\n", lines[i].label, text_markdown(pool, lines[i].text));
    for (size_t i = 0; i < comparison->warning_count; i++)
        fprintf(stream, "- Warning: %s\n", text_markdown(pool, comparison->warnings[i]));
    if (is_empty(diff))
        fprintf(stream, "\n%s\n", nothing);
    write_markdown_grid(stream, grid_of_functions(diff));
    if (diff->options.edges)
        write_markdown_grid(stream, grid_of_edges(diff));
    if (diff->options.contexts)
        write_markdown_grid(stream, grid_of_contexts(diff));
}
