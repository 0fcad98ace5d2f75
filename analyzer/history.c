/* What functions took in the runs of a history. */
#include "history.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "scope.h"

const char *const history_whats[] = {"self", "cumulative", "calls", "average", "p95", "wall", NULL};

/* Functions in these runs, in the order of what they have over all: one row for each of their ids,
 * those of one function one after another, the newest first. */
#define SAME " OVER (PARTITION BY function.linkage_name, module.name, source_file.path)"
static const char keys_sql[] =
    "DROP TABLE IF EXISTS temp.history_key;"
    "CREATE TEMP TABLE history_key AS SELECT function.id AS id, function.name AS name,"
    " function.linkage_name AS linkage_name, module.name AS module, source_file.path AS file,"
    " function.line AS line, min(function.id)" SAME " AS first_id, total(sum.self_ns)" SAME
    " AS self_ns, total(sum.cumulative_ns)" SAME " AS cumulative_ns, total(sum.calls)" SAME
    " AS calls"
    " FROM (SELECT function_id, total(calls) AS calls, total(self_ns) AS self_ns,"
    "  total(cumulative_ns) AS cumulative_ns"
    "  FROM temp.history_run JOIN process ON process.run_id = history_run.id"
    "  JOIN function_total AS total ON total.process_id = process.id GROUP BY function_id) AS sum"
    " JOIN function ON function.id = sum.function_id"
    " LEFT JOIN module ON module.id = function.module_id"
    " LEFT JOIN source_file ON source_file.id = function.source_file_id;"
    "DROP TABLE IF EXISTS temp.history_place;"
    "CREATE TEMP TABLE history_place (id INTEGER PRIMARY KEY, place INTEGER)";

/* What decides which functions come first. */
static const char *const weights[] = {
    [HISTORY_SELF] = "self_ns", [HISTORY_CUMULATIVE] = "cumulative_ns",
    [HISTORY_CALLS] = "calls",  [HISTORY_AVERAGE] = "self_ns",
    [HISTORY_P95] = "self_ns",
};

static const char figures_sql[] =
    "SELECT history_run.place, history_place.place, total(sum.calls), total(sum.inlined_calls),"
    " total(sum.self_ns), total(sum.cumulative_ns), total(sum.called_ns),"
    " total(sum.self_error_ns), total(sum.cumulative_error_ns)"
    " FROM temp.history_run JOIN process ON process.run_id = history_run.id"
    " JOIN function_total AS sum ON sum.process_id = process.id"
    " JOIN temp.history_place ON history_place.id = sum.function_id"
    " GROUP BY history_run.place, history_place.place";

/* There is no putting together those of several ids. */
static const char p95_sql[] =
    "SELECT history_run.place, history_place.place, max(duration.p95_ns)"
    " FROM temp.history_run CROSS JOIN temp.history_place"
    " JOIN function_duration AS duration ON duration.function_id = history_place.id"
    "  AND duration.run_id = history_run.id"
    " GROUP BY history_run.place, history_place.place HAVING count(*) = 1";

static struct history_function *add_function(struct history *history, size_t *capacity)
{
    history->functions = memory_grow(history->functions, capacity, history->function_count,
                                     sizeof *history->functions);
    struct history_function *function = &history->functions[history->function_count++];
    *function = (struct history_function){
        .values = memory_array(history->run_count, sizeof(double)),
        .errors = memory_array(history->run_count, sizeof(double)),
        .calls = memory_array(history->run_count, sizeof(double)),
        .levels = memory_array(history->point_count, sizeof *function->levels),
    };
    return function;
}

static void read_names(struct history *history, sqlite3_stmt *row,
                       struct history_function *function)
{
    function->id = sqlite3_column_int64(row, 0);
    function->name = database_text(&history->pool, row, 2);
    function->linkage_name = database_text(&history->pool, row, 3);
    function->module = database_known_text(&history->pool, row, 4);
    function->file = database_known_text(&history->pool, row, 5);
    function->line = sqlite3_column_int64(row, 6);
}

/* Reads the functions, and puts their ids into history_place. */
static enum status read_functions(struct history *history, struct database *database,
                                  sqlite3_stmt *row, sqlite3_stmt *insert)
{
    bool more;
    size_t capacity = 0;
    int64_t latest = 0, limit = history->options.limit;
    enum status status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        bool begins = sqlite3_column_int64(row, 1) != latest;
        latest = sqlite3_column_int64(row, 1);
        bool full = limit > 0 && (int64_t)history->function_count >= limit;
        history->left_out += begins && (full || history->left_out > 0);
        if (history->left_out > 0)
            continue;
        if (begins)
            read_names(history, row, add_function(history, &capacity));
        sqlite3_bind_int64(insert, 1, sqlite3_column_int64(row, 0));
        sqlite3_bind_int64(insert, 2, (sqlite3_int64)history->function_count - 1);
        if ((status = database_run(database, insert)) != STATUS_OK)
            break;
    }
    return status;
}

static enum status query_functions(struct history *history, struct database *database)
{
    sqlite3_stmt *row = NULL, *insert = NULL;
    const char *found = history->options.function
                            ? " WHERE first_id IN (SELECT first_id FROM temp.history_key"
                              " WHERE id IN (SELECT id FROM temp.history_found))"
                            : "";
    const char *sql =
        pool_format(&history->pool,
                    "SELECT id, first_id, name, linkage_name, module, file, line"
                    " FROM temp.history_key%s ORDER BY %s DESC, linkage_name, module, file,"
                    " first_id, id DESC",
                    found, weights[history->options.what]);
    enum status status = database_execute(database, keys_sql);
    if (status == STATUS_OK)
        status = database_prepare(database, sql, &row);
    if (status == STATUS_OK)
        status =
            database_prepare(database, "INSERT INTO temp.history_place VALUES (?, ?)", &insert);
    if (status == STATUS_OK)
        status = read_functions(history, database, row, insert);
    sqlite3_finalize(row);
    sqlite3_finalize(insert);
    if (status == STATUS_OK && history->function_count == 0 && history->options.function)
        return fail(STATUS_USAGE, history->options.command, NULL,
                    "%s was not called in these runs of %s; choose others with --program, --series "
                    "or --last",
                    history->options.function, history->program);
    return status;
}

/* Nothing was called until a row says so. */
static void begin_values(struct history *history)
{
    enum history_what what = history->options.what;
    for (size_t f = 0; f < history->function_count; f++)
        for (size_t r = 0; r < history->run_count; r++)
            if (what == HISTORY_AVERAGE || what == HISTORY_P95 ||
                (what != HISTORY_CALLS && !history->runs[r].timed))
                history->functions[f].values[r] = NAN;
}

/* Inlined calls have no time of their own, which is not to say that they took none. */
static void read_figures(struct history *history, sqlite3_stmt *row)
{
    size_t run = (size_t)sqlite3_column_int64(row, 0);
    struct history_function *function = &history->functions[sqlite3_column_int64(row, 1)];
    double calls = sqlite3_column_double(row, 2);
    double timed_calls = calls - sqlite3_column_double(row, 3);
    function->calls[run] = calls;
    if (history->options.what == HISTORY_CALLS)
        function->values[run] = calls;
    if (!history->runs[run].timed)
        return;
    bool only_inlined = calls > 0 && timed_calls <= 0;
    switch (history->options.what) {
    case HISTORY_SELF:
        function->values[run] = only_inlined ? NAN : sqlite3_column_double(row, 4);
        function->errors[run] = sqlite3_column_double(row, 7);
        break;
    case HISTORY_CUMULATIVE:
        function->values[run] = only_inlined ? NAN : sqlite3_column_double(row, 5);
        function->errors[run] = sqlite3_column_double(row, 8);
        break;
    case HISTORY_AVERAGE:
        if (timed_calls > 0)
            function->values[run] = sqlite3_column_double(row, 6) / timed_calls;
        break;
    default:
        break;
    }
}

static void read_p95(struct history *history, sqlite3_stmt *row)
{
    struct history_function *function = &history->functions[sqlite3_column_int64(row, 1)];
    if (sqlite3_column_type(row, 2) != SQLITE_NULL)
        function->values[sqlite3_column_int64(row, 0)] = sqlite3_column_double(row, 2);
}

static enum status for_rows(struct history *history, struct database *database, const char *sql,
                            void (*read)(struct history *, sqlite3_stmt *))
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more)
        read(history, row);
    sqlite3_finalize(row);
    return status;
}

static enum status query_values(struct history *history, struct database *database)
{
    begin_values(history);
    enum status status = for_rows(history, database, figures_sql, read_figures);
    if (status == STATUS_OK && history->options.what == HISTORY_P95)
        status = for_rows(history, database, p95_sql, read_p95);
    return status;
}

/* The whole program as the only function. */
static void put_wall(struct history *history)
{
    size_t capacity = 0;
    struct history_function *function = add_function(history, &capacity);
    for (size_t r = 0; r < history->run_count; r++)
        function->values[r] = history->runs[r].wall_ns;
}

static struct history_level level_of(const struct history_point *point,
                                     const struct history_function *function,
                                     const struct change_sample *sample)
{
    struct history_level level = {
        .figures = statistics_of(sample->values, sample->count),
        .half = NAN,
        .calls = statistics_of(function->calls + point->first_run, point->run_count),
    };
    if (sample->count > 1)
        level.half = level.figures.high - level.figures.mean;
    for (size_t i = 0; sample->count == 1 && i < point->run_count; i++) {
        size_t run = point->first_run + i;
        if (!isnan(function->values[run]) && function->errors[run] > 0)
            level.half = function->errors[run];
    }
    return level;
}

/* Sums up the runs of each point, and looks for steps. */
static void judge(struct history *history, struct history_function *function)
{
    struct change_sample *samples = memory_array(history->point_count, sizeof *samples);
    double *known = memory_array(history->run_count, sizeof *known), *end = known;
    for (size_t p = 0; p < history->point_count; p++) {
        const struct history_point *point = &history->points[p];
        samples[p].values = end;
        for (size_t i = 0; i < point->run_count; i++)
            if (!isnan(function->values[point->first_run + i]))
                *end++ = function->values[point->first_run + i];
        samples[p].count = (size_t)(end - samples[p].values);
        function->levels[p] = level_of(point, function, &samples[p]);
    }
    function->steps =
        change_points_find(samples, history->point_count, history->options.what == HISTORY_CALLS);
    free(samples);
    free(known);
}

/* Who looks at many functions would find steps in noise: in an overview, what is told is certain
 * for all of them together. */
static void correct(struct history *history)
{
    double *p = memory_array(history->function_count, sizeof *p);
    for (size_t f = 0; f < history->function_count; f++)
        p[f] = history->functions[f].steps.p;
    statistics_holm(p, history->function_count);
    for (size_t f = 0; f < history->function_count; f++)
        change_points_correct(&history->functions[f].steps, p[f], history->function_count);
    free(p);
}

static enum status choose_functions(struct history *history, struct database *database)
{
    const struct history_options *options = &history->options;
    if (options->function) {
        struct found found;
        enum status status =
            find_functions(database, options->command, NULL, options->function, &found);
        if (status == STATUS_OK)
            status = find_store(database, &found, "history_found");
        free(found.ids);
        if (status != STATUS_OK)
            return status;
    }
    return query_functions(history, database);
}

enum status history_query(struct history *history, struct database *database,
                          const struct history_options *options)
{
    *history = (struct history){.options = *options};
    enum status status = STATUS_OK;
    if (options->program)
        status = scope_restrict(database, options->command,
                                &(struct scope){.program = options->program});
    if (status == STATUS_OK)
        status = history_find_runs(history, database);
    if (status == STATUS_OK && history->point_count < options->least_points)
        return STATUS_OK;
    if (status == STATUS_OK && options->what == HISTORY_WALL)
        put_wall(history);
    else if (status == STATUS_OK && (status = choose_functions(history, database)) == STATUS_OK)
        status = query_values(history, database);
    for (size_t f = 0; status == STATUS_OK && f < history->function_count; f++)
        judge(history, &history->functions[f]);
    if (status == STATUS_OK && options->overview)
        correct(history);
    return status;
}

void history_free(struct history *history)
{
    for (size_t f = 0; f < history->function_count; f++) {
        struct history_function *function = &history->functions[f];
        free(function->values);
        free(function->errors);
        free(function->calls);
        free(function->levels);
        change_points_free(&function->steps);
    }
    free(history->functions);
    free(history->points);
    free(history->runs);
    free(history->notes);
    pool_free(&history->pool);
}
