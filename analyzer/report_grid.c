#include "report_grid.h"

#include "text.h"

void grid_column(struct grid *grid, enum grid_kind kind, const char *header)
{
    grid->headers[grid->columns] = header;
    grid->kinds[grid->columns++] = kind;
}

/* The columns that every kind of row begins with. */
static struct grid begin(const char *title, bool self, const struct report_total *total,
                         size_t rows)
{
    struct grid grid = {.title = title, .rows = rows};
    grid.cells = memory_array(rows, sizeof *grid.cells);
    grid_column(&grid, GRID_NUMBER, "#");
    if (self) {
        grid_column(&grid, GRID_NUMBER, "self %");
        grid_column(&grid, GRID_NUMBER, "self");
    }
    grid_column(&grid, GRID_NUMBER, "cum. %");
    grid_column(&grid, GRID_NUMBER, "cumulative");
    grid_column(&grid, GRID_NUMBER, "calls");
    if (total->inlined_calls > 0)
        grid_column(&grid, GRID_NUMBER, "inlined");
    grid_column(&grid, GRID_NUMBER, "average");
    return grid;
}

/* What a row has no time of is a dash, which is not the same as taking none. */
static size_t time_cells(struct report *report, const char **cells, bool has, int64_t time_ns)
{
    cells[0] = has ? text_percent(&report->pool, time_ns, report->total_ns) : "-";
    cells[1] = has ? text_duration(&report->pool, time_ns) : "-";
    return 2;
}

/* Fills in those columns and returns how many they are. `self_ns` NULL: there is no self time. */
static size_t fill(struct report *report, const struct report_total *total, const char **cells,
                   size_t rank, const int64_t *self_ns, int64_t cumulative_ns,
                   const struct report_calls *calls)
{
    struct pool *pool = &report->pool;
    bool inlined = calls->calls > 0 && calls->inlined_calls == calls->calls;
    bool recursive = calls->calls > 0 && calls->recursive_calls == calls->calls;
    size_t at = 0;
    cells[at++] = text_count(pool, (int64_t)rank);
    if (self_ns)
        at += time_cells(report, cells + at, !inlined || *self_ns != 0, *self_ns);
    at += time_cells(report, cells + at, (!inlined && !recursive) || cumulative_ns != 0,
                     cumulative_ns);
    cells[at++] = text_count(pool, calls->calls);
    if (total->inlined_calls > 0)
        cells[at++] = calls->inlined_calls ? text_count(pool, calls->inlined_calls) : "-";
    bool average = calls->has_average && (!recursive || calls->average_ns != 0);
    cells[at++] = average ? text_duration(pool, calls->average_ns) : "-";
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

struct grid grid_of_functions(struct report *report, bool brief)
{
    struct grid grid = begin("Functions", true, &report->function_total, report->function_count);
    grid_column(&grid, GRID_NAME, "function");
    grid_column(&grid, GRID_PLACE, "where");
    int64_t shown_ns = 0;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct report_function *row = &report->functions[i];
        const char **cells = grid.cells[i];
        size_t at = fill(report, &report->function_total, cells, i + 1, &row->self_ns,
                         row->cumulative_ns, &row->calls);
        cells[at++] = row->name;
        cells[at] = place(&report->pool, row, brief);
        shown_ns = database_sum(shown_ns, row->self_ns);
    }
    int64_t left = report->function_total.rows - (int64_t)grid.rows;
    if (left > 0)
        grid.rest =
            pool_format(&report->pool, "%s more %s (%s of self time); --limit=0 shows all",
                        text_count(&report->pool, left), left == 1 ? "function" : "functions",
                        text_percent(&report->pool,
                                     database_difference(report->function_total.self_ns, shown_ns),
                                     report->total_ns));
    return grid;
}

struct grid grid_of_edges(struct report *report)
{
    struct grid grid = begin("Edges", false, &report->edge_total, report->edge_count);
    grid_column(&grid, GRID_NAME, "caller");
    grid_column(&grid, GRID_NAME, "callee");
    for (size_t i = 0; i < grid.rows; i++) {
        const struct report_edge *row = &report->edges[i];
        const char **cells = grid.cells[i];
        size_t at =
            fill(report, &report->edge_total, cells, i + 1, NULL, row->cumulative_ns, &row->calls);
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
    struct grid grid = begin("Contexts", true, &report->context_total, report->context_count);
    grid_column(&grid, GRID_PATH, "context");
    int64_t shown_ns = 0;
    for (size_t i = 0; i < grid.rows; i++) {
        const struct report_context *row = &report->contexts[i];
        const char **cells = grid.cells[i];
        size_t at = fill(report, &report->context_total, cells, i + 1, &row->self_ns,
                         row->cumulative_ns, &row->calls);
        cells[at] = report_join_path(&report->pool, row);
        shown_ns = database_sum(shown_ns, row->self_ns);
    }
    int64_t left = report->context_total.rows - (int64_t)grid.rows;
    if (left > 0)
        grid.rest =
            pool_format(&report->pool, "%s more %s (%s of self time); --limit=0 shows all",
                        text_count(&report->pool, left), left == 1 ? "context" : "contexts",
                        text_percent(&report->pool,
                                     database_difference(report->context_total.self_ns, shown_ns),
                                     report->total_ns));
    return grid;
}
