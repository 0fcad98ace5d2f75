#define _GNU_SOURCE
#include "query.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* A result larger than that is a mistake, or a job for the sqlite3 shell. */
enum { MOST_BYTES = 512 << 20 };

/* What reading needs, and what tells about tables; `wanted`, a struct load_parts or NULL, gets what
 * is asked for. The rest, ATTACH and writing above all, is not for queries. */
static int authorize(void *wanted, int action, const char *first, const char *second,
                     const char *schema, const char *view)
{
    static const char *const pragmas[] = {"table_info",   "table_xinfo", "table_list",
                                          "index_list",   "index_info",  "foreign_key_list",
                                          "function_list"};
    static const char *const big[] = {"context", "cross_call", "estimate", "duration_range",
                                      "duration"};
    struct load_parts *parts = wanted;
    (void)schema, (void)view;
    switch (action) {
    case SQLITE_READ:
        for (size_t i = 0; parts && i < sizeof big / sizeof *big; i++)
            parts->contexts |= strcmp(first, big[i]) == 0;
        if (parts && strcmp(first, "function_code") == 0)
            parts->sites = parts->fingerprints = true; /* who asks by name is told of damage */
        if (parts && strcmp(first, "call_site") == 0)
            parts->sites = true;
        return SQLITE_OK;
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_FUNCTION:
        return strcmp(second, "load_extension") == 0 ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:
        for (size_t i = 0; i < sizeof pragmas / sizeof *pragmas; i++)
            if (strcmp(first, pragmas[i]) == 0)
                return SQLITE_OK;
        return SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

/* SQLite makes tables like json_each when they are first named, and would not be allowed to. */
static void make_virtual_tables(struct database *database)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database->handle,
                           "SELECT 1 FROM json_each('[]'), json_tree('[]'), pragma_table_info('x'),"
                           " pragma_table_xinfo('x'), pragma_function_list",
                           -1, &statement, NULL) == SQLITE_OK)
        sqlite3_finalize(statement);
}

/* Is there nothing but space and comments? */
static bool is_empty(sqlite3 *handle, const char *sql)
{
    sqlite3_stmt *statement = NULL;
    bool empty = true;
    while (empty && *sql) {
        empty = sqlite3_prepare_v2(handle, sql, -1, &statement, &sql) == SQLITE_OK && !statement;
        sqlite3_finalize(statement);
    }
    return empty;
}

static enum status prepare(struct database *database, const char *sql, struct load_parts *wanted,
                           sqlite3_stmt **statement)
{
    const char *rest;
    *statement = NULL;
    make_virtual_tables(database);
    sqlite3_limit(database->handle, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_set_authorizer(database->handle, authorize, wanted);
    if (sqlite3_prepare_v2(database->handle, sql, -1, statement, &rest) != SQLITE_OK)
        return query_failed(database, sql);
    if (!*statement)
        return fail(STATUS_USAGE, "query", NULL,
                    "there is no statement; give one like 'SELECT name, calls FROM functions'");
    if (!is_empty(database->handle, rest))
        return fail(STATUS_USAGE, "query", NULL, "more than one statement; give them one by one");
    if (!sqlite3_stmt_readonly(*statement))
        return fail(STATUS_USAGE, "query", NULL,
                    "a query can read and do nothing else: use SELECT");
    if (sqlite3_bind_parameter_count(*statement) > 0)
        return fail(STATUS_USAGE, "query", NULL,
                    "parameter '%s' has no value; write the value in its place",
                    sqlite3_bind_parameter_name(*statement, 1)
                        ? sqlite3_bind_parameter_name(*statement, 1)
                        : "?");
    return STATUS_OK;
}

enum status query_check(const char *sql, struct load_parts *parts)
{
    struct database database;
    sqlite3_stmt *statement;
    *parts = (struct load_parts){0};
    enum status status = database_open_memory(&database);
    if (status != STATUS_OK)
        return status;
    status = prepare(&database, sql, parts, &statement);
    sqlite3_finalize(statement);
    database_close(&database);
    return status;
}

/* Text may hold NULs, which end no column. */
static const char *text_of(struct pool *pool, const char *bytes, size_t size)
{
    if (strlen(bytes) == size)
        return text_valid(pool, bytes);
    char *text = pool_take(pool, 4 * size + 1), *end = text;
    for (const char *part = bytes;; part += strlen(part) + 1) {
        end = stpcpy(end, text_valid(pool, part));
        if (part + strlen(part) >= bytes + size)
            return text;
        end = stpcpy(end, "\\x00");
    }
}

static const char *hex_of(struct pool *pool, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    char *text = pool_take(pool, 2 * size + 1);
    for (size_t i = 0; i < size; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    text[2 * size] = '\0';
    return text;
}

static struct query_value value_at(struct pool *pool, sqlite3_stmt *row, int column)
{
    struct query_value value = {.type = sqlite3_column_type(row, column)};
    if (value.type == SQLITE_INTEGER)
        value.integer = sqlite3_column_int64(row, column);
    else if (value.type == SQLITE_FLOAT)
        value.real = sqlite3_column_double(row, column);
    if (value.type == SQLITE_NULL)
        return value;
    if (value.type == SQLITE_BLOB) {
        const void *bytes = sqlite3_column_blob(row, column);
        value.text = hex_of(pool, bytes, (size_t)sqlite3_column_bytes(row, column));
        return value;
    }
    const char *text = (const char *)sqlite3_column_text(row, column);
    if (!text)
        out_of_memory();
    value.text = text_of(pool, text, (size_t)sqlite3_column_bytes(row, column));
    return value;
}

static void name_columns(struct query *query, sqlite3_stmt *statement)
{
    query->column_count = (size_t)sqlite3_column_count(statement);
    query->names = memory_array(query->column_count, sizeof *query->names);
    for (size_t i = 0; i < query->column_count; i++) {
        const char *given = sqlite3_column_name(statement, (int)i);
        const char *name = given ? text_valid(&query->pool, given) : "";
        query->names[i] = name;
        int number = 0;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(query->names[k], query->names[i]) != 0)
                continue;
            query->names[i] = pool_format(&query->pool, "%s:%d", name, ++number);
            k = SIZE_MAX; /* the new one may be there, too */
        }
    }
}

static enum status add_row(struct query *query, sqlite3_stmt *row)
{
    query->values = memory_grow(query->values, &query->capacity, query->row_count,
                                query->column_count * sizeof *query->values);
    struct query_value *values = query->values + query->row_count++ * query->column_count;
    for (size_t i = 0; i < query->column_count; i++) {
        values[i] = value_at(&query->pool, row, (int)i);
        query->bytes += sizeof *values + (values[i].text ? strlen(values[i].text) : 0);
    }
    if (query->bytes > MOST_BYTES)
        return fail(STATUS_USAGE, "query", NULL,
                    "the result takes more than %d MiB; ask for less, with WHERE or LIMIT",
                    MOST_BYTES >> 20);
    return STATUS_OK;
}

/* What a statement does wrong while it runs is its own; the rest is the database's. */
static enum status step_failed(struct database *database, const char *sql)
{
    switch (sqlite3_errcode(database->handle) & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH:
    case SQLITE_AUTH:
        return fail(STATUS_USAGE, "query", NULL, "%s; change the statement",
                    sqlite3_errmsg(database->handle));
    default:
        return database_failed(database, sql);
    }
}

enum status query_run(struct query *query, struct database *database, const char *sql)
{
    sqlite3_stmt *statement;
    *query = (struct query){0};
    enum status status = prepare(database, sql, NULL, &statement);
    if (status == STATUS_OK)
        name_columns(query, statement);
    int result = SQLITE_DONE;
    while (status == STATUS_OK && (result = sqlite3_step(statement)) == SQLITE_ROW)
        status = add_row(query, statement);
    if (status == STATUS_OK && result != SQLITE_DONE)
        status = step_failed(database, sql);
    sqlite3_finalize(statement);
    return status;
}

void query_free(struct query *query)
{
    free(query->names);
    free(query->values);
    pool_free(&query->pool);
}
