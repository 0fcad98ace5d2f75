/* Who called whom, on both sides. */
#include <stdlib.h>

#include "compare_steps.h"

static const char edge_values[] =
    "SELECT side, place, caller_id, callee_id, total(calls), total(cumulative_ns),"
    " total(recursive_calls)"
    " FROM temp.compare_process JOIN edge_total USING (process_id)"
    " GROUP BY side, place, caller_id, callee_id";

/* Pairs of functions that are edges, in one number. */
static int64_t edge_key(const struct comparer *comparer, size_t caller, size_t callee)
{
    return (int64_t)(caller * comparer->comparison->function_count + callee);
}

/* Those of each side, sorted, so that those of both stand together. */
static enum status list_edges(struct comparer *comparer, struct places *edges)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(comparer->database,
                         "SELECT DISTINCT side, caller_id, callee_id"
                         " FROM temp.compare_process JOIN edge_total USING (process_id)",
                         &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(comparer->database, row, &more)) == STATUS_OK && more) {
        int side = sqlite3_column_int(row, 0);
        size_t caller = compare_find(comparer, side, sqlite3_column_int64(row, 1));
        size_t callee = compare_find(comparer, side, sqlite3_column_int64(row, 2));
        if (caller != PLACES_NONE && callee != PLACES_NONE)
            places_add(edges, edge_key(comparer, caller, callee),
                       side == BEFORE ? ONLY_BEFORE : ONLY_AFTER);
    }
    sqlite3_finalize(row);
    places_sort(edges);
    return status;
}

static void add_edge(struct comparison *comparison, size_t *capacity, struct place place)
{
    comparison->edges =
        memory_grow(comparison->edges, capacity, comparison->edge_count, sizeof *comparison->edges);
    struct compared_edge *edge = &comparison->edges[comparison->edge_count++];
    *edge = (struct compared_edge){
        .caller = (size_t)place.id / comparison->function_count,
        .callee = (size_t)place.id % comparison->function_count,
        .presence = (enum compare_presence)place.at,
    };
    compared_begin(comparison, &edge->calls);
    compared_begin(comparison, &edge->cumulative_ns);
}

/* Of both sides together each is one, and `edges` then tells where it is. */
static void add_edges(struct comparison *comparison, struct places *edges)
{
    size_t capacity = 0;
    for (size_t i = 0; i < edges->count; i++) {
        size_t count = comparison->edge_count;
        if (count > 0 && edges->rows[count - 1].id == edges->rows[i].id) {
            comparison->edges[count - 1].presence = IN_BOTH;
            continue;
        }
        add_edge(comparison, &capacity, edges->rows[i]);
        edges->rows[count] = (struct place){edges->rows[i].id, count};
    }
    edges->count = comparison->edge_count;
}

enum status compare_read_edges(struct comparer *comparer)
{
    struct places edges = {0};
    sqlite3_stmt *row = NULL;
    bool more;
    enum status status = list_edges(comparer, &edges);
    add_edges(comparer->comparison, &edges);
    if (status == STATUS_OK)
        status = database_prepare(comparer->database, edge_values, &row);
    while (status == STATUS_OK &&
           (status = database_step(comparer->database, row, &more)) == STATUS_OK && more) {
        int side = sqlite3_column_int(row, 0);
        size_t place = (size_t)sqlite3_column_int64(row, 1);
        size_t caller = compare_find(comparer, side, sqlite3_column_int64(row, 2));
        size_t callee = compare_find(comparer, side, sqlite3_column_int64(row, 3));
        if (caller == PLACES_NONE || callee == PLACES_NONE)
            continue;
        size_t index = places_find(&edges, edge_key(comparer, caller, callee));
        struct compared_edge *edge = &comparer->comparison->edges[index];
        edge->calls.values[side][place] = sqlite3_column_double(row, 4);
        edge->cumulative_ns.values[side][place] = sqlite3_column_double(row, 5);
        edge->recursive_calls[side] += sqlite3_column_double(row, 6);
    }
    sqlite3_finalize(row);
    free(edges.rows);
    return status;
}
