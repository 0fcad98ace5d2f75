/* SQLite looks for a name among the temporary tables and views first. So there they are made again:
 * tables as views of the rows in question, and views with the very text that they have in the
 * schema. */
#include "scope.h"

#include <stdlib.h>
#include <string.h>

#include "histogram.h"

static const char lift_sql[] = "DROP TABLE IF EXISTS temp.scope_process;"
                               "DROP TABLE IF EXISTS temp.scope_thread;";

/* Step by step, so that each can say what there was to choose from. */
static const char run_sql[] = "DELETE FROM temp.scope_process WHERE id NOT IN"
                              " (SELECT id FROM main.process WHERE CAST(run_id AS TEXT) = ?1)";
static const char program_sql[] =
    "DELETE FROM temp.scope_process WHERE id NOT IN (SELECT id FROM main.process"
    " WHERE ifnull(program, '') = ?1 OR substr(program, -1 - length(?1)) = '/' || ?1)";
static const char whole_program_sql[] =
    "DELETE FROM temp.scope_process WHERE id NOT IN (SELECT id FROM main.process"
    " WHERE ifnull(program, '') = ?1)";
static const char process_sql[] =
    "DELETE FROM temp.scope_process WHERE id NOT IN (SELECT id FROM main.process"
    " WHERE CAST(process_id AS TEXT) = ?1)";
static const char thread_sql[] =
    "INSERT INTO temp.scope_thread SELECT thread.id FROM main.thread"
    " JOIN temp.scope_process ON scope_process.id = thread.process_id"
    " WHERE ?1 IS NULL OR thread.name = ?1 OR CAST(thread.number AS TEXT) = ?1";

/* Those that have none of the threads. */
static const char bare_processes_sql[] =
    "DELETE FROM temp.scope_process WHERE id NOT IN (SELECT process_id FROM main.thread"
    " WHERE id IN (SELECT id FROM temp.scope_thread))";

#define IN_PROCESSES " WHERE process_id IN (SELECT id FROM temp.scope_process);"
#define IN_THREADS " WHERE thread_id IN (SELECT id FROM temp.scope_thread);"

static const char tables_sql[] =
    "CREATE TEMP VIEW process AS SELECT * FROM main.process"
    " WHERE id IN (SELECT id FROM temp.scope_process);"
    "CREATE TEMP VIEW thread AS SELECT * FROM main.thread"
    " WHERE id IN (SELECT id FROM temp.scope_thread);"
    "CREATE TEMP VIEW thread_total AS SELECT * FROM main.thread_total" IN_THREADS
    "CREATE TEMP VIEW function_code AS SELECT * FROM main.function_code" IN_PROCESSES;

/* Of whole processes. */
static const char process_totals_sql[] =
    "CREATE TEMP VIEW function_total AS SELECT * FROM main.function_total" IN_PROCESSES
    "CREATE TEMP VIEW edge_total AS SELECT * FROM main.edge_total" IN_PROCESSES;

/* Of some of their threads: what totals_of adds up, but that errors of contexts do not cancel each
 * other. */
#define CONTEXT_SUMS                                                                               \
    " sum(calls) AS calls, sum(inlined_calls) AS inlined_calls,"                                   \
    " sum(recursive_calls) AS recursive_calls, sum(cumulative_ns) AS cumulative_ns,"               \
    " sum(called_ns) AS called_ns"
#define CONTEXT_TERMS                                                                              \
    " here.calls AS calls, iif(here.inlined, here.calls, 0) AS inlined_calls,"                     \
    " iif(here.nested, here.calls, 0) AS recursive_calls,"                                         \
    " iif(here.nested, 0, here.cumulative_ns) AS cumulative_ns,"                                   \
    " iif(here.inlined, 0, here.cumulative_ns) AS called_ns"
#define CONTEXTS                                                                                   \
    " FROM temp.process JOIN main.context AS here"                                                 \
    "  ON here.id BETWEEN process.first_context_id AND process.last_context_id"
#define CHOSEN " here.thread_id IN (SELECT id FROM temp.scope_thread)"

static const char thread_totals_sql[] =
    "CREATE TEMP TABLE function_total AS SELECT process_id, function_id," CONTEXT_SUMS ","
    " sum(self_ns) AS self_ns, sum(raw_self_ns) AS raw_self_ns,"
    " sum(self_error_ns) AS self_error_ns, sum(cumulative_error_ns) AS cumulative_error_ns"
    " FROM (SELECT process.id AS process_id, here.function_id AS function_id," CONTEXT_TERMS ","
    "  here.self_ns AS self_ns, here.raw_self_ns AS raw_self_ns,"
    "  ifnull(estimate.self_error_ns, 0) AS self_error_ns,"
    "  iif(here.nested, 0, ifnull(estimate.cumulative_error_ns, 0)) AS cumulative_error_ns" CONTEXTS
    "  LEFT JOIN main.estimate ON estimate.context_id = here.id"
    "  WHERE here.function_id IS NOT NULL AND" CHOSEN
    " UNION ALL SELECT process.id, here.function_id, cross_call.calls, 0,"
    "  cross_call.recursive_calls, 0, 0, 0, 0, 0, 0" CONTEXTS
    "  JOIN main.cross_call ON cross_call.context_id = here.id"
    "  WHERE here.function_id IS NOT NULL AND" CHOSEN ")"
    " GROUP BY process_id, function_id"
    " HAVING sum(calls) > 0 OR sum(cumulative_ns) > 0 OR sum(raw_self_ns) > 0;"
    "CREATE TEMP TABLE edge_total AS SELECT process_id, caller_id, callee_id," CONTEXT_SUMS
    " FROM (SELECT process.id AS process_id, caller.function_id AS caller_id,"
    "  here.function_id AS callee_id," CONTEXT_TERMS CONTEXTS
    "  JOIN main.context AS caller ON caller.id = here.parent_id"
    "  WHERE caller.function_id IS NOT NULL AND" CHOSEN
    " UNION ALL SELECT process.id, caller.function_id, here.function_id, cross_call.calls, 0,"
    "  cross_call.recursive_calls, 0, 0" CONTEXTS
    "  JOIN main.cross_call ON cross_call.context_id = here.id"
    "  JOIN main.context AS caller ON caller.id = cross_call.caller_context_id"
    "  WHERE caller.function_id IS NOT NULL AND" CHOSEN ")"
    " GROUP BY process_id, caller_id, callee_id"
    " HAVING sum(calls) > 0 OR sum(cumulative_ns) > 0 OR sum(called_ns) > 0;";

/* Runs a step with its parameter. */
static enum status choose(struct database *database, const char *sql, const char *text)
{
    sqlite3_stmt *statement;
    enum status status = database_prepare(database, sql, &statement);
    if (status != STATUS_OK)
        return status;
    database_bind_text(statement, 1, text);
    status = database_run(database, statement);
    sqlite3_finalize(statement);
    return status;
}

/* What there is, for who asked for what there is not: a list of at most some. */
static enum status list(struct database *database, struct pool *pool, const char *sql,
                        const char **names)
{
    enum { MOST = 8 };
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, sql, &row);
    *names = "";
    for (int i = 0; status == STATUS_OK; i++) {
        status = database_step(database, row, &more);
        if (status != STATUS_OK || !more)
            break;
        *names = pool_format(pool, "%s%s%s", *names, i ? ", " : "",
                             i < MOST ? database_text(pool, row, 0) : "…");
        if (i == MOST)
            break;
    }
    sqlite3_finalize(row);
    return status;
}

static enum status is_empty(struct database *database, const char *table, bool *empty)
{
    struct pool pool = {0};
    sqlite3_stmt *row;
    enum status status =
        database_prepare(database, pool_format(&pool, "SELECT 1 FROM temp.%s", table), &row);
    bool more = false;
    if (status == STATUS_OK)
        status = database_step(database, row, &more);
    *empty = !more;
    sqlite3_finalize(row);
    pool_free(&pool);
    return status;
}

/* A step that must leave something in the table; `names_sql` lists what there is before it. */
struct step {
    const char *option, *value;
    const char *sql, *table, *names_sql;
};

static enum status take(struct database *database, const char *command, const struct step *step)
{
    struct pool pool = {0};
    const char *names;
    bool empty = false;
    if (!step->value)
        return STATUS_OK;
    enum status status = list(database, &pool, step->names_sql, &names);
    if (status == STATUS_OK)
        status = choose(database, step->sql, step->value);
    if (status == STATUS_OK)
        status = is_empty(database, step->table, &empty);
    if (status == STATUS_OK && empty)
        status = fail(STATUS_USAGE, command, NULL, "--%s=%s: there is none; there are: %s",
                      step->option, step->value, names);
    pool_free(&pool);
    return status;
}

#define OF_CHOSEN " FROM main.process JOIN temp.scope_process ON scope_process.id = process.id"

/* Which processes and threads. */
static enum status choose_all(struct database *database, const char *command,
                              const struct scope *scope)
{
    const struct step run = {"run", scope->run, run_sql, "scope_process",
                             "SELECT DISTINCT run_id" OF_CHOSEN " ORDER BY run_id"};
    const struct step program = {
        "program", scope->program, scope->whole_program ? whole_program_sql : program_sql,
        "scope_process", "SELECT DISTINCT program" OF_CHOSEN " ORDER BY program"};
    const struct step process = {"process", scope->process, process_sql, "scope_process",
                                 "SELECT DISTINCT process_id" OF_CHOSEN " ORDER BY process_id"};
    const struct step thread = {
        "thread", scope->thread, thread_sql, "scope_thread",
        "SELECT DISTINCT number || iif(name = '', '', ' ' || name)"
        " FROM main.thread JOIN temp.scope_process ON scope_process.id = process_id"
        " ORDER BY number"};
    enum status status =
        database_execute(database, "CREATE TEMP TABLE scope_process (id INTEGER PRIMARY KEY);"
                                   "INSERT INTO scope_process SELECT id FROM main.process;"
                                   "CREATE TEMP TABLE scope_thread (id INTEGER PRIMARY KEY);");
    if (status == STATUS_OK)
        status = take(database, command, &run);
    if (status == STATUS_OK)
        status = take(database, command, &program);
    if (status == STATUS_OK)
        status = take(database, command, &process);
    if (status == STATUS_OK && !scope->thread)
        return choose(database, thread_sql, NULL);
    if (status == STATUS_OK)
        status = take(database, command, &thread);
    return status == STATUS_OK ? database_execute(database, bare_processes_sql) : status;
}

/* Runs for each text that the statement returns another statement, which begins with `sql`. */
static enum status for_each(struct database *database, struct database *from, const char *names,
                            const char *sql)
{
    struct pool pool = {0};
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(from, names, &row);
    const char *all = "";
    while (status == STATUS_OK && (status = database_step(from, row, &more)) == STATUS_OK && more)
        all = pool_format(&pool, "%s%s%s;", all, sql, (const char *)sqlite3_column_text(row, 0));
    sqlite3_finalize(row);
    if (status == STATUS_OK)
        status = database_execute(database, all);
    pool_free(&pool);
    return status;
}

/* The texts of the views are ours, never those of the database, which may be a stranger's. */
static enum status make_views(struct database *database)
{
    struct database ours;
    enum status status = database_open_memory(&ours);
    if (status != STATUS_OK)
        return status;
    status = for_each(database, &ours,
                      "SELECT substr(sql, length('CREATE VIEW ') + 1) FROM sqlite_schema"
                      " WHERE type = 'view' ORDER BY rowid",
                      "CREATE TEMP VIEW ");
    database_close(&ours);
    return status;
}

static enum status lift(struct database *database)
{
    enum status status = for_each(database, database,
                                  "SELECT name FROM sqlite_temp_schema WHERE type = 'view'"
                                  " AND name NOT IN ('shown_functions', 'shown_edges')",
                                  "DROP VIEW temp.");
    if (status == STATUS_OK)
        status = for_each(database, database,
                          "SELECT name FROM sqlite_temp_schema WHERE type = 'table' AND name IN"
                          " ('function_total', 'edge_total', 'function_duration')",
                          "DROP TABLE temp.");
    return status == STATUS_OK ? database_execute(database, lift_sql) : status;
}

enum status scope_restrict(struct database *database, const char *command,
                           const struct scope *scope)
{
    enum status status = lift(database);
    if (status == STATUS_OK)
        status = choose_all(database, command, scope);
    if (status == STATUS_OK)
        status = database_execute(database, tables_sql);
    if (status == STATUS_OK)
        status = database_execute(database, scope->thread ? thread_totals_sql : process_totals_sql);
    if (status == STATUS_OK)
        status = histogram_of_scope(database);
    return status == STATUS_OK ? make_views(database) : status;
}
