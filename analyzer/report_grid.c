#include "report_grid.h"

#include "text.h"

void grid_column(struct grid *grid, enum grid_kind kind, const char *header)
{
    grid->headers[grid->columns] = header;
    grid->kinds[grid->columns++] = kind;
}

/* The columns that every kind of row begins with. */
static struct grid begin(const struct report *report, const char *title, bool self,
                         const struct report_total *total, size_t rows)
{
    struct grid grid = {.title = title, .rows = rows};
    grid.cells = memory_array(rows, sizeof *grid.cells);
    grid_column(&grid, GRID_NUMBER, "#");
    if (report->has_times && self) {
        grid_column(&grid, GRID_NUMBER, "self %");
        grid_column(&grid, GRID_NUMBER, "self");
    }
    if (report->has_times) {
        grid_column(&grid, GRID_NUMBER, "cum. %");
        grid_column(&grid, GRID_NUMBER, "cumulative");
    }
    grid_column(&grid, GRID_NUMBER, "calls");
    if (total->inlined_calls > 0)
        grid_column(&grid, GRID_NUMBER, "inlined");
    return grid;
}

/* What a row has no time of is a dash, which is not the same as taking none. */
static size_t time_cells(struct report *report, const char **cells, bool has, int64_t time_ns,
                         int64_t error_ns)
{
    cells[0] = has ? text_percent_error(&report->pool, time_ns, error_ns, report->total_ns) : "-";
    cells[1] = has ? text_duration(&report->pool, time_ns) : "-";
    return 2;
}

/* Fills in those columns and returns how many they are. `self_ns` NULL: there is no self time;
 * `estimate` likewise. */
static size_t fill(struct report *report, const struct report_total *total, const char **cells,
                   size_t rank, const int64_t *self_ns, int64_t cumulative_ns,
                   const struct report_calls *calls, const struct report_estimate *estimate)
{
    struct pool *pool = &report->pool;
    bool inlined = calls->calls > 0 && calls->inlined_calls == calls->calls;
    bool recursive = calls->calls > 0 && calls->recursive_calls == calls->calls;
    size_t at = 0;
    cells[at++] = text_count(pool, (int64_t)rank);
    if (report->has_times && self_ns && estimate->below_noise) {
        cells[at++] = "< noise";
        cells[at++] = "-";
    } else if (report->has_times && self_ns) {
        at += time_cells(report, cells + at, !inlined || *self_ns != 0, *self_ns,
                         estimate->self_error_ns);
    }
    if (report->has_times)
        at += time_cells(report, cells + at, (!inlined && !recursive) || cumulative_ns != 0,
                         cumulative_ns, estimate ? estimate->cumulative_error_ns : 0);
    cells[at++] = text_count(pool, calls->calls);
    if (total->inlined_calls > 0)
        cells[at++] = calls->inlined_calls ? text_count(pool, calls->inlined_calls) : "-";
    return at;
}

static const char *average(struct report *report, const struct report_calls *calls)
{
    bool recursive = calls->calls > 0 && calls->recursive_calls == calls->calls;
    bool has = calls->has_average && (!recursive || calls->average_ns != 0);
    return has ? text_duration(&report->pool, calls->average_ns) : "-";
}

/* The columns that tell how long calls took: the average, which is not wanted where room is scarce
 * and percentiles are there; and of these. Indexes are those of struct report_durations. */
struct duration_columns {
    bool average;
    size_t count;
    const int *indexes;
};

static struct duration_columns duration_columns(const struct report *report, enum grid_room room)
{
    static const int few[] = {1, 4}, many[] = {1, 3, 4, 5};
    if (!report->has_times)
        return (struct duration_columns){0};
    for (size_t i = 0; i < report->function_count; i++) {
        if (report->functions[i].durations.measured == 0)
            continue;
        if (room != GRID_NARROW)
            return (struct duration_columns){true, sizeof many / sizeof *many, many};
        return (struct duration_columns){report->options.sort == SORT_AVERAGE,
                                         sizeof few / sizeof *few, few};
    }
    return (struct duration_columns){.average = true};
}

static void add_duration_headers(struct grid *grid, const struct duration_columns *columns)
{
    static const char *const names[REPORT_DURATIONS] = {"min", "p50", "p75", "p95", "p99", "max"};
    if (columns->average)
        grid_column(grid, GRID_NUMBER, "average");
    for (size_t i = 0; i < columns->count; i++)
        grid_column(grid, GRID_NUMBER, names[columns->indexes[i]]);
}

/* The longest call may be one of those that were not measured. */
static const char *duration(struct report *report, const struct report_function *row, int index)
{
    const struct report_durations *durations = &row->durations;
    if (!durations->known[index])
        return "-";
    const char *text = text_duration(&report->pool, durations->values_ns[index]);
    bool all = durations->measured >= row->calls.calls - row->calls.inlined_calls;
    return index == REPORT_DURATIONS - 1 && !all ? pool_format(&report->pool, "≥ %s", text) : text;
}

static size_t duration_cells(struct report *report, const char **cells,
                             const struct duration_columns *columns,
                             const struct report_function *row)
{
    size_t at = 0;
    if (columns->average)
        cells[at++] = average(report, &row->calls);
    for (size_t i = 0; i < columns->count; i++)
        cells[at++] = duration(report, row, columns->indexes[i]);
    return at;
}

static const char *place(struct pool *pool, const struct report_function *function, bool brief)
{
    if (function->external)
        return "external";
    if (!function->file)
        return function->module ? function->module : "";
    const char *file = brief ? text_base_name(function->file) : function->file;
    return function->line ? pool_format(pool, "%s:%lld", file, (long long)function->line) : file;
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

struct grid grid_of_functions(struct report *report, enum grid_room room)
{
    struct grid grid =
        begin(report, "Functions", true, &report->function_total, report->function_count);
    struct duration_columns columns = duration_columns(report, room);
    add_duration_headers(&grid, &columns);
    if (report->has_times)
        grid_column(&grid, GRID_WORD, "severity");
    grid_column(&grid, GRID_NAME, "function");
    grid_column(&grid, GRID_PLACE, "where");
    int64_t shown_ns = 0;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct report_function *row = &report->functions[i];
        const char **cells = grid.cells[i];
        size_t at = fill(report, &report->function_total, cells, i + 1, &row->self_ns,
                         row->cumulative_ns, &row->calls, &row->estimate);
        at += duration_cells(report, cells + at, &columns, row);
        if (report->has_times)
            cells[at++] = row->severity ? severity_name(row->severity) : "-";
        cells[at++] = row->name;
        cells[at] = place(&report->pool, row, room != GRID_UNLIMITED);
        shown_ns = database_sum(shown_ns, row->self_ns);
    }
    int64_t left = report->function_total.rows - (int64_t)grid.rows;
    if (left > 0)
        grid.rest = rest(report, left, left == 1 ? "function" : "functions",
                         database_difference(report->function_total.self_ns, shown_ns));
    return grid;
}

struct grid grid_of_edges(struct report *report)
{
    struct grid grid = begin(report, "Edges", false, &report->edge_total, report->edge_count);
    if (report->has_times)
        grid_column(&grid, GRID_NUMBER, "average");
    grid_column(&grid, GRID_NAME, "caller");
    grid_column(&grid, GRID_NAME, "callee");
    for (size_t i = 0; i < grid.rows; i++) {
        const struct report_edge *row = &report->edges[i];
        const char **cells = grid.cells[i];
        size_t at = fill(report, &report->edge_total, cells, i + 1, NULL, row->cumulative_ns,
                         &row->calls, NULL);
        if (report->has_times)
            cells[at++] = average(report, &row->calls);
        cells[at++] = row->caller;
        cells[at] = row->callee;
    }
    int64_t left = report->edge_total.rows - (int64_t)grid.rows;
    if (left > 0)
        grid.rest = pool_format(&report->pool, "%s more %s; --limit=0 shows all",
                                text_count(&report->pool, left), left == 1 ? "edge" : "edges");
    return grid;
}

struct grid grid_of_contexts(struct report *report)
{
    struct grid grid =
        begin(report, "Contexts", true, &report->context_total, report->context_count);
    if (report->has_times)
        grid_column(&grid, GRID_NUMBER, "average");
    grid_column(&grid, GRID_PATH, "context");
    int64_t shown_ns = 0;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct report_context *row = &report->contexts[i];
        const char **cells = grid.cells[i];
        size_t at = fill(report, &report->context_total, cells, i + 1, &row->self_ns,
                         row->cumulative_ns, &row->calls, &row->estimate);
        if (report->has_times)
            cells[at++] = average(report, &row->calls);
        cells[at] = report_join_path(&report->pool, row);
        shown_ns = database_sum(shown_ns, row->self_ns);
    }
    int64_t left = report->context_total.rows - (int64_t)grid.rows;
    if (left > 0)
        grid.rest = rest(report, left, left == 1 ? "context" : "contexts",
                         database_difference(report->context_total.self_ns, shown_ns));
    return grid;
}
