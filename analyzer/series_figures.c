#include "series_figures.h"

#include <math.h>
#include <stdlib.h>

enum { TOP_FUNCTIONS = 5 };

void series_figures_free(struct series_figures *figures)
{
    series_facts_free(&figures->facts);
    free(figures->runs);
    free(figures->functions);
    pool_free(&figures->pool);
}

static enum status read_series(struct series_figures *figures, struct database *database)
{
    sqlite3_stmt *row;
    bool found;
    enum status status = database_prepare(
        database,
        "SELECT series_key, name, program, arguments, started_unix_ns, warmup_runs FROM series"
        " WHERE id = ?",
        &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, figures->id);
    status = database_step(database, row, &found);
    figures->key = database_text(&figures->pool, row, 0);
    figures->name = database_known_text(&figures->pool, row, 1);
    figures->program = database_text(&figures->pool, row, 2);
    figures->arguments = database_text(&figures->pool, row, 3);
    figures->started_unix_ns = sqlite3_column_int64(row, 4);
    figures->warmup_runs = sqlite3_column_int64(row, 5);
    sqlite3_finalize(row);
    return status;
}

static enum status read_facts(struct series_figures *figures, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database, "SELECT name, value FROM series_fact WHERE series_id = ? ORDER BY name", &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, figures->id);
    while ((status = database_step(database, row, &more)) == STATUS_OK && more)
        series_facts_put(&figures->facts, database_text(&figures->pool, row, 0),
                         database_text(&figures->pool, row, 1));
    sqlite3_finalize(row);
    return status;
}

static double number(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN
                                                           : sqlite3_column_double(row, column);
}

static enum status read_runs(struct series_figures *figures, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT wall_ns, user_ns, system_ns, peak_bytes, number, ifnull(run_id, 0),"
        " started_unix_ns, ifnull(exit_code, -1), ifnull(signal, 0), "
        "load_average, " SERIES_RUN_COUNTS " FROM series_run WHERE series_id = ? ORDER BY number",
        &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, figures->id);
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        figures->runs = memory_grow(figures->runs, &figures->run_capacity, figures->run_count,
                                    sizeof *figures->runs);
        struct series_figures_run *run = &figures->runs[figures->run_count++];
        *run = (struct series_figures_run){.number = sqlite3_column_int64(row, 4),
                                           .run = sqlite3_column_int64(row, 5),
                                           .started_unix_ns = sqlite3_column_int64(row, 6),
                                           .exit_code = sqlite3_column_int64(row, 7),
                                           .signal = sqlite3_column_int64(row, 8),
                                           .counts = sqlite3_column_int(row, 10),
                                           .load_average = number(row, 9)};
        for (int q = 0; q < SERIES_QUANTITIES; q++)
            run->values[q] = number(row, q);
    }
    sqlite3_finalize(row);
    return status;
}

static void count_up(struct series_figures *figures, enum series_quantity quantity)
{
    double *values = memory_array(figures->run_count, sizeof *values);
    size_t *places = memory_array(figures->run_count, sizeof *places);
    bool *is_outlier = memory_array(figures->run_count, sizeof *is_outlier);
    size_t count = 0;
    for (size_t i = 0; i < figures->run_count; i++) {
        const struct series_figures_run *run = &figures->runs[i];
        if (!run->counts || isnan(run->values[quantity]))
            continue;
        places[count] = i;
        values[count++] = run->values[quantity];
    }
    figures->statistics[quantity] = statistics_of(values, count);
    figures->outliers[quantity] = statistics_outliers(values, count, is_outlier);
    for (size_t i = 0; i < count; i++)
        figures->runs[places[i]].is_outlier[quantity] = is_outlier[i];
    free(values);
    free(places);
    free(is_outlier);
}

/* The functions with the most self time in all runs, and of each a row for each run. */
static const char functions_sql[] =
    "WITH ran(number, run) AS (SELECT number, run_id FROM series_run"
    "  WHERE series_id = ?1 AND run_id IS NOT NULL AND " SERIES_RUN_COUNTS "),"
    " sums(function_id, run, self_ns, calls) AS (SELECT function_id, run_id, sum(self_ns),"
    "   sum(calls) FROM function_total JOIN process ON process.id = function_total.process_id"
    "  WHERE run_id IN (SELECT run FROM ran) GROUP BY function_id, run_id),"
    " top(function_id, name, total) AS (SELECT function_id, function.name, total(self_ns)"
    "  FROM sums JOIN function ON function.id = function_id GROUP BY function_id"
    "  HAVING total(self_ns) > 0 ORDER BY 3 DESC, 2, 1 LIMIT ?2)"
    " SELECT top.function_id, top.name, ifnull(self_ns, 0), ifnull(calls, 0)"
    " FROM top CROSS JOIN ran LEFT JOIN sums"
    "  ON sums.function_id = top.function_id AND sums.run = ran.run"
    " ORDER BY top.total DESC, top.name, top.function_id, ran.number";

static void add_function(struct series_figures *figures, const char *name, const double *self,
                         const double *calls, size_t count)
{
    figures->functions = memory_grow(figures->functions, &figures->function_capacity,
                                     figures->function_count, sizeof *figures->functions);
    figures->functions[figures->function_count++] = (struct series_function){
        .name = name,
        .self_ns = statistics_of(self, count),
        .calls = statistics_of(calls, count),
    };
}

static enum status read_functions(struct series_figures *figures, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, functions_sql, &row);
    if (status != STATUS_OK)
        return status;
    double *self = memory_array(figures->run_count, sizeof *self);
    double *calls = memory_array(figures->run_count, sizeof *calls);
    size_t count = 0;
    int64_t former = 0;
    const char *name = NULL;
    sqlite3_bind_int64(row, 1, figures->id);
    sqlite3_bind_int64(row, 2, TOP_FUNCTIONS);
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        int64_t id = sqlite3_column_int64(row, 0);
        if (name && id != former) {
            add_function(figures, name, self, calls, count);
            count = 0;
        }
        name = id == former && name ? name : database_text(&figures->pool, row, 1);
        former = id;
        if (count < figures->run_count) {
            self[count] = sqlite3_column_double(row, 2);
            calls[count++] = sqlite3_column_double(row, 3);
        }
    }
    if (status == STATUS_OK && name)
        add_function(figures, name, self, calls, count);
    sqlite3_finalize(row);
    free(self);
    free(calls);
    return status;
}

enum status series_figures_query_runs(struct series_figures *figures, struct database *database,
                                      int64_t id)
{
    *figures = (struct series_figures){.id = id};
    enum status status = read_series(figures, database);
    if (status == STATUS_OK)
        status = read_facts(figures, database);
    if (status == STATUS_OK)
        status = read_runs(figures, database);
    for (int q = 0; status == STATUS_OK && q < SERIES_QUANTITIES; q++)
        count_up(figures, (enum series_quantity)q);
    return status;
}

enum status series_figures_query(struct series_figures *figures, struct database *database,
                                 int64_t id)
{
    enum status status = series_figures_query_runs(figures, database, id);
    return status == STATUS_OK ? read_functions(figures, database) : status;
}
