/* Totals as rows. Two functions of a profile may be one in the database: where their names differ
 * in nothing but how bytes that are no UTF-8 are spelled. */
#include "load_steps.h"
#include "rows.h"
#include "totals.h"

struct source_of_rows {
    const struct loader *loader;
    const struct totals *totals;
};

static bool thread_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct thread_total *total = &source->totals->threads[row];
    const struct profile_thread *thread = &source->loader->profile->threads[row];
    const int64_t values[] = {source->loader->threads[row],
                              (int64_t)total->calls,
                              (int64_t)total->inlined_calls,
                              (int64_t)total->folded_calls,
                              total->outside_ns,
                              total->folded_ns,
                              total->self_ns,
                              thread->raw_ns - thread->self_ns,
                              (int64_t)thread->samples,
                              (int64_t)thread->hook_samples};
    *value = values[column];
    return true;
}

#define THREAD_COLUMNS                                                                             \
    "thread_id, calls, inlined_calls, folded_calls, outside_ns, folded_ns, self_ns, profiler_ns,"  \
    " samples, hook_samples"

static int64_t total_value(const struct total *total, int column)
{
    const int64_t values[] = {(int64_t)total->calls,
                              (int64_t)total->inlined_calls,
                              (int64_t)total->recursive_calls,
                              total->cumulative_ns,
                              total->called_ns,
                              total->self_ns};
    return values[column];
}

/* Of functions and of edges; functions have self_ns, too. */
#define TOTAL_COLUMNS "calls, inlined_calls, recursive_calls, cumulative_ns, called_ns"
#define ADD_TOTALS                                                                                 \
    "DO UPDATE SET calls = calls + excluded.calls,"                                                \
    " inlined_calls = inlined_calls + excluded.inlined_calls,"                                     \
    " recursive_calls = recursive_calls + excluded.recursive_calls,"                               \
    " cumulative_ns = cumulative_ns + excluded.cumulative_ns,"                                     \
    " called_ns = called_ns + excluded.called_ns"

static bool function_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct profile_function *function = &source->loader->profile->functions[row];
    *value = column == 0   ? source->loader->process
             : column == 1 ? source->loader->functions[row]
             : column < 8  ? total_value(&source->totals->functions[row], column - 2)
             : column == 8 ? function->raw_self_ns
             : column == 9 ? function->self_error_ns
                           : function->cumulative_error_ns;
    return true;
}

#define FUNCTION_TIMES "self_ns, raw_self_ns, self_error_ns, cumulative_error_ns"
#define FUNCTION_KEY "process_id, function_id"

static bool edge_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct edge_total *edge = &source->totals->edges[row];
    *value = column == 0   ? source->loader->process
             : column == 1 ? source->loader->functions[edge->caller]
             : column == 2 ? source->loader->functions[edge->callee]
                           : total_value(&edge->total, column - 3);
    return true;
}

#define EDGE_KEY "process_id, caller_id, callee_id"

enum status load_totals(const struct loader *loader, const struct totals *totals)
{
    const struct profile *profile = loader->profile;
    const struct source_of_rows source = {loader, totals};
    const struct rows threads = {THREAD_COLUMNS, profile->thread_count, &source, thread_value};
    const struct rows functions = {FUNCTION_KEY ", " TOTAL_COLUMNS ", " FUNCTION_TIMES,
                                   profile->function_count, &source, function_value};
    const struct rows edges = {EDGE_KEY ", " TOTAL_COLUMNS, totals->edge_count, &source,
                               edge_value};
    enum status status =
        rows_run(loader->database, &threads,
                 "INSERT INTO thread_total (" THREAD_COLUMNS ") SELECT * FROM profinst_rows");
    if (status == STATUS_OK)
        status = rows_run(loader->database, &functions,
                          "INSERT INTO function_total (" FUNCTION_KEY ", " TOTAL_COLUMNS
                          ", " FUNCTION_TIMES ") SELECT * FROM profinst_rows"
                          " WHERE calls > 0 OR cumulative_ns > 0 OR raw_self_ns > 0"
                          " ON CONFLICT (" FUNCTION_KEY ") " ADD_TOTALS
                          ", self_ns = self_ns + excluded.self_ns,"
                          " raw_self_ns = raw_self_ns + excluded.raw_self_ns,"
                          " self_error_ns = self_error_ns + excluded.self_error_ns,"
                          " cumulative_error_ns = cumulative_error_ns"
                          " + excluded.cumulative_error_ns");
    if (status == STATUS_OK)
        status = rows_run(loader->database, &edges,
                          "INSERT INTO edge_total (" EDGE_KEY ", " TOTAL_COLUMNS
                          ") SELECT * FROM profinst_rows"
                          " WHERE calls > 0 OR cumulative_ns > 0 OR called_ns > 0"
                          " ON CONFLICT (" EDGE_KEY ") " ADD_TOTALS);
    return status;
}
