#include "report_views.h"

#include <stdlib.h>

#include "find.h"
#include "text.h"

#define LENGTH(columns) (sizeof(columns) / sizeof *(columns))
#define AVERAGE                                                                                    \
    "iif(calls = recursive_calls AND called_ns = 0, NULL,"                                         \
    " called_ns / nullif(calls - inlined_calls, 0))"
#define TIME                                                                                       \
    "iif(calls IN (recursive_calls, inlined_calls) AND cumulative_ns = 0, NULL, cumulative_ns)"
#define PLACE "iif(line IS NULL, file, file || ':' || line)"

/* Who is in all rows the same stands in the title. */
#define EDGE_COLUMNS(name, caller_header, callee_header)                                           \
    static const struct view_column name[] = {                                                     \
        {"cumulative_ns", "cumulative", "cum. %", VIEW_TIME, NULL},                                \
        {"calls", "calls", NULL, VIEW_COUNT, NULL},                                                \
        {"inlined_calls", "inlined", NULL, VIEW_COUNT, NULL},                                      \
        {"average_ns", "average", NULL, VIEW_TIME, NULL},                                          \
        {"caller", caller_header, NULL, VIEW_NAME, NULL},                                          \
        {"callee", callee_header, NULL, VIEW_NAME, NULL},                                          \
        {"place", "where", NULL, VIEW_PLACE, NULL},                                                \
    }
EDGE_COLUMNS(edge_columns, "caller", "callee");
EDGE_COLUMNS(columns_of_callers, "caller", NULL);
EDGE_COLUMNS(columns_of_callees, NULL, "callee");

static const struct view_column group_columns[] = {
    {"self_ns", "self", "self %", VIEW_TIME, "self_error_ns"},
    {"calls", "calls", NULL, VIEW_COUNT, NULL},
    {"inlined_calls", "inlined", NULL, VIEW_COUNT, NULL},
    {"functions", "functions", NULL, VIEW_COUNT, NULL},
    {"name", "where", NULL, VIEW_TEXT, NULL},
};

static const struct view_column thread_columns[] = {
    {"time_ns", "time", "time %", VIEW_TIME, NULL},
    {"outside_ns", "outside", NULL, VIEW_TIME, NULL},
    {"profiler_ns", "profiler", NULL, VIEW_TIME, NULL},
    {"calls", "calls", NULL, VIEW_COUNT, NULL},
    {"inlined_calls", "inlined", NULL, VIEW_COUNT, NULL},
    {"pid", "process", NULL, VIEW_ID, NULL},
    {"thread", "thread", NULL, VIEW_ID, NULL},
    {"name", "name", NULL, VIEW_TEXT, NULL},
};

/* Calls that are all recursive or inlined have no time of their own; what the edges of a function
 * lack of its calls and its time came from outside every measured function. */
static const char callers_sql[] =
    "SELECT * FROM ("
    " SELECT " TIME " AS ns, calls,"
    "  nullif(inlined_calls, 0), " AVERAGE ", caller, callee,"
    "  (SELECT " PLACE " FROM functions WHERE function_id = caller_id)"
    " FROM shown_edges JOIN temp.named ON named.id = callee_id"
    " UNION ALL"
    " SELECT ns, calls, nullif(inlined_calls, 0), NULL, '(outside)', name, NULL FROM ("
    "  SELECT function.name AS name,"
    "   function.calls - ifnull(sum(edges.calls), 0) AS calls,"
    "   function.inlined_calls - ifnull(sum(edges.inlined_calls), 0) AS inlined_calls,"
    "   function.cumulative_ns - ifnull(sum(edges.cumulative_ns), 0) AS ns"
    "  FROM functions AS function JOIN temp.named ON named.id = function.function_id"
    "  LEFT JOIN edges ON edges.callee_id = function.function_id"
    "  GROUP BY function.function_id) WHERE calls > 0)"
    " ORDER BY ns DESC, calls DESC, caller, callee";

static const char callees_sql[] = "SELECT " TIME " AS ns, calls,"
                                  " nullif(inlined_calls, 0), " AVERAGE ", caller, callee,"
                                  " (SELECT " PLACE " FROM functions WHERE function_id = callee_id)"
                                  " FROM shown_edges JOIN temp.named ON named.id = caller_id"
                                  " ORDER BY ns DESC, calls DESC, callee, caller";

static const char file_sql[] =
    "SELECT sum(self_ns), sum(self_error_ns), sum(calls), nullif(sum(inlined_calls), 0), count(*),"
    " iif(external, 'external', ifnull(file, 'unknown')) AS name"
    " FROM shown_functions GROUP BY 6 ORDER BY sum(self_ns) DESC, sum(calls) DESC, name";

static const char module_sql[] =
    "SELECT sum(self_ns), sum(self_error_ns), sum(calls), nullif(sum(inlined_calls), 0), count(*),"
    " ifnull(module_path, 'external') AS name"
    " FROM shown_functions GROUP BY 6 ORDER BY sum(self_ns) DESC, sum(calls) DESC, name";

static const char thread_sql[] =
    "SELECT threads.timed_ns, threads.outside_ns, threads.profiler_ns, threads.calls,"
    " nullif(threads.inlined_calls, 0), processes.process_id, number, name"
    " FROM threads JOIN processes ON processes.id = threads.process"
    " WHERE threads.timed_ns > 0 OR threads.calls > 0" /* a child of fork has its parent's, too */
    " ORDER BY threads.timed_ns DESC, threads.calls DESC, threads.id";

static const struct view_column line_columns[] = {
    {"cumulative_ns", "cumulative", "cum. %", VIEW_TIME, NULL},
    {"calls", "calls", NULL, VIEW_COUNT, NULL},
    {"inlined_calls", "inlined", NULL, VIEW_COUNT, NULL},
    {"line", "line", NULL, VIEW_PLACE, NULL},
    {"how", "how", NULL, VIEW_TEXT, NULL},
    {"caller", "caller", NULL, VIEW_NAME, NULL},
    {"callee", "callee", NULL, VIEW_NAME, NULL},
    {"kind", NULL, NULL, VIEW_TEXT, NULL},
    {"sites", NULL, NULL, VIEW_COUNT, NULL},
    {"exact", NULL, NULL, VIEW_COUNT, NULL},
};

/* Where several lines may have made the calls of an edge, each has all of them, and says so. */
static const char line_sql[] =
    "SELECT iif(inlined_calls = calls AND cumulative_ns = 0, NULL, cumulative_ns) AS ns, calls,"
    " nullif(inlined_calls, 0), file || ':' || line,"
    " CASE WHEN exact AND kind = 'direct' THEN NULL ELSE"
    "  CASE kind WHEN 'pointer' THEN 'through a pointer' WHEN 'through' THEN 'through ' || through"
    "  ELSE '' END || iif(exact, '', iif(kind = 'direct', '', ', ') || 'here or '"
    "   || CASE sites WHEN 1 THEN 'elsewhere' WHEN 2 THEN 'in another line'"
    "   ELSE 'in ' || (sites - 1) || ' other lines' END) END,"
    " caller, callee, kind, sites, exact"
    " FROM call_sites WHERE caller_id IN (SELECT function_id FROM shown_functions)"
    " ORDER BY ns DESC, calls DESC, file, line, caller, callee";

static void set_columns(struct view *view, const struct view_column *columns, size_t count)
{
    view->columns = columns;
    view->column_count = count;
}

enum status report_view_prepare(struct database *database,
                                const struct report_view_options *options)
{
    struct found found;
    if (!options->function)
        return STATUS_OK;
    const char *option = options->kind == VIEW_CALLERS ? "--callers" : "--callees";
    enum status status = find_functions(database, "report", option, options->function, &found);
    if (status == STATUS_OK)
        status = find_store(database, &found, "named");
    free(found.ids);
    return status;
}

/* How many of those named the database shows; that may be less than were found. */
static enum status count_named(struct database *database, int64_t *count)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database, "SELECT count(*) FROM functions WHERE function_id IN (SELECT id FROM temp.named)",
        &row);
    if (status == STATUS_OK)
        status = database_step(database, row, &more);
    *count = status == STATUS_OK ? sqlite3_column_int64(row, 0) : 0;
    sqlite3_finalize(row);
    return status;
}

enum status report_view_is_empty(struct database *database,
                                 const struct report_view_options *options, bool *empty)
{
    int64_t count = 1;
    enum status status = options->function ? count_named(database, &count) : STATUS_OK;
    *empty = count == 0;
    return status;
}

static enum status query_named(struct view *view, struct database *database,
                               const struct report_view_options *options)
{
    bool callers = options->kind == VIEW_CALLERS;
    int64_t named;
    enum status status = count_named(database, &named);
    if (status != STATUS_OK)
        return status;
    view->name = callers ? "callers" : "callees";
    view->title =
        pool_format(&view->pool, "%s of %s", callers ? "Callers" : "Callees", options->function);
    set_columns(view,
                named > 1 ? edge_columns
                : callers ? columns_of_callers
                          : columns_of_callees,
                LENGTH(edge_columns));
    return view_query(view, database, callers ? callers_sql : callees_sql, options->limit);
}

static enum status query_groups(struct view *view, struct database *database, const char *name,
                                const char *title, const char *sql, int64_t limit)
{
    view->name = name;
    view->title = title;
    set_columns(view, group_columns, LENGTH(group_columns));
    return view_query(view, database, sql, limit);
}

bool report_view_needs_contexts(enum report_view kind)
{
    return kind == VIEW_TREE || kind == VIEW_HOT_PATHS;
}

bool report_view_needs_sites(enum report_view kind)
{
    return kind == VIEW_LINES;
}

enum status report_view_query(struct view *view, struct database *database,
                              const struct report *report,
                              const struct report_view_options *options)
{
    *view = (struct view){.total_ns = report->total_ns, .has_times = report->has_times};
    switch (options->kind) {
    case VIEW_FUNCTIONS:
        break;
    case VIEW_CALLERS:
    case VIEW_CALLEES:
        return query_named(view, database, options);
    case VIEW_HOT_PATHS:
        return report_hot_paths(view, database, options->limit);
    case VIEW_TREE:
        return report_tree(view, database, options->limit);
    case VIEW_BY_FILE:
        return query_groups(view, database, "files", "Files", file_sql, options->limit);
    case VIEW_BY_MODULE:
        return query_groups(view, database, "modules", "Modules", module_sql, options->limit);
    case VIEW_LINES:
        view->name = "lines";
        view->title = "Lines that make calls";
        set_columns(view, line_columns, LENGTH(line_columns));
        return view_query(view, database, line_sql, options->limit);
    case VIEW_BY_THREAD:
        view->name = "threads";
        view->title = "Threads";
        set_columns(view, thread_columns, LENGTH(thread_columns));
        return view_query(view, database, thread_sql, options->limit);
    }
    return STATUS_OK;
}
