#include "series_find.h"

#include <stdlib.h>

#include "nearest.h"

enum status series_find(struct database *database, const char *named, int64_t *id)
{
    return database_number(
        database,
        "SELECT id FROM series"
        " WHERE ?1 IS NULL OR name = ?1 OR CAST(id AS TEXT) = ?1 OR 'series:' || id = ?1"
        " ORDER BY ?1 IS NULL OR name IS ?1 DESC, started_unix_ns DESC, id DESC",
        named, 0, id);
}

enum status series_find_named(struct database *database, const char *command, const char *named,
                              int64_t *id)
{
    enum status status = series_find(database, named, id);
    if (status != STATUS_OK || *id != 0)
        return status;
    return series_unknown(database, command, "series", named,
                          "SELECT DISTINCT name FROM series WHERE name IS NOT NULL ORDER BY name",
                          "'profinst series' lists them");
}

enum status series_unknown(struct database *database, const char *command, const char *what,
                           const char *name, const char *names, const char *advice)
{
    struct pool pool = {0};
    const char **known = NULL;
    size_t count = 0, capacity = 0;
    sqlite3_stmt *statement;
    bool row = false;
    enum status status = database_prepare(database, names, &statement);
    while (status == STATUS_OK) {
        known = memory_grow(known, &capacity, count, sizeof *known);
        known[count] = NULL;
        status = database_step(database, statement, &row);
        if (status != STATUS_OK || !row)
            break;
        known[count++] = database_text(&pool, statement, 0);
    }
    sqlite3_finalize(statement);
    if (status == STATUS_OK) {
        const char *nearest = nearest_of(name, known);
        if (nearest)
            status =
                fail(STATUS_USAGE, command, NULL, "there is no %s '%s' in %s; did you mean '%s'?",
                     what, name, database->path, nearest);
        else
            status = fail(STATUS_USAGE, command, NULL, "there is no %s '%s' in %s; %s", what, name,
                          database->path, advice);
    }
    free(known);
    pool_free(&pool);
    return status;
}
