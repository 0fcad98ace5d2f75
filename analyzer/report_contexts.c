/* Contexts and their paths. */
#include <stdlib.h>

#include "report_steps.h"

/* Written out, the paths of all contexts are as long as the square of the depth. No program that
 * does not mean to is deeper than this; of one that is, the functions nearest to the root are left
 * out. It also ends a chain that is a circle, which only a forged database has. */
enum { LONGEST_PATH = 256 };

/* Fills in the path, from the function up to the root. */
static enum status find_path(struct report *report, struct database *database,
                             sqlite3_stmt *callers, struct report_context *context)
{
    enum status status;
    bool more;
    size_t capacity = 0;
    sqlite3_bind_int64(callers, 1, context->id);
    while ((status = database_step(database, callers, &more)) == STATUS_OK && more) {
        context->path =
            memory_grow(context->path, &capacity, context->depth, sizeof *context->path);
        context->path[context->depth++] = database_text(&report->pool, callers, 0);
    }
    sqlite3_reset(callers);
    if (context->depth > LONGEST_PATH)
        context->path[LONGEST_PATH] = "...";
    for (size_t i = 0; i < context->depth / 2; i++) {
        const char *name = context->path[i];
        context->path[i] = context->path[context->depth - 1 - i];
        context->path[context->depth - 1 - i] = name;
    }
    return status;
}

static enum status find_paths(struct report *report, struct database *database)
{
    sqlite3_stmt *callers;
    enum status status = database_prepare(
        database,
        "WITH RECURSIVE chain (id, parent_id, function_id, folded, step) AS ("
        " SELECT id, parent_id, function_id, folded, 0 FROM context WHERE id = ?"
        " UNION ALL"
        " SELECT context.id, context.parent_id, context.function_id, context.folded,"
        " chain.step + 1"
        " FROM chain JOIN context ON context.id = chain.parent_id"
        " WHERE chain.step < ?2)"
        " SELECT ifnull(function.name, '(folded)') FROM chain"
        " LEFT JOIN function ON function.id = chain.function_id"
        " WHERE chain.function_id IS NOT NULL OR chain.folded ORDER BY step",
        &callers);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int(callers, 2, LONGEST_PATH);
    for (size_t i = 0; status == STATUS_OK && i < report->context_count; i++)
        status = find_path(report, database, callers, &report->contexts[i]);
    sqlite3_finalize(callers);
    return status;
}

/* The rows of the view `contexts` without their paths: those of all contexts take memory and time
 * that grow with the square of the trees' depth, while few of them may be wanted. */
static const char contexts_sql[] =
    " FROM (SELECT context.id AS id, function.name AS name, context.self_ns AS self_ns,"
    " context.raw_self_ns AS raw_self_ns, ifnull(self_error_ns, 0) AS self_error_ns,"
    " ifnull(cumulative_error_ns, 0) AS cumulative_error_ns,"
    " 10 * self_ns < raw_self_ns - self_ns AS below_noise,"
    " context.cumulative_ns AS cumulative_ns, context.calls + ifnull("
    "(SELECT sum(calls) FROM cross_call WHERE context_id = context.id), 0) AS calls,"
    " iif(context.inlined, context.calls, 0) AS inlined_calls,"
    " iif(context.inlined, 0, context.cumulative_ns) AS called_ns,"
    " function.external AS external, function.id AS function_id"
    " FROM context JOIN function ON function.id = context.function_id"
    " LEFT JOIN estimate ON estimate.context_id = context.id"
    " JOIN thread ON thread.id = context.thread_id"
    " JOIN process ON process.id = thread.process_id)"
    " WHERE (calls > 0 OR cumulative_ns > 0) ";

static const char *contexts_from(struct report *report)
{
    return report->options.filtered
               ? pool_format(&report->pool,
                             "%sAND function_id IN (SELECT function_id FROM shown_functions) ",
                             contexts_sql)
               : contexts_sql;
}

static enum status query_rows(struct report *report, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    const char *sql = pool_format(
        &report->pool,
        "SELECT id, external, self_ns, cumulative_ns, calls, inlined_calls, 0,"
        " " REPORT_AVERAGE ", " REPORT_ESTIMATE "%s"
        "ORDER BY %s, name, id%s",
        contexts_from(report), report_order(report, REPORT_BY_SELF), report_limit(report));
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        report->contexts = memory_grow(report->contexts, &capacity, report->context_count,
                                       sizeof *report->contexts);
        report->contexts[report->context_count++] = (struct report_context){
            .id = sqlite3_column_int64(row, 0),
            .external = sqlite3_column_int(row, 1),
            .self_ns = sqlite3_column_int64(row, 2),
            .cumulative_ns = sqlite3_column_int64(row, 3),
            .calls = report_calls_at(row, 4),
            .estimate = report_estimate_at(row, 8),
        };
    }
    sqlite3_finalize(row);
    return status == STATUS_OK ? find_paths(report, database) : status;
}

enum status report_query_contexts(struct report *report, struct database *database)
{
    enum status status = report_query_total(report, database, contexts_from(report), "self_ns",
                                            "below_noise", &report->context_total);
    return status == STATUS_OK ? query_rows(report, database) : status;
}
