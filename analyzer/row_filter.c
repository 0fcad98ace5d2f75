#include "row_filter.h"

#include <stdlib.h>

#include "command.h"
#include "find.h"

enum { KEY_FUNCTION = 0x200, KEY_FILE, KEY_MODULE, KEY_MIN_CALLS }; /* options without a letter */

static const struct argp_option options[] = {
    {.name = "function",
     .key = KEY_FUNCTION,
     .arg = "FUNCTION",
     .doc = "Only this function: its name with or without parameters and namespaces, a glob, or "
            "re: and a regular expression"},
    {.name = "file",
     .key = KEY_FILE,
     .arg = "PATTERN",
     .doc = "Only functions of files that the pattern fits: the whole path, or the part behind a "
            "slash"},
    {.name = "module",
     .key = KEY_MODULE,
     .arg = "PATTERN",
     .doc = "Only functions of executables or libraries that the pattern fits"},
    {.name = "min-calls",
     .key = KEY_MIN_CALLS,
     .arg = "N",
     .doc = "Only functions that were called so often"},
    {0},
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct row_filter *filter = state->input;
    switch (key) {
    case KEY_FUNCTION:
        filter->function = argument;
        return 0;
    case KEY_FILE:
        filter->file = argument;
        return 0;
    case KEY_MODULE:
        filter->module = argument;
        return 0;
    case KEY_MIN_CALLS:
        filter->min_calls = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp row_filter_parser = {.options = options, .parser = parse};

bool row_filter_is_set(const struct row_filter *filter)
{
    return filter->function || filter->file || filter->module || filter->min_calls;
}

typedef enum status find(struct database *database, const char *command, const char *option,
                         const char *text, struct found *found);

/* Leaves of those wanted so far what is found, too. */
static enum status keep(struct database *database, const char *command, const char *option,
                        const char *text, find *look)
{
    struct found found;
    if (!text)
        return STATUS_OK;
    enum status status = look(database, command, option, text, &found);
    if (status == STATUS_OK)
        status = find_store(database, &found, "found");
    if (status == STATUS_OK)
        status = database_execute(
            database, "DELETE FROM temp.shown WHERE id NOT IN (SELECT id FROM temp.found)");
    free(found.ids);
    return status;
}

/* How often is asked of what the database shows at the time, which may become less. */
static enum status keep_called(struct database *database, const char *command, const char *text)
{
    long long calls = 0;
    sqlite3_stmt *statement;
    enum status status = text ? command_number(command, "--min-calls", text, &calls) : STATUS_OK;
    if (status == STATUS_OK)
        status = database_execute(database, "CREATE TEMP TABLE shown_calls (least INTEGER)");
    if (status == STATUS_OK)
        status = database_prepare(database, "INSERT INTO temp.shown_calls VALUES (?)", &statement);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(statement, 1, calls);
    status = database_run(database, statement);
    sqlite3_finalize(statement);
    return status;
}

enum status row_filter_apply(struct database *database, const char *command,
                             const struct row_filter *filter)
{
    enum status status = database_execute(
        database, "DROP VIEW IF EXISTS temp.shown_functions; DROP VIEW IF EXISTS temp.shown_edges;"
                  "DROP TABLE IF EXISTS temp.shown; DROP TABLE IF EXISTS temp.shown_calls");
    if (status == STATUS_OK && !row_filter_is_set(filter))
        return database_execute(database,
                                "CREATE TEMP VIEW shown_functions AS SELECT * FROM functions;"
                                "CREATE TEMP VIEW shown_edges AS SELECT * FROM edges");
    if (status == STATUS_OK)
        status =
            database_execute(database, "CREATE TEMP TABLE shown (id INTEGER PRIMARY KEY);"
                                       "INSERT INTO temp.shown SELECT function_id FROM functions");
    if (status == STATUS_OK)
        status = keep(database, command, "--function", filter->function, find_functions);
    if (status == STATUS_OK)
        status = keep(database, command, "--file", filter->file, find_by_file);
    if (status == STATUS_OK)
        status = keep(database, command, "--module", filter->module, find_by_module);
    if (status == STATUS_OK)
        status = keep_called(database, command, filter->min_calls);
    if (status == STATUS_OK)
        status =
            database_execute(database, "CREATE TEMP VIEW shown_functions AS SELECT * FROM functions"
                                       " WHERE function_id IN (SELECT id FROM temp.shown)"
                                       " AND calls >= (SELECT least FROM temp.shown_calls);"
                                       "CREATE TEMP VIEW shown_edges AS SELECT * FROM edges WHERE"
                                       " caller_id IN (SELECT function_id FROM shown_functions) OR"
                                       " callee_id IN (SELECT function_id FROM shown_functions)");
    return status;
}
