/* SQLite calls such a table virtual; this one is there as long as its module is registered. */
#include "rows.h"

#include <stdlib.h>

#include "progress.h"

static const char table_name[] = "profinst_rows";

struct table {
    sqlite3_vtab base;
    const struct rows *rows;
};

struct cursor {
    sqlite3_vtab_cursor base;
    const struct rows *rows;
    size_t row;
};

static int connect(sqlite3 *handle, void *rows, int argc, const char *const *argv,
                   sqlite3_vtab **table, char **error)
{
    (void)argc, (void)argv, (void)error;
    struct pool pool = {0};
    int result = sqlite3_declare_vtab(
        handle, pool_format(&pool, "CREATE TABLE t (%s)", ((const struct rows *)rows)->columns));
    pool_free(&pool);
    if (result != SQLITE_OK)
        return result;
    struct table *made = memory_array(1, sizeof *made);
    made->rows = rows;
    *table = &made->base;
    return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *table)
{
    free(table);
    return SQLITE_OK;
}

static int plan(sqlite3_vtab *table, sqlite3_index_info *info)
{
    info->estimatedRows = (sqlite3_int64)((struct table *)table)->rows->count;
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    struct cursor *made = memory_array(1, sizeof *made);
    made->rows = ((struct table *)table)->rows;
    *cursor = &made->base;
    return SQLITE_OK;
}

static int close_cursor(sqlite3_vtab_cursor *cursor)
{
    free(cursor);
    return SQLITE_OK;
}

static int begin(sqlite3_vtab_cursor *cursor, int number, const char *text, int argc,
                 sqlite3_value **argv)
{
    (void)number, (void)text, (void)argc, (void)argv;
    ((struct cursor *)cursor)->row = 0;
    return SQLITE_OK;
}

static int next(sqlite3_vtab_cursor *cursor)
{
    struct cursor *at = (struct cursor *)cursor;
    progress_step(++at->row, at->rows->count);
    return SQLITE_OK;
}

static int at_end(sqlite3_vtab_cursor *cursor)
{
    const struct cursor *at = (struct cursor *)cursor;
    return at->row >= at->rows->count;
}

static int read_column(sqlite3_vtab_cursor *cursor, sqlite3_context *result, int column)
{
    const struct cursor *at = (struct cursor *)cursor;
    int64_t value;
    if (at->rows->value(at->rows->from, at->row, column, &value)) /* otherwise it is NULL */
        sqlite3_result_int64(result, value);
    return SQLITE_OK;
}

static int read_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *rowid)
{
    *rowid = (sqlite3_int64)((struct cursor *)cursor)->row;
    return SQLITE_OK;
}

static const sqlite3_module module = {
    .xConnect = connect, /* and no xCreate: it is there without CREATE VIRTUAL TABLE */
    .xBestIndex = plan,
    .xDisconnect = disconnect,
    .xOpen = open_cursor,
    .xClose = close_cursor,
    .xFilter = begin,
    .xNext = next,
    .xEof = at_end,
    .xColumn = read_column,
    .xRowid = read_rowid,
};

enum status rows_run(struct database *database, const struct rows *rows, const char *sql)
{
    if (sqlite3_create_module(database->handle, table_name, &module, (void *)rows) != SQLITE_OK)
        out_of_memory();
    enum status status = database_execute(database, sql);
    sqlite3_create_module(database->handle, table_name, NULL, NULL);
    return status;
}
