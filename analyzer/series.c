#include "series.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "json.h"
#include "moment.h"
#include "text.h"

enum status series_begin(struct series *series)
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return fail(STATUS_INTERNAL, "run", NULL, "the system gives no random numbers: %s",
                    strerror(errno));
    series->key = text_hex(&series->facts.pool, bytes, sizeof bytes);
    series->started_unix_ns = moment_unix_ns();
    return STATUS_OK;
}

static const char *arguments_as_json(struct pool *pool, char *const *arguments)
{
    json_t *array = json_array();
    size_t length = 0;
    for (size_t i = 0; arguments[i] && length < SERIES_LONGEST_ARGUMENTS; i++) {
        size_t size = strlen(arguments[i]), room = SERIES_LONGEST_ARGUMENTS - length;
        const char *text =
            size < room ? arguments[i] : pool_format(pool, "%.*s...", (int)room, arguments[i]);
        json_add(array, json_string(text_valid(pool, text)));
        length += size;
    }
    char *dump = json_dumps(array, JSON_COMPACT);
    json_decref(array);
    if (!dump)
        out_of_memory();
    const char *result = pool_copy(pool, dump);
    free(dump);
    return result;
}

static enum status add_facts(struct database *database, const struct series *series)
{
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        database, "INSERT INTO series_fact (series_id, name, value) VALUES (?, ?, ?)", &statement);
    for (size_t i = 0; status == STATUS_OK && i < series->facts.count; i++) {
        sqlite3_bind_int64(statement, 1, series->id);
        database_bind_text(statement, 2, series->facts.items[i].name);
        database_bind_text(statement, 3, series->facts.items[i].value);
        status = database_run(database, statement);
    }
    sqlite3_finalize(statement);
    return status;
}

enum status series_add(struct database *database, struct series *series)
{
    sqlite3_stmt *statement;
    struct pool pool = {0};
    enum status status = database_prepare(
        database,
        "INSERT INTO series (series_key, name, program, arguments, started_unix_ns, warmup_runs)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        &statement);
    if (status != STATUS_OK)
        return status;
    database_bind_text(statement, 1, series->key);
    database_bind_text(statement, 2, series->name ? text_valid(&pool, series->name) : NULL);
    database_bind_text(statement, 3, text_valid(&pool, series->arguments[0]));
    database_bind_text(statement, 4, arguments_as_json(&pool, series->arguments));
    sqlite3_bind_int64(statement, 5, series->started_unix_ns);
    sqlite3_bind_int64(statement, 6, series->warmup_runs);
    status = database_run(database, statement);
    sqlite3_finalize(statement);
    pool_free(&pool);
    series->id = sqlite3_last_insert_rowid(database->handle);
    return status == STATUS_OK ? add_facts(database, series) : status;
}

enum status series_add_run(struct database *database, const struct series *series, int64_t number,
                           const struct launch *launch, int64_t run)
{
    sqlite3_stmt *statement;
    enum status status = database_prepare(
        database,
        "INSERT INTO series_run (series_id, number, run_id, started_unix_ns, wall_ns, user_ns,"
        " system_ns, peak_bytes, exit_code, signal, load_average)"
        " VALUES (?1, ?2, nullif(?3, 0), ?4, ?5, ?6, ?7, iif(?8 < 0, NULL, ?8), iif(?10 = 0, ?9, "
        "NULL),"
        " nullif(?10, 0), iif(?11 < 0, NULL, ?11))",
        &statement);
    if (status != STATUS_OK)
        return status;
    const int64_t values[] = {series->id,
                              number,
                              run,
                              launch->started_unix_ns,
                              launch->wall_ns,
                              launch->user_ns,
                              launch->system_ns,
                              launch->peak_bytes,
                              launch->exit_code,
                              launch->signal};
    for (int i = 0; i < (int)(sizeof values / sizeof *values); i++)
        sqlite3_bind_int64(statement, i + 1, values[i]);
    sqlite3_bind_double(statement, 11, launch->load_average);
    status = database_run(database, statement);
    sqlite3_finalize(statement);
    return status;
}
