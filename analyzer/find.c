#include "find.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../plugin/pattern.h"
#include "nearest.h"
#include "text.h"

/* Of what fits nothing, the names that may have been meant. */
enum { SUGGESTIONS = 3 };

struct suggestions {
    struct pool pool;
    const char *names[SUGGESTIONS];
    size_t distances[SUGGESTIONS];
    size_t count;
};

/* What somebody looks for. */
struct search {
    const char *command, *option, *text;
    struct pattern *pattern; /* NULL: the text stands for itself */
    struct suggestions suggestions;
};

static enum status begin(struct search *search, const char *command, const char *option,
                         const char *text)
{
    *search = (struct search){.command = command, .option = option, .text = text};
    if (pattern_is_literal(text, PATTERN_GIVEN))
        return STATUS_OK;
    char *problem = NULL;
    search->pattern = pattern_make(text, PATTERN_GIVEN, &problem);
    if (search->pattern)
        return STATUS_OK;
    enum status status = fail(STATUS_USAGE, command, NULL, "%s%s%s is no pattern: %s; mend it",
                              option ? option : "", option ? "=" : "", text, problem);
    free(problem);
    return status;
}

static void end(struct search *search)
{
    if (search->pattern)
        pattern_free(search->pattern);
    pool_free(&search->suggestions.pool);
}

/* Keeps the name if it is among the nearest so far, and not there yet. */
static void suggest(struct search *search, const char *name)
{
    struct suggestions *known = &search->suggestions;
    size_t distance = nearest_distance(search->text, name), at = known->count;
    if (!nearest_is_slip(search->text, name) && !strstr(name, search->text))
        return;
    for (size_t i = 0; i < known->count; i++)
        if (strcmp(known->names[i], name) == 0)
            return;
    while (at > 0 && known->distances[at - 1] > distance)
        at--;
    if (at == SUGGESTIONS)
        return;
    known->count += known->count < SUGGESTIONS;
    for (size_t i = known->count - 1; i > at; i--) {
        known->names[i] = known->names[i - 1];
        known->distances[i] = known->distances[i - 1];
    }
    known->names[at] = pool_copy(&known->pool, name);
    known->distances[at] = distance;
}

static enum status nothing_fits(struct search *search, const char *what)
{
    struct suggestions *known = &search->suggestions;
    const char *list = "";
    for (size_t i = 0; i < known->count; i++) {
        const char *separator = i == 0 ? "" : i + 1 == known->count ? " or " : ", ";
        list = pool_format(&known->pool, "%s%s'%s'", list, separator, known->names[i]);
    }
    const char *option = search->option ? search->option : "";
    const char *equals = search->option ? "=" : "";
    if (known->count > 0)
        return fail(STATUS_USAGE, search->command, NULL, "%s%s%s: no such %s; did you mean %s?",
                    option, equals, search->text, what, list);
    return fail(STATUS_USAGE, search->command, NULL,
                "%s%s%s: no such %s was called; 'profinst report --limit=0' shows all", option,
                equals, search->text, what);
}

static void add(struct found *found, size_t *capacity, int64_t id)
{
    found->ids = memory_grow(found->ids, capacity, found->count, sizeof *found->ids);
    found->ids[found->count++] = id;
}

/* The ways in which a function may be called by its name, the best first. */
enum { WAYS = 4 };

static void ways_of(struct pool *pool, sqlite3_stmt *row, const char *ways[WAYS])
{
    ways[0] = database_text(pool, row, 1);
    ways[1] = text_bare_name(pool, ways[0]);
    ways[2] = text_last_name(ways[1]);
    ways[3] = database_text(pool, row, 2);
}

/* The best way that fits: those without pattern first. 2 * WAYS: none. */
static size_t best_way(const struct search *search, const char *const ways[WAYS])
{
    for (size_t i = 0; i < WAYS; i++)
        if (strcmp(search->text, ways[i]) == 0)
            return i;
    for (size_t i = 0; search->pattern && i < WAYS; i++)
        if (pattern_matches(search->pattern, ways[i]))
            return WAYS + i;
    return 2 * WAYS;
}

static enum status search_functions(struct database *database, struct search *search,
                                    struct found *found)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT function_id, name, linkage_name FROM functions"
        " ORDER BY cumulative_ns DESC, calls DESC, name, linkage_name, function_id",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t best = 2 * WAYS, capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        struct pool pool = {0};
        const char *ways[WAYS];
        ways_of(&pool, row, ways);
        size_t way = best_way(search, ways);
        if (way < best) {
            best = way;
            found->count = 0;
        }
        if (way == best && best < 2 * WAYS)
            add(found, &capacity, sqlite3_column_int64(row, 0));
        if (best == 2 * WAYS)
            suggest(search, ways[strstr(search->text, "::") ? 1 : 2]);
        pool_free(&pool);
    }
    sqlite3_finalize(row);
    return status == STATUS_OK && found->count == 0 ? nothing_fits(search, "function") : status;
}

enum status find_functions(struct database *database, const char *command, const char *option,
                           const char *name, struct found *found)
{
    *found = (struct found){0};
    struct search search;
    enum status status = begin(&search, command, option, name);
    if (status == STATUS_OK)
        status = search_functions(database, &search, found);
    end(&search);
    return status;
}

static bool fits(const struct search *search, const char *name)
{
    return search->pattern ? pattern_matches(search->pattern, name)
                           : strcmp(search->text, name) == 0;
}

/* Whether it fits the path, or what stands behind one of its slashes. */
static bool fits_path(const struct search *search, const char *path)
{
    bool found = fits(search, path);
    for (const char *slash = strchr(path, '/'); slash && !found; slash = strchr(slash + 1, '/'))
        found = fits(search, slash + 1);
    return found;
}

static enum status find_by_path(struct database *database, struct search *search, const char *sql,
                                const char *what, struct found *found)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        struct pool pool = {0};
        const char *path = database_text(&pool, row, 1);
        if (fits_path(search, path))
            add(found, &capacity, sqlite3_column_int64(row, 0));
        else if (found->count == 0)
            suggest(search, strchr(search->text, '/') ? path : text_base_name(path));
        pool_free(&pool);
    }
    sqlite3_finalize(row);
    return status == STATUS_OK && found->count == 0 ? nothing_fits(search, what) : status;
}

#define BY_TIME " ORDER BY cumulative_ns DESC, calls DESC, function_id"

enum status find_by_file(struct database *database, const char *command, const char *option,
                         const char *pattern, struct found *found)
{
    *found = (struct found){0};
    struct search search;
    enum status status = begin(&search, command, option, pattern);
    if (status == STATUS_OK)
        status =
            find_by_path(database, &search,
                         "SELECT function_id, file FROM functions WHERE file IS NOT NULL" BY_TIME,
                         "file", found);
    end(&search);
    return status;
}

enum status find_by_module(struct database *database, const char *command, const char *option,
                           const char *pattern, struct found *found)
{
    *found = (struct found){0};
    struct search search;
    enum status status = begin(&search, command, option, pattern);
    if (status == STATUS_OK)
        status = find_by_path(
            database, &search,
            "SELECT function_id, module_path FROM functions WHERE module_path IS NOT NULL" BY_TIME,
            "module", found);
    end(&search);
    return status;
}

enum status find_store(struct database *database, const struct found *found, const char *table)
{
    struct pool pool = {0};
    sqlite3_stmt *statement = NULL;
    enum status status =
        database_execute(database, pool_format(&pool,
                                               "DROP TABLE IF EXISTS temp.%s;"
                                               "CREATE TEMP TABLE %s (id INTEGER PRIMARY KEY)",
                                               table, table));
    if (status == STATUS_OK)
        status = database_prepare(
            database, pool_format(&pool, "INSERT INTO temp.%s VALUES (?)", table), &statement);
    for (size_t i = 0; status == STATUS_OK && i < found->count; i++) {
        sqlite3_bind_int64(statement, 1, found->ids[i]);
        status = database_run(database, statement);
    }
    sqlite3_finalize(statement);
    pool_free(&pool);
    return status;
}
