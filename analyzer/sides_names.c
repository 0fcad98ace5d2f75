#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"
#include "sides_steps.h"
#include "text.h"

void side_add_run(struct side *side, int64_t run)
{
    for (size_t i = 0; i < side->run_count; i++)
        if (side->runs[i] == run)
            return;
    side->runs = memory_grow(side->runs, &side->capacity, side->run_count, sizeof *side->runs);
    side->runs[side->run_count++] = run;
}

/* Those that ended by themselves, or all. */
static enum status add_runs(struct side *side, struct database *database, bool all)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT run_id, run_id IS NOT NULL AND (?2 OR signal IS NULL)"
        " AND EXISTS (SELECT 1 FROM process WHERE process.run_id = series_run.run_id)"
        " FROM series_run WHERE series_id = ?1 ORDER BY number",
        &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, side->series);
    sqlite3_bind_int(row, 2, all);
    side->left_out = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        if (sqlite3_column_int(row, 1))
            side_add_run(side, sqlite3_column_int64(row, 0));
        else
            side->left_out++;
    }
    sqlite3_finalize(row);
    return status;
}

enum status side_add_series(const struct sides *sides, struct side *side, struct database *database)
{
    enum status status = add_runs(side, database, false);
    if (status == STATUS_OK && side->run_count == 0)
        status = add_runs(side, database, true);
    if (status == STATUS_OK && side->run_count == 0)
        status = fail(STATUS_INPUT, sides->command, database->path,
                      "%s has no run that left a profile; measure again with 'profinst run'",
                      side->label);
    return status;
}

/* The first column of the only row, and the text in its second as label. *found: is there one? */
static enum status find(struct sides *sides, struct side *side, struct database *database,
                        const char *sql, int64_t *id, bool *found)
{
    sqlite3_stmt *row;
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    if (side->text && sqlite3_bind_parameter_count(row) > 0)
        database_bind_text(row, 1, side->text);
    status = database_step(database, row, found);
    if (status == STATUS_OK && *found) {
        *id = sqlite3_column_int64(row, 0);
        side->label = database_text(&sides->pool, row, 1);
    }
    sqlite3_finalize(row);
    return status;
}

/* In the order in which they are looked for. */
static const char baseline_of_name[] = "SELECT series_id, 'baseline ' || name FROM baseline"
                                       " WHERE name = ?1 AND replaced_unix_ns IS NULL";
static const char series_of_name[] = "SELECT id, 'series ' || name FROM series WHERE name = ?1"
                                     " ORDER BY started_unix_ns DESC, id DESC LIMIT 1";
static const char series_of_number[] =
    "SELECT id, 'series ' || id || ifnull(' (' || name || ')', '') FROM series"
    " WHERE 'series:' || id = ?1";
static const char newest_series[] =
    "SELECT id, 'series ' || ifnull(name, id) || ', the newest' FROM series"
    " ORDER BY started_unix_ns DESC, id DESC LIMIT 1";
static const char run_of_number[] =
    "SELECT id, 'run ' || id FROM run WHERE 'run:' || id = ?1"
    " AND EXISTS (SELECT 1 FROM process WHERE process.run_id = run.id)";

/* All that could be named, NULL behind the last; the caller frees the array. */
static enum status list_names(struct sides *sides, struct database *database, const char ***names,
                              size_t *count)
{
    sqlite3_stmt *row;
    bool more;
    size_t capacity = 0;
    *names = NULL;
    *count = 0;
    enum status status = database_prepare(
        database,
        "SELECT name FROM baseline WHERE replaced_unix_ns IS NULL"
        " UNION SELECT name FROM series WHERE name IS NOT NULL"
        " UNION ALL SELECT * FROM (SELECT 'series:' || id FROM series ORDER BY id DESC LIMIT 100)"
        " UNION ALL SELECT * FROM (SELECT 'run:' || id FROM run ORDER BY id DESC LIMIT 100)",
        &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK) {
        *names = memory_grow(*names, &capacity, *count, sizeof **names);
        (*names)[*count] = more ? database_text(&sides->pool, row, 0) : NULL;
        if (!more)
            break;
        ++*count;
    }
    sqlite3_finalize(row);
    return status;
}

static enum status nothing_found(struct sides *sides, const struct side *side,
                                 struct database *database)
{
    enum { SHOWN = 8 };
    const char **names;
    size_t count;
    enum status status = list_names(sides, database, &names, &count);
    if (status != STATUS_OK) {
        free(names);
        return status;
    }
    const char *nearest = nearest_of(side->text, names), *all = "";
    for (size_t i = 0; i < count && i < SHOWN; i++)
        all = pool_format(&sides->pool, "%s%s%s", all, i > 0 ? ", " : "", names[i]);
    if (nearest)
        fail(STATUS_USAGE, sides->command, side->text,
             "no such file, and no such baseline, series or run in %s; did you mean '%s'?",
             database->path, nearest);
    else if (count > 0)
        fail(STATUS_USAGE, sides->command, side->text,
             "no such file, and no such baseline, series or run in %s; there are %s%s",
             database->path, all, count > SHOWN ? ", ..." : "");
    else
        fail(STATUS_USAGE, sides->command, side->text,
             "no such file, and %s holds no runs; make some with 'profinst run'", database->path);
    free(names);
    return STATUS_USAGE;
}

enum status side_find_name(struct sides *sides, struct side *side, struct database *database)
{
    static const char *const of_series[] = {baseline_of_name, series_of_name, series_of_number};
    bool found = false;
    int64_t run = 0;
    enum status status = STATUS_OK;
    if (!side->text)
        status = find(sides, side, database, newest_series, &side->series, &found);
    for (size_t i = 0; side->text && status == STATUS_OK && !found && i < 3; i++)
        status = find(sides, side, database, of_series[i], &side->series, &found);
    if (status == STATUS_OK && found)
        return side_add_series(sides, side, database);
    if (status == STATUS_OK && !side->text)
        return fail(STATUS_INPUT, sides->command, database->path,
                    "there is no series in it; measure one with 'profinst run'");
    if (status == STATUS_OK)
        status = find(sides, side, database, run_of_number, &run, &found);
    if (status == STATUS_OK && found)
        side_add_run(side, run);
    return status != STATUS_OK || found ? status : nothing_found(sides, side, database);
}
