#include "baseline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "moment.h"
#include "series_find.h"
#include "text.h"

enum { LONGEST_NAME = 100 };

enum status baseline_check_name(const char *command, const char *name)
{
    struct pool pool = {0};
    const char *why = NULL;
    if (!*name)
        why = "it is empty";
    else if (strlen(name) > LONGEST_NAME)
        why = "it is longer than 100 bytes";
    else if (strcmp(name, text_printable(&pool, text_valid(&pool, name))) != 0)
        why = "some of its characters cannot be seen";
    else if (strncmp(name, "run:", 4) == 0 || strncmp(name, "series:", 7) == 0)
        why = "it would be taken for a run or a series";
    pool_free(&pool);
    return why ? fail(STATUS_USAGE, command, NULL,
                      "'%s' can be no baseline's name: %s; give another", name, why)
               : STATUS_OK;
}

/* Runs a statement with a name and two numbers. */
static enum status change(struct database *database, const char *sql, const char *name,
                          int64_t first, int64_t second)
{
    sqlite3_stmt *statement;
    enum status status = database_prepare(database, sql, &statement);
    if (status != STATUS_OK)
        return status;
    database_bind_text(statement, 1, name);
    sqlite3_bind_int64(statement, 2, first);
    sqlite3_bind_int64(statement, 3, second);
    status = database_run(database, statement);
    sqlite3_finalize(statement);
    return status;
}

#define CURRENT "SELECT series_id FROM baseline WHERE name = ? AND replaced_unix_ns IS NULL"
#define CURRENT_NAMES "SELECT name FROM baseline WHERE replaced_unix_ns IS NULL ORDER BY name"

enum status baseline_find(struct database *database, const char *command, const char *name,
                          int64_t *series)
{
    enum status status = database_number(database, CURRENT, name, 0, series);
    if (status != STATUS_OK || *series != 0)
        return status;
    return series_unknown(
        database, command, "baseline", name, CURRENT_NAMES,
        "see 'profinst baseline list', or save one with 'profinst baseline save'");
}

enum status baseline_only(struct database *database, const char *problem, struct pool *pool,
                          const char **name)
{
    sqlite3_stmt *row;
    const char *names = NULL;
    size_t count = 0;
    bool more;
    enum status status = database_prepare(database, CURRENT_NAMES, &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        const char *one = database_text(pool, row, 0);
        names = count++ > 0 ? pool_format(pool, "%s, %s", names, one) : one;
    }
    sqlite3_finalize(row);
    if (status == STATUS_OK && count == 0)
        status = fail(STATUS_INPUT, problem, database->path,
                      "it has no baseline; save one with 'profinst baseline save', or name a file "
                      "with --baseline");
    else if (status == STATUS_OK && count > 1)
        status =
            fail(STATUS_INPUT, problem, database->path,
                 "it has several baselines: %s; name one with --baseline, or in [gate]", names);
    *name = names;
    return status;
}

enum status baseline_check_series(struct database *database, const char *command, int64_t series)
{
    int64_t runs;
    enum status status = database_number(
        database, "SELECT count(*) FROM series_run WHERE series_id = ?2", NULL, series, &runs);
    if (status == STATUS_OK && runs == 0)
        status = fail(STATUS_INPUT, command, database->path,
                      "there is no run in series %lld; give another with --series, or make one "
                      "with 'profinst run'",
                      (long long)series);
    return status;
}

/* Its key is the run's, so that one run makes one series, wherever it is. */
static const char series_of_run[] =
    "INSERT INTO series (series_key, program, arguments, started_unix_ns, warmup_runs)"
    " SELECT run_key, process.program, arguments, started_unix_ns, 0 FROM run"
    " JOIN process ON process.run_id = run.id WHERE run.id = ?2"
    " ORDER BY started_unix_ns, process.id LIMIT 1";
static const char its_only_run[] =
    "INSERT INTO series_run (series_id, number, run_id, started_unix_ns, wall_ns, user_ns,"
    " system_ns, peak_bytes) SELECT ?3, 1, id, started_unix_ns, duration_ns, user_ns, system_ns,"
    " peak_bytes FROM runs WHERE id = ?2";

enum status baseline_series_of_run(struct database *database, const char *command, int64_t run,
                                   int64_t *series)
{
    int64_t found;
    enum status status =
        run ? database_number(database, "SELECT id FROM runs WHERE id = ?2", NULL, run, &found)
            : database_number(database,
                              "SELECT id FROM runs ORDER BY started_unix_ns DESC, id DESC", NULL, 0,
                              &found);
    if (status == STATUS_OK && found == 0 && run)
        status = fail(STATUS_USAGE, command, NULL,
                      "there is no run %lld in %s; 'profinst query \"SELECT id, "
                      "started, program FROM runs\"' lists them",
                      (long long)run, database->path);
    else if (status == STATUS_OK && found == 0)
        status = fail(STATUS_INPUT, command, database->path,
                      "there is neither a series nor a run in it; load profiles with 'profinst "
                      "load', or make a series with 'profinst run'");
    if (status == STATUS_OK)
        status = database_number(database,
                                 "SELECT series.id FROM series JOIN run ON run_key = series_key"
                                 " WHERE run.id = ?2",
                                 NULL, found, series);
    if (status != STATUS_OK || *series != 0)
        return status;
    status = change(database, series_of_run, NULL, found, 0);
    *series = sqlite3_last_insert_rowid(database->handle);
    return status == STATUS_OK ? change(database, its_only_run, NULL, found, *series) : status;
}

enum status baseline_name(struct database *database, const char *command, const char *name,
                          int64_t series, bool force, enum baseline_outcome *outcome)
{
    int64_t former, now = moment_unix_ns();
    enum status status = database_number(database, CURRENT, name, 0, &former);
    if (status != STATUS_OK)
        return status;
    *outcome = former == 0 ? BASELINE_NEW : former == series ? BASELINE_ALREADY : BASELINE_REPLACED;
    if (*outcome == BASELINE_ALREADY)
        return STATUS_OK;
    if (*outcome == BASELINE_REPLACED && !force)
        return fail(STATUS_USAGE, command, NULL,
                    "baseline '%s' is there already, of another series; give another name, or "
                    "replace it with --force",
                    name);
    status = change(database,
                    "UPDATE baseline SET replaced_unix_ns = ?2"
                    " WHERE name = ?1 AND replaced_unix_ns IS NULL",
                    name, now, 0);
    return status == STATUS_OK
               ? change(database,
                        "INSERT INTO baseline (name, series_id, saved_unix_ns) VALUES (?1, ?3, ?2)",
                        name, now, series)
               : status;
}

enum status baseline_remove(struct database *database, const char *command, const char *name,
                            bool history, int64_t *count)
{
    int64_t series = 0;
    enum status status = database_number(
        database,
        "SELECT count(*) FROM baseline WHERE name = ?1 AND (?2 OR replaced_unix_ns IS NULL)", name,
        history, count);
    if (status == STATUS_OK && *count == 0)
        return baseline_find(database, command, name, &series);
    return status == STATUS_OK
               ? change(database,
                        "DELETE FROM baseline WHERE name = ?1 AND (?2 OR replaced_unix_ns IS NULL)",
                        name, history, 0)
               : status;
}

enum status baseline_describe(struct database *database, struct pool *pool, int64_t series,
                              const char **text)
{
    sqlite3_stmt *statement;
    bool row;
    enum status status = database_prepare(
        database,
        "SELECT program, (SELECT count(*) FROM series_run WHERE series_id = series.id)"
        " FROM series WHERE id = ?",
        &statement);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(statement, 1, series);
    status = database_step(database, statement, &row);
    int64_t runs = sqlite3_column_int64(statement, 1);
    *text = pool_format(pool, "%s, %s %s",
                        text_printable(pool, text_base_name(database_text(pool, statement, 0))),
                        text_count(pool, runs), runs == 1 ? "run" : "runs");
    sqlite3_finalize(statement);
    return status;
}
