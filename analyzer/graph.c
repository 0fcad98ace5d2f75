#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "places.h"
#include "text.h"

const char *graph_kin_of(const struct graph_function *function, enum graph_kin kin)
{
    return kin == GRAPH_MODULE ? function->module_path : kin == GRAPH_FILE ? function->file : "";
}

bool graph_is_recursive(const struct graph_edge *edge)
{
    return edge->recursive_calls > 0 && edge->recursive_calls == edge->calls;
}

bool graph_is_inlined(const struct graph_edge *edge)
{
    return edge->inlined_calls > 0 && edge->inlined_calls == edge->calls;
}

/* Programs are told by their names as long as a title has room for them. */
static void add_program(struct graph *graph, const char *path)
{
    enum { NAMED = 3 };
    const char *name = text_base_name(path);
    graph->program_count++;
    if (graph->program_count <= NAMED)
        graph->program =
            graph->program ? pool_format(&graph->pool, "%s, %s", graph->program, name) : name;
    else if (graph->program_count == NAMED + 1)
        graph->program = pool_format(&graph->pool, "%s, …", graph->program);
}

static enum status query_programs(struct graph *graph, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database,
                         "SELECT program FROM processes GROUP BY program"
                         " ORDER BY min(started_unix_ns), min(process_id), min(id)",
                         &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more)
        add_program(graph, database_text(&graph->pool, row, 0));
    sqlite3_finalize(row);
    return status;
}

static enum status query_runs(struct graph *graph, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database, "SELECT count(DISTINCT run), min(run), min(started_unix_ns) FROM processes",
        &row);
    if (status != STATUS_OK)
        return status;
    if ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        graph->run_count = sqlite3_column_int64(row, 0);
        graph->run = sqlite3_column_int64(row, 1);
        graph->started_unix_ns = sqlite3_column_int64(row, 2);
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_total(struct graph *graph, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, "SELECT timed_ns, calls FROM processes", &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        graph->total_ns = database_sum(graph->total_ns, sqlite3_column_int64(row, 0));
        graph->calls = database_sum(graph->calls, sqlite3_column_int64(row, 1));
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query_functions(struct graph *graph, struct database *database)
{
    struct pool *pool = &graph->pool;
    sqlite3_stmt *row;
    bool more;
    /* A leaf's own time counts twice here, so that the long chain of callers above it, each with
     * nearly all the time below it, does not crowd it out. */
    enum status status = database_prepare(
        database,
        "SELECT function_id, name, module, module_path, file, line, external,"
        " below_noise, calls, inlined_calls, self_ns, cumulative_ns, self_error_ns,"
        " cumulative_error_ns"
        " FROM functions ORDER BY self_ns + cumulative_ns DESC, calls DESC, name, linkage_name,"
        " function_id",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        graph->functions = memory_grow(graph->functions, &capacity, graph->function_count,
                                       sizeof *graph->functions);
        graph->functions[graph->function_count++] = (struct graph_function){
            .id = sqlite3_column_int64(row, 0),
            .name = database_text(pool, row, 1),
            .module = database_text(pool, row, 2),
            .module_path = database_text(pool, row, 3),
            .file = database_text(pool, row, 4),
            .line = sqlite3_column_int64(row, 5),
            .external = sqlite3_column_int(row, 6),
            .below_noise = sqlite3_column_int(row, 7),
            .calls = sqlite3_column_int64(row, 8),
            .inlined_calls = sqlite3_column_int64(row, 9),
            .self_ns = sqlite3_column_int64(row, 10),
            .cumulative_ns = sqlite3_column_int64(row, 11),
            .self_error_ns = sqlite3_column_int64(row, 12),
            .cumulative_error_ns = sqlite3_column_int64(row, 13),
        };
    }
    sqlite3_finalize(row);
    return status;
}

static struct places places_of(const struct graph *graph)
{
    struct places places = {0};
    for (size_t i = 0; i < graph->function_count; i++)
        places_add(&places, graph->functions[i].id, i);
    places_sort(&places);
    return places;
}

static enum status query_edges(struct graph *graph, struct database *database,
                               const struct places *places)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT caller_id, callee_id, calls, recursive_calls, cumulative_ns,"
        " inlined_calls"
        " FROM edges ORDER BY cumulative_ns DESC, calls DESC, caller_id, callee_id",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        struct graph_edge edge = {
            .caller = places_find(places, sqlite3_column_int64(row, 0)),
            .callee = places_find(places, sqlite3_column_int64(row, 1)),
            .calls = sqlite3_column_int64(row, 2),
            .recursive_calls = sqlite3_column_int64(row, 3),
            .cumulative_ns = sqlite3_column_int64(row, 4),
            .inlined_calls = sqlite3_column_int64(row, 5),
        };
        if (edge.caller == GRAPH_NONE || edge.callee == GRAPH_NONE) /* a forged database has such */
            continue;
        graph->edges =
            memory_grow(graph->edges, &capacity, graph->edge_count, sizeof *graph->edges);
        graph->edges[graph->edge_count++] = edge;
    }
    sqlite3_finalize(row);
    return status;
}

static enum status query(struct graph *graph, struct database *database)
{
    enum status status = query_programs(graph, database);
    if (status == STATUS_OK)
        status = query_runs(graph, database);
    if (status == STATUS_OK)
        status = query_total(graph, database);
    if (status == STATUS_OK)
        status = query_functions(graph, database);
    if (status != STATUS_OK)
        return status;
    if (!graph->options.tell_run || graph->run_count > 1)
        graph->run = 0;
    struct places places = places_of(graph);
    status = query_edges(graph, database, &places);
    for (size_t i = 0; i < graph->options.focus_count; i++) {
        size_t focus = places_find(&places, graph->options.focus[i]);
        if (focus != GRAPH_NONE)
            graph->functions[focus].focus = true;
    }
    free(places.rows);
    return status;
}

enum status graph_query(struct graph *graph, struct database *database,
                        const struct graph_options *options)
{
    *graph = (struct graph){.options = *options};
    enum status status = query(graph, database);
    if (status != STATUS_OK)
        return status;
    if (!options->cluster_chosen)
        graph->options.cluster = graph->program_count > 1 ? GRAPH_MODULE : GRAPH_ALONE;
    graph_pick(graph, options->limit);
    return STATUS_OK;
}

void graph_free(struct graph *graph)
{
    free(graph->functions);
    free(graph->edges);
    free(graph->detours);
    pool_free(&graph->pool);
}
