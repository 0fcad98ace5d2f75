#include "advice_facts.h"

#include <stdlib.h>
#include <string.h>

#include "startup.h"

static double figure(sqlite3_stmt *row, int column)
{
    double value = sqlite3_column_double(row, column);
    return value > 0 ? value : 0;
}

static enum status query_processes(struct facts *facts, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT total(timed_ns), total(profiler_ns), total(outside_ns), total(calls),"
        " ifnull(max(timing <> 'counts'), 0) FROM processes",
        &row);
    if (status != STATUS_OK)
        return status;
    status = database_step(database, row, &more);
    if (status == STATUS_OK && more) {
        facts->total_ns = figure(row, 0);
        facts->profiler_ns = figure(row, 1);
        facts->outside_ns = figure(row, 2);
        facts->calls = figure(row, 3);
        facts->has_times = sqlite3_column_int(row, 4) && facts->total_ns > 0;
    }
    sqlite3_finalize(row);
    return status;
}

static int by_id(const void *left, const void *right)
{
    const struct fact_function *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

static enum status query_functions(struct facts *facts, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT function_id, name, linkage_name, file, line, external, below_noise, calls,"
        " inlined_calls, recursive_calls, self_ns, self_error_ns, cumulative_ns,"
        " cumulative_error_ns, measured_calls, p50_ns, p99_ns FROM functions",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        facts->functions = memory_grow(facts->functions, &capacity, facts->function_count,
                                       sizeof *facts->functions);
        facts->functions[facts->function_count++] = (struct fact_function){
            .id = sqlite3_column_int64(row, 0),
            .name = database_text(&facts->pool, row, 1),
            .linkage_name = database_text(&facts->pool, row, 2),
            .file = database_known_text(&facts->pool, row, 3),
            .line = sqlite3_column_int64(row, 4),
            .external = sqlite3_column_int(row, 5),
            .below_noise = sqlite3_column_int(row, 6),
            .calls = figure(row, 7),
            .inlined_calls = figure(row, 8),
            .recursive_calls = figure(row, 9),
            .self_ns = figure(row, 10),
            .self_error_ns = figure(row, 11),
            .cumulative_ns = figure(row, 12),
            .cumulative_error_ns = figure(row, 13),
            .measured_calls = figure(row, 14),
            .p50_ns = figure(row, 15),
            .p99_ns = figure(row, 16),
            .has_percentiles = sqlite3_column_type(row, 15) != SQLITE_NULL &&
                               sqlite3_column_type(row, 16) != SQLITE_NULL,
        };
    }
    sqlite3_finalize(row);
    for (size_t i = 0; i < facts->function_count; i++) {
        struct fact_function *function = &facts->functions[i];
        function->deed = names_deed(function->linkage_name);
        facts->is_unsure |= facts->has_times && function->cumulative_error_ns > facts->total_ns;
    }
    if (facts->function_count > 0)
        qsort(facts->functions, facts->function_count, sizeof *facts->functions, by_id);
    return status;
}

size_t facts_find(const struct facts *facts, int64_t id)
{
    /* Mostly ids follow one another. */
    int64_t first = facts->function_count ? facts->functions[0].id : 0;
    if (id >= first && (uint64_t)id - (uint64_t)first < facts->function_count &&
        facts->functions[id - first].id == id)
        return (size_t)(id - first);
    struct fact_function wanted = {.id = id};
    const struct fact_function *found =
        facts->function_count ? bsearch(&wanted, facts->functions, facts->function_count,
                                        sizeof *facts->functions, by_id)
                              : NULL;
    return found ? (size_t)(found - facts->functions) : FACTS_NONE;
}

static int by_caller_and_callee(const void *left, const void *right)
{
    const struct fact_edge *a = left, *b = right;
    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

static bool are_sorted(const struct facts *facts)
{
    for (size_t i = 1; i < facts->edge_count; i++)
        if (by_caller_and_callee(&facts->edges[i - 1], &facts->edges[i]) >= 0)
            return false;
    return true;
}

/* Those of several processes become one. */
static void merge_edges(struct facts *facts)
{
    if (are_sorted(facts))
        return;
    qsort(facts->edges, facts->edge_count, sizeof *facts->edges, by_caller_and_callee);
    size_t count = 1;
    for (size_t i = 1; i < facts->edge_count; i++) {
        struct fact_edge *last = &facts->edges[count - 1];
        const struct fact_edge *edge = &facts->edges[i];
        if (by_caller_and_callee(last, edge) != 0) {
            facts->edges[count++] = *edge;
            continue;
        }
        last->calls += edge->calls;
        last->inlined_calls += edge->inlined_calls;
        last->recursive_calls += edge->recursive_calls;
        last->cumulative_ns += edge->cumulative_ns;
    }
    facts->edge_count = count;
}

/* Edges to a function stand in the order of their callers. */
static void index_edges(struct facts *facts)
{
    for (size_t i = 0; i < facts->edge_count; i++) {
        facts->functions[facts->edges[i].caller].callee_count++;
        facts->functions[facts->edges[i].callee].caller_count++;
    }
    size_t callee = 0, caller = 0;
    for (size_t i = 0; i < facts->function_count; i++) {
        struct fact_function *function = &facts->functions[i];
        function->first_callee = callee;
        callee += function->callee_count;
        function->first_caller = caller;
        caller += function->caller_count;
        function->caller_count = 0;
    }
    facts->to = memory_array(facts->edge_count, sizeof *facts->to);
    for (size_t i = 0; i < facts->edge_count; i++) {
        struct fact_function *function = &facts->functions[facts->edges[i].callee];
        facts->to[function->first_caller + function->caller_count++] = i;
    }
}

static enum status query_edges(struct facts *facts, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT caller_id, callee_id, calls, inlined_calls, recursive_calls, cumulative_ns"
        " FROM edge_total", /* in half the time of the view `edges` */
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        size_t caller = facts_find(facts, sqlite3_column_int64(row, 0));
        size_t callee = facts_find(facts, sqlite3_column_int64(row, 1));
        if (caller == FACTS_NONE || callee == FACTS_NONE) /* in a forged database */
            continue;
        facts->edges =
            memory_grow(facts->edges, &capacity, facts->edge_count, sizeof *facts->edges);
        facts->edges[facts->edge_count++] = (struct fact_edge){
            caller, callee, figure(row, 2), figure(row, 3), figure(row, 4), figure(row, 5)};
    }
    sqlite3_finalize(row);
    merge_edges(facts);
    index_edges(facts);
    return status;
}

static enum status query_starts(struct facts *facts, struct database *database)
{
    struct startup startup;
    enum status status = startup_read(&startup, database, STARTUP_ALL_RUNS);
    facts->starts = memory_array(startup.count, sizeof *facts->starts);
    for (size_t i = 0; i < startup.count; i++) {
        size_t function = facts_find(facts, startup.calls[i].function);
        if (function != FACTS_NONE)
            facts->starts[facts->start_count++] =
                (struct fact_start){function, startup.calls[i].ns};
    }
    startup_free(&startup);
    return status;
}

enum status facts_query(struct facts *facts, struct database *database)
{
    *facts = (struct facts){0};
    enum status status = query_processes(facts, database);
    if (status == STATUS_OK)
        status = query_functions(facts, database);
    if (status == STATUS_OK)
        status = query_edges(facts, database);
    if (status == STATUS_OK)
        status = query_starts(facts, database);
    return status;
}

void facts_free(struct facts *facts)
{
    free(facts->functions);
    free(facts->edges);
    free(facts->to);
    free(facts->starts);
    pool_free(&facts->pool);
}

double facts_sure_self(const struct fact_function *function)
{
    double sure = function->self_ns - function->self_error_ns;
    return function->below_noise || sure < 0 ? 0 : sure;
}

double facts_sure(const struct fact_function *function, double ns)
{
    if (function->cumulative_error_ns >= function->cumulative_ns)
        return function->cumulative_error_ns > 0 ? 0 : ns;
    return ns * (1 - function->cumulative_error_ns / function->cumulative_ns);
}

double facts_outer_calls(double calls, double inlined_calls, double recursive_calls)
{
    double outer = calls - inlined_calls - recursive_calls;
    return outer > 0 ? outer : 0;
}
