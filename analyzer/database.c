#include "database.h"

#include <stdio.h>

#include "text.h"

static const char cannot_use[] = "cannot use database";
static const char give_another[] = "give another file with --db";

/* What the user can do about it, and whose fault it is. */
static enum status explain(const struct database *database, const char **advice)
{
    int code = sqlite3_errcode(database->handle) & 0xFF;
    enum status status = database->writing ? STATUS_OUTPUT : STATUS_INPUT;
    switch (code) {
    case SQLITE_NOMEM:
        /* Of a file it may be damage: SQLite says so of schemas that it cannot read. */
        if (database->writing)
            out_of_memory();
        *advice = "restore it, load the profiles into a new one, or give this program more memory";
        return STATUS_INPUT;
    case SQLITE_NOTADB:
        *advice = give_another;
        return STATUS_INPUT;
    case SQLITE_CORRUPT:
        *advice = "restore it, or load the profiles into a new one";
        return STATUS_INPUT;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        *advice = "wait until no other program uses it";
        return status;
    case SQLITE_FULL:
        *advice = "make room on the disk";
        return STATUS_OUTPUT;
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        *advice = "check the path and its permissions";
        return status;
    default:
        *advice = "load the profiles into a new one";
        return STATUS_INPUT;
    }
}

/* The beginning of a statement, on one line. */
static void excerpt(const char *sql, char *to, size_t size)
{
    size_t length = 0;
    for (; *sql && length + 1 < size; sql++) {
        bool space = *sql == ' ' || *sql == '\n';
        if (!space)
            to[length++] = *sql;
        else if (length && to[length - 1] != ' ')
            to[length++] = ' ';
    }
    to[length] = '\0';
}

enum status database_failed(const struct database *database, const char *sql)
{
    const char *advice;
    enum status status = explain(database, &advice);
    const char *why = sqlite3_errmsg(database->handle);
    if (!sql)
        return fail(status, cannot_use, database->path, "%s; %s", why, advice);
    char text[400];
    excerpt(sql, text, sizeof text);
    return fail(status, cannot_use, database->path, "%s, in: %s; %s", why, text, advice);
}

enum status database_execute(struct database *database, const char *sql)
{
    while (*sql) {
        sqlite3_stmt *statement;
        const char *rest;
        if (sqlite3_prepare_v2(database->handle, sql, -1, &statement, &rest) != SQLITE_OK)
            return database_failed(database, sql);
        enum status status = statement ? database_run(database, statement) : STATUS_OK;
        sqlite3_finalize(statement);
        if (status != STATUS_OK)
            return status;
        sql = rest;
    }
    return STATUS_OK;
}

enum status database_prepare(struct database *database, const char *sql, sqlite3_stmt **statement)
{
    if (sqlite3_prepare_v2(database->handle, sql, -1, statement, NULL) != SQLITE_OK)
        return database_failed(database, sql);
    return STATUS_OK;
}

enum status database_step(struct database *database, sqlite3_stmt *statement, bool *row)
{
    int result = sqlite3_step(statement);
    *row = result == SQLITE_ROW;
    if (result != SQLITE_ROW && result != SQLITE_DONE)
        return database_failed(database, sqlite3_sql(statement));
    return STATUS_OK;
}

enum status database_run(struct database *database, sqlite3_stmt *statement)
{
    bool row = true;
    enum status status = STATUS_OK;
    while (row && status == STATUS_OK)
        status = database_step(database, statement, &row);
    sqlite3_reset(statement);
    return status;
}

enum status database_number(struct database *database, const char *sql, const char *text,
                            int64_t number, int64_t *answer)
{
    sqlite3_stmt *statement;
    bool row;
    *answer = 0;
    enum status status = database_prepare(database, sql, &statement);
    if (status != STATUS_OK)
        return status;
    int parameters = sqlite3_bind_parameter_count(statement);
    if (parameters > 0)
        database_bind_text(statement, 1, text);
    if (parameters > 1)
        sqlite3_bind_int64(statement, 2, number);
    status = database_step(database, statement, &row);
    *answer = status == STATUS_OK && row ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_finalize(statement);
    return status;
}

const char *database_text(struct pool *pool, sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text_valid(pool, text ? text : "");
}

const char *database_known_text(struct pool *pool, sqlite3_stmt *statement, int column)
{
    bool known = sqlite3_column_type(statement, column) != SQLITE_NULL;
    return known ? database_text(pool, statement, column) : NULL;
}

int64_t database_sum(int64_t a, int64_t b)
{
    int64_t sum;
    return !__builtin_add_overflow(a, b, &sum) ? sum : a > 0 ? INT64_MAX : INT64_MIN;
}

int64_t database_difference(int64_t a, int64_t b)
{
    int64_t difference;
    return !__builtin_sub_overflow(a, b, &difference) ? difference : b < 0 ? INT64_MAX : INT64_MIN;
}

void database_bind_text(sqlite3_stmt *statement, int parameter, const char *text)
{
    sqlite3_bind_text(statement, parameter, text, -1, SQLITE_STATIC);
}
