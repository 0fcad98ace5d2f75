/* What is wrong with a statement. */
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "query.h"
#include "text.h"

enum { EXCERPT_WIDTH = 40 };

/* Names that somebody may have meant. */
struct names {
    const char **names;
    size_t count, capacity;
};

/* Adds what a statement returns, whose parameter is `argument`. One that fails adds nothing: that
 * is a view that nobody can ask. */
static void add_names(struct database *database, struct pool *pool, struct names *names,
                      const char *sql, const char *argument)
{
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(database->handle, sql, -1, &row, NULL) != SQLITE_OK)
        return;
    sqlite3_bind_text(row, 1, argument, -1, SQLITE_STATIC);
    while (sqlite3_step(row) == SQLITE_ROW) {
        names->names =
            memory_grow(names->names, &names->capacity, names->count, sizeof *names->names);
        names->names[names->count++] = database_text(pool, row, 0);
    }
    sqlite3_finalize(row);
}

/* What there is in place of a thing that there is not, by SQLite's word for it. Tables come in the
 * order of how likely they are meant: those that stand in the statement, ?1, and views. */
static const char table_sql[] = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
                                " ORDER BY instr(?1, name) > 0 DESC, type DESC, name";
static const char column_sql[] = "SELECT name FROM pragma_table_info(?1)";
static const char function_sql[] =
    "SELECT DISTINCT name FROM pragma_function_list WHERE ?1 IS NOT NULL ORDER BY name";

static const char read_only[] = "a query can read and do nothing else: use SELECT";

static const struct {
    const char *message;
    const char *sql;
} things[] = {
    {"no such column: ", column_sql},
    {"no such table: ", table_sql},
    {"no such function: ", function_sql},
};

/* The nearest of such things; NULL if none is near. */
static const char *nearest(struct database *database, struct pool *pool, const char *list,
                           const char *sql, const char *written)
{
    struct names tables = {0}, found = {0};
    if (list == column_sql)
        add_names(database, pool, &tables, table_sql, sql);
    else
        add_names(database, pool, &found, list, sql);
    for (size_t i = 0; i < tables.count; i++)
        add_names(database, pool, &found, column_sql, tables.names[i]);
    found.names = memory_grow(found.names, &found.capacity, found.count, sizeof *found.names);
    found.names[found.count] = NULL;
    const char *name = nearest_of(written, found.names);
    free(tables.names);
    free(found.names);
    return name;
}

static const char *advice(struct database *database, struct pool *pool, const char *message,
                          const char *sql)
{
    static const char view[] = "cannot modify "; /* of a view, before anybody is asked */
    if (strncmp(message, view, sizeof view - 1) == 0)
        return read_only;
    for (size_t i = 0; i < sizeof things / sizeof *things; i++) {
        size_t length = strlen(things[i].message);
        if (strncmp(message, things[i].message, length) != 0)
            continue;
        const char *dot = strrchr(message, '.');
        const char *written = dot ? dot + 1 : message + length;
        const char *found = nearest(database, pool, things[i].sql, sql, written);
        return found ? pool_format(pool, "did you mean '%s'?", found)
                     : "'profinst schema' shows what there is";
    }
    return "mend the statement";
}

/* "at character 8, 'self_sn FROM functions'", or "" where SQLite does not know. */
static const char *place(struct database *database, struct pool *pool, const char *sql)
{
#if SQLITE_VERSION_NUMBER >= 3038000
    int offset = sqlite3_error_offset(database->handle);
#else
    int offset = -1;
#endif
    if (offset < 0 || (size_t)offset >= strlen(sql))
        return "";
    size_t characters = 1;
    for (int i = 0; i < offset; i++)
        characters += (sql[i] & 0xC0) != 0x80;
    char *rest = pool_copy(pool, sql + offset);
    for (char *at = rest; *at; at++)
        *at = *at == '\n' || *at == '\t' ? ' ' : *at;
    return pool_format(pool, ", at character %zu: %s", characters,
                       text_cut(pool, text_valid(pool, rest), EXCERPT_WIDTH));
}

enum status query_failed(struct database *database, const char *sql)
{
    int code = sqlite3_errcode(database->handle) & 0xFF;
    if (code == SQLITE_AUTH)
        return fail(STATUS_USAGE, "query", NULL, "%s; %s", sqlite3_errmsg(database->handle),
                    read_only);
    if (code != SQLITE_ERROR && code != SQLITE_TOOBIG)
        return database_failed(database, sql);
    struct pool pool = {0};
    const char *message = pool_copy(&pool, sqlite3_errmsg(database->handle));
    const char *where = place(database, &pool, sql);
    enum status status = fail(STATUS_USAGE, "query", NULL, "%s%s; %s", message, where,
                              advice(database, &pool, message, sql));
    pool_free(&pool);
    return status;
}
