#include "report_grid.h"

#include <string.h>

#include "text.h"

/* The order in which columns give up room; see grid.h. */
enum {
    BRIEF_PLACE = 1,
    BRIEF_SHARE,
    BRIEF_COUNT,
    DROP_AVERAGE,
    DROP_P95,
    BRIEF_BAR,
    DROP_MAX,
    DROP_P50,
    DROP_CUMULATIVE,
    DROP_INLINED,
    DROP_SEVERITY,
    DROP_P99,
    DROP_PLACE,
    DROP_BAR,
    DROP_SELF,
    DROP_CUMULATIVE_SHARE,
    DROP_CALLS,
};

static struct grid_column *add_number(struct grid *grid, const char *header, int drop_at)
{
    struct grid_column *column = grid_column(grid, GRID_NUMBER, header);
    column->drop_at = drop_at;
    return column;
}

static void add_count(struct grid *grid, const char *header, int drop_at)
{
    add_number(grid, header, drop_at)->brief_at = BRIEF_COUNT;
}

static void add_share(struct grid *grid, const char *header, int drop_at)
{
    struct grid_column *column = grid_column(grid, GRID_SHARE, header);
    column->brief_at = BRIEF_SHARE;
    column->drop_at = drop_at;
}

static void add_bar(struct grid *grid)
{
    struct grid_column *column = grid_column(grid, GRID_BAR, "");
    column->brief_at = BRIEF_BAR;
    column->drop_at = DROP_BAR;
}

/* The columns that every kind of row begins with. The first share and the calls always stay. */
static struct grid begin(struct report *report, const char *title, bool self,
                         const struct report_total *total)
{
    struct grid grid;
    grid_begin(&grid, &report->pool, title);
    add_number(&grid, "#", 0);
    if (report->has_times && self) {
        add_share(&grid, "self %", 0);
        add_bar(&grid);
        add_number(&grid, "self", DROP_SELF);
    }
    if (report->has_times) {
        add_share(&grid, "cum. %", self ? DROP_CUMULATIVE_SHARE : 0);
        if (!self)
            add_bar(&grid);
        add_number(&grid, "cumulative", DROP_CUMULATIVE);
    }
    add_count(&grid, "calls", report->has_times ? DROP_CALLS : 0);
    if (total->inlined_calls > 0)
        add_count(&grid, "inlined", DROP_INLINED);
    return grid;
}

static struct grid_cell *put(struct grid_cell *cell, const char *text)
{
    cell->text = text;
    return cell + 1;
}

static struct grid_cell *put_count(struct pool *pool, struct grid_cell *cell, int64_t count)
{
    cell->text = text_count(pool, count);
    cell->brief = text_short_count(pool, count);
    return cell + 1;
}

/* What there is nothing of is a dash, which is not the same as 0. */
static struct grid_cell *put_dash(struct grid_cell *cell)
{
    cell->text = "-";
    cell->style = STYLE_MUTED;
    return cell + 1;
}

/* The header of the column has the unit already. */
static const char *without_unit(struct pool *pool, const char *share)
{
    size_t length = strlen(share);
    return length > 2 ? pool_format(pool, "%.*s", (int)(length - 2), share) : share;
}

/* A share, its bar if there are bars, and the time. */
static struct grid_cell *put_time(struct report *report, struct grid_cell *cell, int64_t time_ns,
                                  int64_t error_ns, bool bar, int64_t longest_ns)
{
    struct pool *pool = &report->pool;
    double share = report->total_ns > 0 ? (double)time_ns / (double)report->total_ns : 0;
    enum style style = style_of_share(share);
    cell->text = text_percent_error(pool, time_ns, error_ns, report->total_ns);
    cell->brief = without_unit(pool, cell->text);
    cell->style = style;
    if (bar) {
        cell++;
        cell->share = longest_ns > 0 ? (double)time_ns / (double)longest_ns : 0;
        cell->style = style;
    }
    return put(cell + 1, text_duration(pool, time_ns));
}

static struct grid_cell *put_no_time(struct grid_cell *cell, bool bar)
{
    cell = put_dash(cell);
    return put_dash(bar ? cell + 1 : cell);
}

/* What the columns of `begin` say of a row. */
struct figures {
    const int64_t *self_ns; /* NULL: there is no such column */
    int64_t cumulative_ns;
    const struct report_calls *calls;
    const struct report_estimate *estimate; /* NULL: nothing is estimated */
};

static struct grid_cell *put_self(struct report *report, struct grid_cell *cell,
                                  const struct figures *row, int64_t longest_ns)
{
    bool inlined = row->calls->calls > 0 && row->calls->inlined_calls == row->calls->calls;
    if (row->estimate->below_noise) {
        cell->text = "< noise";
        cell->style = STYLE_MUTED;
        return put_dash(cell + 2);
    }
    return !inlined || *row->self_ns != 0 ? put_time(report, cell, *row->self_ns,
                                                     row->estimate->self_error_ns, true, longest_ns)
                                          : put_no_time(cell, true);
}

/* Fills in the columns of `begin`. The bar of what takes `longest_ns` is the longest. */
static struct grid_cell *fill(struct report *report, const struct report_total *total,
                              struct grid *grid, const struct figures *row, int64_t longest_ns)
{
    struct pool *pool = &report->pool;
    const struct report_calls *calls = row->calls;
    bool inlined = calls->calls > 0 && calls->inlined_calls == calls->calls;
    bool recursive = calls->calls > 0 && calls->recursive_calls == calls->calls;
    struct grid_cell *cell = grid_row(grid);
    cell->style = STYLE_MUTED;
    cell = put(cell, text_count(pool, (int64_t)grid->row_count));
    if (report->has_times && row->self_ns)
        cell = put_self(report, cell, row, longest_ns);
    if (report->has_times)
        cell = (!inlined && !recursive) || row->cumulative_ns != 0
                   ? put_time(report, cell, row->cumulative_ns,
                              row->estimate ? row->estimate->cumulative_error_ns : 0, !row->self_ns,
                              longest_ns)
                   : put_no_time(cell, !row->self_ns);
    cell = put_count(pool, cell, calls->calls);
    if (total->inlined_calls > 0)
        cell = calls->inlined_calls ? put_count(pool, cell, calls->inlined_calls) : put_dash(cell);
    return cell;
}

static struct grid_cell *put_average(struct report *report, struct grid_cell *cell,
                                     const struct report_calls *calls)
{
    bool recursive = calls->calls > 0 && calls->recursive_calls == calls->calls;
    bool has = calls->has_average && (!recursive || calls->average_ns != 0);
    return has ? put(cell, text_duration(&report->pool, calls->average_ns)) : put_dash(cell);
}

/* Percentiles and the longest call, as indexes of struct report_durations. */
static const struct {
    int index;
    const char *header;
    int drop_at;
} durations[] = {
    {1, "p50", DROP_P50}, {3, "p95", DROP_P95}, {4, "p99", DROP_P99}, {5, "max", DROP_MAX}};

enum { DURATIONS = sizeof durations / sizeof *durations };

static bool has_durations(const struct report *report)
{
    for (size_t i = 0; i < report->function_count; i++)
        if (report->functions[i].durations.measured > 0)
            return true;
    return false;
}

/* The longest call may be one of those that were not measured. */
static struct grid_cell *put_duration(struct report *report, struct grid_cell *cell,
                                      const struct report_function *row, int index)
{
    const struct report_durations *known = &row->durations;
    if (!known->known[index])
        return put_dash(cell);
    const char *text = text_duration(&report->pool, known->values_ns[index]);
    bool all = known->measured >= row->calls.calls - row->calls.inlined_calls;
    return put(cell, index == REPORT_DURATIONS - 1 && !all
                         ? pool_format(&report->pool, "≥ %s", text)
                         : text);
}

static void put_place(struct pool *pool, struct grid_cell *cell,
                      const struct report_function *function)
{
    cell->style = STYLE_PATH;
    cell->text = function->external ? "external" : function->module ? function->module : "";
    if (function->external || !function->file)
        return;
    cell->text = text_place(pool, function->file, function->line);
    cell->brief = text_base_name(cell->text);
}

static const char *rest(struct report *report, int64_t rows, const char *what, int64_t self_ns)
{
    struct pool *pool = &report->pool;
    const char *share =
        report->has_times
            ? pool_format(pool, " (%s of self time)", text_percent(pool, self_ns, report->total_ns))
            : "";
    return pool_format(pool, "%s more %s%s; --limit=0 shows all", text_count(pool, rows), what,
                       share);
}

static struct grid_cell *put_severity(struct grid_cell *cell, enum severity severity)
{
    static const enum style styles[] = {STYLE_MUTED, STYLE_LOW, STYLE_MEDIUM, STYLE_HIGH,
                                        STYLE_CRITICAL};
    cell->text = severity ? severity_name(severity) : "-";
    cell->style = styles[severity];
    return cell + 1;
}

struct grid grid_of_functions(struct report *report)
{
    struct grid grid = begin(report, "Functions", true, &report->function_total);
    bool with_durations = report->has_times && has_durations(report);
    if (report->has_times)
        add_number(&grid, "average", report->options.sort == SORT_AVERAGE ? 0 : DROP_AVERAGE);
    for (size_t i = 0; with_durations && i < DURATIONS; i++)
        add_number(&grid, durations[i].header, durations[i].drop_at);
    if (report->has_times)
        grid_column(&grid, GRID_WORD, "severity")->drop_at = DROP_SEVERITY;
    grid_column(&grid, GRID_NAME, "function");
    struct grid_column *where = grid_column(&grid, GRID_PLACE, "where");
    where->brief_at = BRIEF_PLACE;
    where->drop_at = DROP_PLACE;
    int64_t shown_ns = 0, longest_ns = 0;
    for (size_t i = 0; i < report->function_count; i++) {
        int64_t self_ns = report->functions[i].self_ns;
        longest_ns = self_ns > longest_ns ? self_ns : longest_ns;
        shown_ns = database_sum(shown_ns, self_ns);
    }
    for (size_t i = 0; i < report->function_count; i++) {
        const struct report_function *row = &report->functions[i];
        struct figures figures = {&row->self_ns, row->cumulative_ns, &row->calls, &row->estimate};
        struct grid_cell *cell = fill(report, &report->function_total, &grid, &figures, longest_ns);
        if (report->has_times)
            cell = put_average(report, cell, &row->calls);
        for (size_t k = 0; with_durations && k < DURATIONS; k++)
            cell = put_duration(report, cell, row, durations[k].index);
        if (report->has_times)
            cell = put_severity(cell, row->severity);
        put_place(&report->pool, put(cell, row->name), row);
    }
    int64_t left = report->shown_total.rows - (int64_t)grid.row_count;
    if (left > 0)
        grid.rest = rest(report, left, left == 1 ? "function" : "functions",
                         database_difference(report->shown_total.self_ns, shown_ns));
    return grid;
}

struct grid grid_of_edges(struct report *report)
{
    struct grid grid = begin(report, "Edges", false, &report->edge_total);
    if (report->has_times)
        add_number(&grid, "average", DROP_AVERAGE);
    grid_column(&grid, GRID_NAME, "caller");
    grid_column(&grid, GRID_NAME, "callee");
    int64_t longest_ns = 0;
    for (size_t i = 0; i < report->edge_count; i++)
        if (report->edges[i].cumulative_ns > longest_ns)
            longest_ns = report->edges[i].cumulative_ns;
    for (size_t i = 0; i < report->edge_count; i++) {
        const struct report_edge *row = &report->edges[i];
        struct figures figures = {NULL, row->cumulative_ns, &row->calls, NULL};
        struct grid_cell *cell = fill(report, &report->edge_total, &grid, &figures, longest_ns);
        if (report->has_times)
            cell = put_average(report, cell, &row->calls);
        put(put(cell, row->caller), row->callee);
    }
    int64_t left = report->edge_total.rows - (int64_t)grid.row_count;
    if (left > 0)
        grid.rest = pool_format(&report->pool, "%s more %s; --limit=0 shows all",
                                text_count(&report->pool, left), left == 1 ? "edge" : "edges");
    return grid;
}

struct grid grid_of_contexts(struct report *report)
{
    struct grid grid = begin(report, "Contexts", true, &report->context_total);
    if (report->has_times)
        add_number(&grid, "average", DROP_AVERAGE);
    grid_column(&grid, GRID_PATH, "context");
    int64_t shown_ns = 0, longest_ns = 0;
    for (size_t i = 0; i < report->context_count; i++) {
        int64_t self_ns = report->contexts[i].self_ns;
        longest_ns = self_ns > longest_ns ? self_ns : longest_ns;
        shown_ns = database_sum(shown_ns, self_ns);
    }
    for (size_t i = 0; i < report->context_count; i++) {
        const struct report_context *row = &report->contexts[i];
        struct figures figures = {&row->self_ns, row->cumulative_ns, &row->calls, &row->estimate};
        struct grid_cell *cell = fill(report, &report->context_total, &grid, &figures, longest_ns);
        if (report->has_times)
            cell = put_average(report, cell, &row->calls);
        put(cell, report_join_path(&report->pool, row));
    }
    int64_t left = report->context_total.rows - (int64_t)grid.row_count;
    if (left > 0)
        grid.rest = rest(report, left, left == 1 ? "context" : "contexts",
                         database_difference(report->context_total.self_ns, shown_ns));
    return grid;
}
