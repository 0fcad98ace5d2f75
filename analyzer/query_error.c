/* What is wrong with a statement. */
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "query.h"
#include "text.h"

enum { EXCERPT_WIDTH = 40 };

/* What there is in place of a thing that there is not, by SQLite's word for it; what stands in the
 * statement comes first. */
static const struct {
    const char *message;
    const char *sql; /* ?1 is the statement */
} things[] = {
    {"no such column: ", "SELECT name FROM (SELECT DISTINCT info.name AS name,"
                         " instr(?1, thing.name) > 0 AS near"
                         " FROM sqlite_schema AS thing, pragma_table_info(thing.name) AS info"
                         " WHERE thing.type IN ('table', 'view')) ORDER BY near DESC, name"},
    {"no such table: ", "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
                        " AND ?1 IS NOT NULL ORDER BY type DESC, name"},
    {"no such function: ", "SELECT DISTINCT name FROM pragma_function_list"
                           " WHERE ?1 IS NOT NULL ORDER BY name"},
};

/* The nearest of the names that the statement returns; NULL if none is near. */
static const char *nearest(struct database *database, struct pool *pool, const char *list,
                           const char *sql, const char *written)
{
    sqlite3_stmt *row;
    if (sqlite3_prepare_v2(database->handle, list, -1, &row, NULL) != SQLITE_OK)
        return NULL;
    sqlite3_bind_text(row, 1, sql, -1, SQLITE_STATIC);
    const char **names = NULL;
    size_t count = 0, capacity = 0;
    while (sqlite3_step(row) == SQLITE_ROW) {
        names = memory_grow(names, &capacity, count, sizeof *names);
        names[count++] = database_text(pool, row, 0);
    }
    sqlite3_finalize(row);
    names = memory_grow(names, &capacity, count, sizeof *names);
    names[count] = NULL;
    const char *found = nearest_of(written, names);
    free(names);
    return found;
}

static const char *advice(struct database *database, struct pool *pool, const char *message,
                          const char *sql)
{
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
        return fail(STATUS_USAGE, "query", NULL,
                    "%s; a query can read and do nothing else: use SELECT",
                    sqlite3_errmsg(database->handle));
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
