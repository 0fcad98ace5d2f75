#define _GNU_SOURCE
#include "report_steps.h"

#include <stdlib.h>
#include <string.h>

struct report_calls report_calls_at(sqlite3_stmt *row, int column)
{
    return (struct report_calls){
        .calls = sqlite3_column_int64(row, column),
        .inlined_calls = sqlite3_column_int64(row, column + 1),
        .recursive_calls = sqlite3_column_int64(row, column + 2),
        .average_ns = sqlite3_column_int64(row, column + 3),
        .has_average = sqlite3_column_type(row, column + 3) != SQLITE_NULL,
    };
}

struct report_estimate report_estimate_at(sqlite3_stmt *row, int column)
{
    return (struct report_estimate){
        .raw_self_ns = sqlite3_column_int64(row, column),
        .self_error_ns = sqlite3_column_int64(row, column + 1),
        .cumulative_error_ns = sqlite3_column_int64(row, column + 2),
        .below_noise = sqlite3_column_int(row, column + 3),
    };
}

static const char *copy_column(struct report *report, sqlite3_stmt *row, int column)
{
    return database_text(&report->pool, row, column);
}

/* From seven columns. */
static struct report_durations durations_at(sqlite3_stmt *row, int column)
{
    struct report_durations durations = {.measured = sqlite3_column_int64(row, column)};
    for (int i = 0; i < REPORT_DURATIONS; i++) {
        durations.values_ns[i] = sqlite3_column_int64(row, column + 1 + i);
        durations.known[i] = sqlite3_column_type(row, column + 1 + i) != SQLITE_NULL;
    }
    return durations;
}

#define DURATIONS "measured_calls, min_ns, p50_ns, p75_ns, p95_ns, p99_ns, max_ns"

static enum status query_processes(struct report *report, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        pool_format(&report->pool,
                    "SELECT program, arguments, process_id, parent_process_id, run,"
                    " started_unix_ns, duration_ns, threads, calls, lost_calls, unattributed_ns,"
                    " ended, ticks_per_second IS NOT NULL, timed_ns, outside_ns, folded_calls,"
                    " folded_ns, inlined_calls, event_ns, timing, profiler_ns, samples,"
                    " hook_samples, sample_ns, user_ns, system_ns, peak_bytes"
                    " FROM processes ORDER BY started_unix_ns, process_id, id"),
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        report->processes = memory_grow(report->processes, &capacity, report->process_count,
                                        sizeof *report->processes);
        report->processes[report->process_count++] = (struct report_process){
            .program = copy_column(report, row, 0),
            .arguments = copy_column(report, row, 1),
            .process_id = sqlite3_column_int64(row, 2),
            .parent_process_id = sqlite3_column_int64(row, 3),
            .run = sqlite3_column_int64(row, 4),
            .started_unix_ns = sqlite3_column_int64(row, 5),
            .duration_ns = sqlite3_column_int64(row, 6),
            .threads = sqlite3_column_int64(row, 7),
            .calls = sqlite3_column_int64(row, 8),
            .lost_calls = sqlite3_column_int64(row, 9),
            .unattributed_ns = sqlite3_column_int64(row, 10),
            .ended = sqlite3_column_int(row, 11),
            .times_known = sqlite3_column_int(row, 12),
            .folded_calls = sqlite3_column_int64(row, 15),
            .folded_ns = sqlite3_column_int64(row, 16),
            .inlined_calls = sqlite3_column_int64(row, 17),
            .event_ns = sqlite3_column_double(row, 18),
            .timing = copy_column(report, row, 19),
            .profiler_ns = sqlite3_column_int64(row, 20),
            .samples = sqlite3_column_int64(row, 21),
            .hook_samples = sqlite3_column_int64(row, 22),
            .sample_ns = sqlite3_column_int64(row, 23),
            .user_ns = sqlite3_column_int64(row, 24),
            .system_ns = sqlite3_column_int64(row, 25),
            .usage_known = sqlite3_column_type(row, 24) != SQLITE_NULL,
            .peak_bytes = sqlite3_column_int64(row, 26),
        };
        report->has_times |= strcmp(report->processes[report->process_count - 1].timing, "counts");
        report->profiler_ns = database_sum(report->profiler_ns, sqlite3_column_int64(row, 20));
        report->total_ns = database_sum(report->total_ns, sqlite3_column_int64(row, 13));
        report->outside_ns = database_sum(report->outside_ns, sqlite3_column_int64(row, 14));
        report->unattributed_ns =
            database_sum(report->unattributed_ns, sqlite3_column_int64(row, 10));
    }
    sqlite3_finalize(row);
    return status;
}

/* Ties are broken by what is behind, so that a report of the same data is the same to the byte. */
const char *report_order(const struct report *report, const char *self)
{
    switch (report->has_times ? report->options.sort : SORT_CALLS) {
    case SORT_CUMULATIVE:
        return "cumulative_ns DESC";
    case SORT_CALLS:
        return "calls DESC";
    case SORT_AVERAGE:
        return REPORT_AVERAGE " DESC";
    case SORT_SELF:
        break;
    }
    return self;
}

const char *report_limit(struct report *report)
{
    if (report->options.limit == 0)
        return "";
    return pool_format(&report->pool, " LIMIT %lld", (long long)report->options.limit);
}

enum status report_query_total(struct report *report, struct database *database, const char *from,
                               const char *self, const char *below_noise,
                               struct report_total *total)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        pool_format(&report->pool,
                    "SELECT count(*), ifnull(sum(calls), 0), ifnull(sum(inlined_calls), 0),"
                    " ifnull(sum(%s), 0), ifnull(sum(%s), 0)%s",
                    self, below_noise, from),
        &row);
    if (status != STATUS_OK)
        return status;
    status = database_step(database, row, &more);
    if (status == STATUS_OK && more)
        *total = (struct report_total){sqlite3_column_int64(row, 0), sqlite3_column_int64(row, 1),
                                       sqlite3_column_int64(row, 2), sqlite3_column_int64(row, 3),
                                       sqlite3_column_int64(row, 4)};
    sqlite3_finalize(row);
    return status;
}

/* The part of an estimate that there is in any case. */
static double least(int64_t ns, int64_t error_ns)
{
    return ns > error_ns ? (double)ns - (double)error_ns : 0;
}

static enum severity severity(const struct report *report, const struct report_function *row)
{
    const struct report_estimate *estimate = &row->estimate;
    bool inlined = row->calls.calls > 0 && row->calls.inlined_calls == row->calls.calls;
    if (!report->has_times || report->total_ns <= 0 || (inlined && row->self_ns == 0))
        return SEVERITY_UNKNOWN;
    double self_ns = estimate->below_noise ? 0 : least(row->self_ns, estimate->self_error_ns);
    double sure =
        row->cumulative_ns > 0
            ? least(row->cumulative_ns, estimate->cumulative_error_ns) / (double)row->cumulative_ns
            : 0;
    return severity_of(report->options.config,
                       &(struct severity_figures){
                           .self_share = self_ns / (double)report->total_ns,
                           .average_ns = sure * (double)row->calls.average_ns,
                           .p95_ns = (double)row->durations.values_ns[REPORT_P95],
                           .p99_ns = (double)row->durations.values_ns[REPORT_P99],
                           .calls = database_difference(row->calls.calls, row->calls.inlined_calls),
                       });
}

static const char *functions_from(const struct report *report)
{
    return report->options.filtered ? " FROM shown_functions " : " FROM functions ";
}

static const char *edges_from(const struct report *report)
{
    return report->options.filtered ? " FROM shown_edges " : " FROM edges ";
}

/* What a function was compiled from, where all processes say the same. */
#define FINGERPRINTS                                                                               \
    " LEFT JOIN (SELECT function_id, printf('%%016x', min(fingerprint)) AS fingerprint"            \
    " FROM function_code GROUP BY function_id HAVING min(fingerprint) = max(fingerprint))"         \
    " USING (function_id) "

static enum status query_functions(struct report *report, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    const char *sql = pool_format(
        &report->pool,
        "SELECT name, linkage_name, module, file, line, external, self_ns, cumulative_ns, calls,"
        " inlined_calls, recursive_calls, " REPORT_AVERAGE ", " REPORT_ESTIMATE ", " DURATIONS
        ", function_id, fingerprint%s" FINGERPRINTS
        "ORDER BY %s, name, linkage_name, module, file, line, function_id%s",
        functions_from(report), report_order(report, REPORT_BY_SELF), report_limit(report));
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        report->functions = memory_grow(report->functions, &capacity, report->function_count,
                                        sizeof *report->functions);
        report->functions[report->function_count++] = (struct report_function){
            .name = copy_column(report, row, 0),
            .linkage_name = copy_column(report, row, 1),
            .module = database_known_text(&report->pool, row, 2),
            .file = database_known_text(&report->pool, row, 3),
            .line = sqlite3_column_int64(row, 4),
            .external = sqlite3_column_int(row, 5),
            .self_ns = sqlite3_column_int64(row, 6),
            .cumulative_ns = sqlite3_column_int64(row, 7),
            .calls = report_calls_at(row, 8),
            .estimate = report_estimate_at(row, 12),
            .durations = durations_at(row, 16),
            .id = sqlite3_column_int64(row, 23),
            .fingerprint = database_known_text(&report->pool, row, 24),
        };
        struct report_function *function = &report->functions[report->function_count - 1];
        function->severity = severity(report, function);
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_edges(struct report *report, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    const char *sql = pool_format(
        &report->pool,
        "SELECT caller, callee, caller_linkage_name, callee_linkage_name, external, cumulative_ns,"
        " calls, inlined_calls, recursive_calls, " REPORT_AVERAGE ", caller_id, callee_id%s"
        "ORDER BY %s, caller, callee, caller_linkage_name, callee_linkage_name, caller_id,"
        " callee_id%s",
        edges_from(report), report_order(report, "cumulative_ns DESC"), report_limit(report));
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        report->edges =
            memory_grow(report->edges, &capacity, report->edge_count, sizeof *report->edges);
        report->edges[report->edge_count++] = (struct report_edge){
            .caller = copy_column(report, row, 0),
            .callee = copy_column(report, row, 1),
            .caller_linkage_name = copy_column(report, row, 2),
            .callee_linkage_name = copy_column(report, row, 3),
            .external = sqlite3_column_int(row, 4),
            .cumulative_ns = sqlite3_column_int64(row, 5),
            .calls = report_calls_at(row, 6),
            .caller_id = sqlite3_column_int64(row, 10),
            .callee_id = sqlite3_column_int64(row, 11),
        };
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_runs(struct report *report, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database, "SELECT count(*), CAST(total(duration_ns) AS INTEGER) FROM runs", &row);
    if (status == STATUS_OK)
        status = database_step(database, row, &more);
    if (status == STATUS_OK) {
        report->runs = sqlite3_column_int64(row, 0);
        report->runs_ns = sqlite3_column_int64(row, 1);
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_all_rows(struct report *report, struct database *database)
{
    const struct report_options *options = &report->options;
    enum status status = report_query_total(report, database, functions_from(report), "self_ns",
                                            "below_noise", &report->shown_total);
    if (status == STATUS_OK)
        status = query_functions(report, database);
    if (status == STATUS_OK && options->edges)
        status =
            report_query_total(report, database, edges_from(report), "0", "0", &report->edge_total);
    if (status == STATUS_OK && options->edges)
        status = query_edges(report, database);
    if (status == STATUS_OK && options->contexts)
        status = report_query_contexts(report, database);
    return status;
}

enum status report_query(struct report *report, struct database *database,
                         const struct report_options *options)
{
    *report = (struct report){.options = *options};
    enum status status = query_processes(report, database);
    if (status == STATUS_OK)
        status = query_runs(report, database);
    if (status == STATUS_OK)
        status = report_query_total(report, database, " FROM functions ", "self_ns", "below_noise",
                                    &report->function_total);
    if (status == STATUS_OK && !options->totals_only)
        status = query_all_rows(report, database);
    return status;
}

const char *report_join_path(struct pool *pool, const struct report_context *context)
{
    static const char arrow[] = " > ";
    size_t size = 1;
    for (size_t i = 0; i < context->depth; i++)
        size += strlen(context->path[i]) + strlen(arrow);
    char *path = pool_take(pool, size);
    char *end = path;
    for (size_t i = 0; i < context->depth; i++) {
        if (i)
            end = stpcpy(end, arrow);
        end = stpcpy(end, context->path[i]);
    }
    *end = '\0';
    return path;
}

void report_free(struct report *report)
{
    for (size_t i = 0; i < report->context_count; i++)
        free(report->contexts[i].path);
    free(report->processes);
    free(report->functions);
    free(report->edges);
    free(report->contexts);
    pool_free(&report->pool);
}
