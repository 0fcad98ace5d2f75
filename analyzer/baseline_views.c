/* Baselines as tables. */
#include <math.h>

#include "baseline.h"
#include "series_figures.h"

#define MOMENT(ns) "strftime('%Y-%m-%d %H:%M:%S', " ns " / 1000000000, 'unixepoch')"
#define FACT(name)                                                                                 \
    "(SELECT value FROM series_fact WHERE series_fact.series_id = series.id AND name = '" name "'" \
    ")"

static const struct view_column list_columns[] = {
    {"name", "baseline", NULL, VIEW_TEXT, NULL},
    {"runs", "runs", NULL, VIEW_COUNT, NULL},
    {"mean_wall_ns", "mean time", NULL, VIEW_TIME, NULL},
    {"program", "program", NULL, VIEW_PLACE, NULL},
    {"saved", "saved (UTC)", NULL, VIEW_TEXT, NULL},
    {"replaced", "replaced (UTC)", NULL, VIEW_TEXT, NULL},
    {"commit", "commit", NULL, VIEW_TEXT, NULL},
    {"machine", "machine", NULL, VIEW_TEXT, NULL},
    {"series", NULL, NULL, VIEW_ID, NULL},
    {"series_key", NULL, NULL, VIEW_TEXT, NULL},
    {"saved_unix_ns", NULL, NULL, VIEW_ID, NULL},
    {"replaced_unix_ns", NULL, NULL, VIEW_ID, NULL},
};

/* clang-format off */
#define LIST                                                                                       \
    "SELECT baseline.name,"                                                                        \
    " (SELECT count(*) FROM series_run WHERE series_run.series_id = series.id),"                   \
    " " SERIES_MEAN_WALL_NS ", program,"                                                           \
    " " MOMENT("saved_unix_ns") ", " MOMENT("replaced_unix_ns") ","                                \
    " " FACT("git.commit") ", " FACT("machine.cpu") ","                                            \
    " series.id, series_key, saved_unix_ns, replaced_unix_ns"                                      \
    " FROM baseline JOIN series ON series.id = baseline.series_id"
/* clang-format on */

enum status baseline_list(struct database *database, bool history, struct view *view)
{
    *view = (struct view){.name = "baselines",
                          .title = "Baselines",
                          .columns = list_columns,
                          .column_count = sizeof list_columns / sizeof *list_columns,
                          .has_times = true};
    return view_query(view, database,
                      history ? LIST " ORDER BY baseline.name, replaced_unix_ns IS NOT NULL,"
                                     " replaced_unix_ns DESC, baseline.id DESC"
                              : LIST " WHERE replaced_unix_ns IS NULL ORDER BY baseline.name",
                      0);
}

static const struct view_column fact_columns[] = {
    {"name", "fact", NULL, VIEW_TEXT, NULL},
    {"value", "value", NULL, VIEW_TEXT, NULL},
};

static const struct view_column run_columns[] = {
    {"number", "run", NULL, VIEW_ID, NULL},
    {"wall_ns", "time", NULL, VIEW_TIME, NULL},
    {"user_ns", "user", NULL, VIEW_TIME, NULL},
    {"system_ns", "system", NULL, VIEW_TIME, NULL},
    {"peak_bytes", "peak bytes", NULL, VIEW_COUNT, NULL},
    {"end", "end", NULL, VIEW_TEXT, NULL},
    {"note", "note", NULL, VIEW_TEXT, NULL},
    {"exit_code", NULL, NULL, VIEW_ID, NULL},
    {"signal", NULL, NULL, VIEW_ID, NULL},
    {"started_unix_ns", NULL, NULL, VIEW_ID, NULL},
    {"load_average", NULL, NULL, VIEW_TEXT, NULL},
    {"run", NULL, NULL, VIEW_ID, NULL},
};
enum { RUN_NOTE = 6 };

static const struct view_column figure_columns[] = {
    {"mean_wall_ns", "mean", NULL, VIEW_TIME, NULL},
    {"median_wall_ns", "median", NULL, VIEW_TIME, NULL},
    {"deviation_wall_ns", "deviation", NULL, VIEW_TIME, NULL},
    {"least_wall_ns", "least", NULL, VIEW_TIME, NULL},
    {"greatest_wall_ns", "greatest", NULL, VIEW_TIME, NULL},
    {"low_wall_ns", "95 % from", NULL, VIEW_TIME, NULL},
    {"high_wall_ns", "to", NULL, VIEW_TIME, NULL},
};

/* Figures are of one run, in the mean of those that count and have a profile. */
static const struct view_column function_columns[] = {
    {"self_ns", "self", "self %", VIEW_TIME, NULL},
    {"cumulative_ns", "cumulative", "cum. %", VIEW_TIME, NULL},
    {"calls", "calls", NULL, VIEW_COUNT, NULL},
    {"least_calls", "least calls", NULL, VIEW_COUNT, NULL},
    {"most_calls", "most calls", NULL, VIEW_COUNT, NULL},
    {"name", "function", NULL, VIEW_NAME, NULL},
    {"place", "where", NULL, VIEW_PLACE, NULL},
};

/* What the series itself knows comes first. */
static const char facts_sql[] =
    "SELECT 'program', program FROM series WHERE id = (SELECT series FROM asked)"
    " UNION ALL SELECT 'arguments', arguments FROM series WHERE id = (SELECT series FROM asked)"
    " UNION ALL SELECT 'started', " MOMENT(
        "started_unix_ns") " || ' UTC' FROM series"
                           " WHERE id = (SELECT series FROM asked)"
                           " UNION ALL SELECT 'warm-up runs', warmup_runs FROM series WHERE id = "
                           "(SELECT series FROM asked)"
                           " AND warmup_runs > 0"
                           " UNION ALL SELECT * FROM (SELECT name, value FROM series_fact WHERE "
                           "series_id = (SELECT series FROM asked)"
                           "  ORDER BY name)";

static const char runs_sql[] =
    "SELECT number, wall_ns, user_ns, system_ns, peak_bytes,"
    " CASE WHEN signal IS NOT NULL THEN 'signal ' || signal"
    "      WHEN exit_code IS NOT NULL THEN 'exit ' || exit_code END,"
    " iif(run_id IS NULL, 'no profile', NULL), exit_code, signal, started_unix_ns, load_average,"
    " run_id FROM series_run WHERE series_id = (SELECT series FROM asked) ORDER BY number";

#define CHOSEN                                                                                     \
    "SELECT DISTINCT run_id FROM series_run WHERE series_id = (SELECT series FROM asked)"          \
    " AND run_id IS NOT NULL AND " SERIES_RUN_COUNTS

/* A function that a run did not call was called 0 times in it. */
static const char functions_sql[] =
    ", chosen AS (" CHOSEN "),"
    " counted AS (SELECT count(*) AS runs FROM chosen),"
    " of_run AS (SELECT run, function_id, name, file, line, calls, self_ns, cumulative_ns"
    "  FROM chosen JOIN run_functions ON run = run_id),"
    " total AS (SELECT name, iif(line IS NULL, file, file || ':' || line) AS place,"
    "  CAST(total(self_ns) / runs AS INTEGER) AS self_ns,"
    "  CAST(total(cumulative_ns) / runs AS INTEGER) AS cumulative_ns,"
    "  iif(count(*) < runs, 0, min(calls)) AS least, max(calls) AS most"
    "  FROM of_run, counted GROUP BY function_id)"
    " SELECT self_ns, cumulative_ns, iif(least = most, least, NULL), iif(least = most, NULL, "
    "least),"
    " iif(least = most, NULL, most), name, place"
    " FROM total ORDER BY self_ns DESC, most DESC, name, place";

static const char timed_sql[] =
    "SELECT CAST(total(timed_ns) / max(count(DISTINCT run), 1) AS INTEGER),"
    " max(process.timing <> 'counts') FROM threads JOIN process ON process.id = threads.process"
    " WHERE run IN (" CHOSEN ")";

/* `sql` goes on behind a table `asked` with the series. */
static const char *ask(struct pool *pool, const char *sql, int64_t series)
{
    return pool_format(pool, "WITH asked AS (SELECT %lld AS series) %s", (long long)series, sql);
}

static enum status query(struct database *database, struct view *view, const char *sql,
                         int64_t series, int64_t limit)
{
    return view_query(view, database, ask(&view->pool, sql, series), limit);
}

static void put_time(struct view_cell *cell, double ns)
{
    if (isfinite(ns) && fabs(ns) < 0x1p62)
        *cell = (struct view_cell){.known = true, .number = llround(ns)};
}

static void add_note(struct view *view, struct view_cell *cell, const char *note)
{
    const char *before = cell->known ? cell->text : NULL;
    *cell = (struct view_cell){
        .known = true, .text = before ? pool_format(&view->pool, "%s, %s", before, note) : note};
}

/* What the times of the runs come to; and which of them are far outside, or no part of it. */
static enum status add_figures(struct database *database, int64_t series, struct view *runs,
                               struct view *figures)
{
    struct series_figures of;
    enum status status = series_figures_query_runs(&of, database, series);
    for (size_t i = 0; status == STATUS_OK && i < of.run_count && i < runs->row_count; i++) {
        struct view_cell *note = &runs->cells[i * runs->column_count + RUN_NOTE];
        if (of.runs[i].is_outlier[SERIES_WALL])
            add_note(runs, note, "outlier");
        if (!of.runs[i].counts)
            add_note(runs, note, "left out");
    }
    const struct statistics *wall = &of.statistics[SERIES_WALL];
    const double shown[] = {wall->mean,     wall->median, wall->deviation, wall->least,
                            wall->greatest, wall->low,    wall->high};
    struct view_cell *cells = status == STATUS_OK && wall->count > 0 ? view_add_row(figures) : NULL;
    for (size_t i = 0; cells && i < sizeof shown / sizeof *shown; i++)
        put_time(&cells[i], shown[i]);
    series_figures_free(&of);
    return status;
}

/* Shares are of the time of one run. */
static enum status find_total(struct database *database, struct view *view, int64_t series)
{
    sqlite3_stmt *statement;
    bool row;
    enum status status =
        database_prepare(database, ask(&view->pool, timed_sql, series), &statement);
    if (status != STATUS_OK)
        return status;
    status = database_step(database, statement, &row);
    view->total_ns = sqlite3_column_int64(statement, 0);
    view->has_times = sqlite3_column_int(statement, 1);
    sqlite3_finalize(statement);
    return status;
}

#define VIEW(view_name, view_title, list)                                                          \
    {                                                                                              \
        .name = (view_name), .title = (view_title), .columns = (list),                             \
        .column_count = sizeof(list) / sizeof *(list), .has_times = true                           \
    }

enum status baseline_show(struct database *database, int64_t series, int64_t limit,
                          struct view views[BASELINE_VIEWS])
{
    const struct view empty[] = {
        [BASELINE_FACTS] = VIEW("facts", "How it was made", fact_columns),
        [BASELINE_RUNS] = VIEW("runs", "Runs", run_columns),
        [BASELINE_FIGURES] = VIEW("figures", "Time of a run", figure_columns),
        [BASELINE_FUNCTIONS] =
            VIEW("functions", "Functions, in the mean of the runs", function_columns)};
    for (int i = 0; i < BASELINE_VIEWS; i++)
        views[i] = empty[i];
    enum status status = query(database, &views[BASELINE_FACTS], facts_sql, series, 0);
    if (status == STATUS_OK)
        status = query(database, &views[BASELINE_RUNS], runs_sql, series, 0);
    if (status == STATUS_OK)
        status = add_figures(database, series, &views[BASELINE_RUNS], &views[BASELINE_FIGURES]);
    if (status == STATUS_OK)
        status = find_total(database, &views[BASELINE_FUNCTIONS], series);
    return status == STATUS_OK
               ? query(database, &views[BASELINE_FUNCTIONS], functions_sql, series, limit)
               : status;
}
