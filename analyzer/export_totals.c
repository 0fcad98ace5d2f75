#include "export_totals.h"

#include <stdlib.h>

#include "places.h"

static int64_t amount_at(sqlite3_stmt *row, int column)
{
    return export_amount(sqlite3_column_int64(row, column));
}

static enum status query_functions(struct export_totals *totals, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT function_id, name, linkage_name, module_path, file, line, calls,"
        " inlined_calls, recursive_calls, self_ns, cumulative_ns, self_error_ns,"
        " cumulative_error_ns FROM functions"
        " ORDER BY self_ns DESC, calls DESC, name, linkage_name, module_path, file,"
        " line, function_id",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        totals->functions = memory_grow(totals->functions, &capacity, totals->function_count,
                                        sizeof *totals->functions);
        totals->functions[totals->function_count++] = (struct export_function){
            .id = sqlite3_column_int64(row, 0),
            .name = database_text(&totals->pool, row, 1),
            .linkage_name = database_text(&totals->pool, row, 2),
            .module = database_known_text(&totals->pool, row, 3),
            .file = database_known_text(&totals->pool, row, 4),
            .line = amount_at(row, 5),
            .calls = amount_at(row, 6),
            .inlined_calls = amount_at(row, 7),
            .recursive_calls = amount_at(row, 8),
            .self_ns = amount_at(row, 9),
            .cumulative_ns = amount_at(row, 10),
            .self_error_ns = amount_at(row, 11),
            .cumulative_error_ns = amount_at(row, 12),
            .uncalled = amount_at(row, 6),
            .uncalled_ns = amount_at(row, 10),
        };
    }
    sqlite3_finalize(row);
    return status;
}

static void add_edge(struct export_totals *totals, size_t *capacity, struct export_edge edge)
{
    struct export_function *callee = &totals->functions[edge.callee];
    callee->uncalled = export_amount(database_difference(callee->uncalled, edge.calls));
    callee->uncalled_ns =
        export_amount(database_difference(callee->uncalled_ns, edge.cumulative_ns));
    totals->edges = memory_grow(totals->edges, capacity, totals->edge_count, sizeof *totals->edges);
    totals->edges[totals->edge_count++] = edge;
}

static int by_caller(const void *left, const void *right)
{
    const struct export_edge *a = left, *b = right;
    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    if (a->cumulative_ns != b->cumulative_ns)
        return a->cumulative_ns > b->cumulative_ns ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

static enum status query_edges(struct export_totals *totals, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database, "SELECT caller_id, callee_id, calls, cumulative_ns FROM edges", &row);
    if (status != STATUS_OK)
        return status;
    struct places places = {0};
    for (size_t i = 0; i < totals->function_count; i++)
        places_add(&places, totals->functions[i].id, i);
    places_sort(&places);
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        const size_t caller = places_find(&places, sqlite3_column_int64(row, 0));
        const size_t callee = places_find(&places, sqlite3_column_int64(row, 1));
        if (caller != PLACES_NONE && callee != PLACES_NONE) /* only a forged database has others */
            add_edge(totals, &capacity,
                     (struct export_edge){caller, callee, amount_at(row, 2), amount_at(row, 3)});
    }
    sqlite3_finalize(row);
    free(places.rows);
    if (totals->edge_count)
        qsort(totals->edges, totals->edge_count, sizeof *totals->edges, by_caller);
    return status;
}

enum status export_query_totals(struct export_totals *totals, struct database *database)
{
    *totals = (struct export_totals){0};
    enum status status = export_query_times(&totals->times, database);
    if (status == STATUS_OK)
        status = query_functions(totals, database);
    if (status == STATUS_OK)
        status = query_edges(totals, database);
    return status;
}

void export_totals_free(struct export_totals *totals)
{
    free(totals->functions);
    free(totals->edges);
    pool_free(&totals->pool);
}
