#include "graph.h"

#include <stdlib.h>

#include "text.h"

static enum status query_total(struct graph *graph, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database,
                         pool_format(&graph->pool, "SELECT program, timed_ns, calls FROM processes "
                                                   "ORDER BY started_unix_ns, process_id, id"),
                         &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        if (!graph->program)
            graph->program = text_base_name(database_text(&graph->pool, row, 0));
        graph->total_ns = database_sum(graph->total_ns, sqlite3_column_int64(row, 1));
        graph->calls = database_sum(graph->calls, sqlite3_column_int64(row, 2));
    }
    sqlite3_finalize(row);
    return status;
}

/* Inlined calls have no time, so they count for their number. */
static bool is_large(const struct graph *graph, int64_t cumulative_ns, int64_t inlined_calls)
{
    double least = graph->options.min_share;
    return (double)cumulative_ns >= least * (double)graph->total_ns ||
           (inlined_calls > 0 && (double)inlined_calls >= least * (double)graph->calls);
}

static bool is_drawn(const struct graph *graph, const struct graph_node *node)
{
    if (graph->options.limit > 0 && graph->node_count >= (size_t)graph->options.limit)
        return false;
    return is_large(graph, node->cumulative_ns, node->inlined_calls);
}

static enum status query_nodes(struct graph *graph, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    /* A leaf's own time counts twice here, so that the long chain of callers above it, each with
     * nearly all the time below it, does not crowd it out. */
    enum status status = database_prepare(
        database,
        pool_format(
            &graph->pool,
            "SELECT function_id, name, module, calls, self_ns, cumulative_ns, inlined_calls,"
            " external, below_noise%s"
            "ORDER BY self_ns + cumulative_ns DESC, calls DESC, name, linkage_name,"
            " function_id",
            " FROM functions "),
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        struct graph_node node = {
            .id = sqlite3_column_int64(row, 0),
            .calls = sqlite3_column_int64(row, 3),
            .self_ns = sqlite3_column_int64(row, 4),
            .cumulative_ns = sqlite3_column_int64(row, 5),
            .inlined_calls = sqlite3_column_int64(row, 6),
            .external = sqlite3_column_int(row, 7),
            .below_noise = sqlite3_column_int(row, 8),
        };
        if (!is_drawn(graph, &node)) {
            graph->left_out_functions++;
            graph->left_out_self_ns = database_sum(graph->left_out_self_ns, node.self_ns);
            continue;
        }
        node.name = database_text(&graph->pool, row, 1);
        node.module = database_text(&graph->pool, row, 2);
        graph->nodes =
            memory_grow(graph->nodes, &capacity, graph->node_count, sizeof *graph->nodes);
        graph->nodes[graph->node_count++] = node;
    }
    sqlite3_finalize(row);
    return status;
}

/* The drawn function with this id; node_count if it is none. */
static size_t find_node(const struct graph *graph, int64_t id)
{
    size_t i = 0;
    while (i < graph->node_count && graph->nodes[i].id != id)
        i++;
    return i;
}

static enum status query_edges(struct graph *graph, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        pool_format(&graph->pool,
                    "SELECT caller_id, callee_id, calls, recursive_calls, cumulative_ns,"
                    " inlined_calls%s"
                    "ORDER BY cumulative_ns DESC, calls DESC, caller_id, callee_id",
                    " FROM edges "),
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        struct graph_edge edge = {
            .caller = find_node(graph, sqlite3_column_int64(row, 0)),
            .callee = find_node(graph, sqlite3_column_int64(row, 1)),
            .calls = sqlite3_column_int64(row, 2),
            .recursive_calls = sqlite3_column_int64(row, 3),
            .cumulative_ns = sqlite3_column_int64(row, 4),
            .inlined_calls = sqlite3_column_int64(row, 5),
        };
        if (edge.caller == graph->node_count || edge.callee == graph->node_count) {
            graph->left_out_edges++;
            continue;
        }
        graph->edges =
            memory_grow(graph->edges, &capacity, graph->edge_count, sizeof *graph->edges);
        graph->edges[graph->edge_count++] = edge;
    }
    sqlite3_finalize(row);
    return status;
}

/* Among the drawn functions, an edge that carries little time only tangles the picture. It stays if
 * it is the largest into its function, so that every function hangs where it belongs. */
static void leave_out_small_edges(struct graph *graph)
{
    bool *has_caller = memory_array(graph->node_count, sizeof *has_caller);
    size_t kept = 0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        struct graph_edge edge = graph->edges[i];
        bool loop = edge.caller == edge.callee;
        bool recursive = edge.recursive_calls > 0;
        if (!loop && !recursive && has_caller[edge.callee] &&
            !is_large(graph, edge.cumulative_ns, edge.inlined_calls)) {
            graph->left_out_edges++;
            continue;
        }
        has_caller[edge.callee] |= !loop;
        graph->edges[kept++] = edge;
    }
    graph->edge_count = kept;
    free(has_caller);
}

enum status graph_query(struct graph *graph, struct database *database,
                        const struct graph_options *options)
{
    *graph = (struct graph){.options = *options};
    enum status status = query_total(graph, database);
    if (status == STATUS_OK)
        status = query_nodes(graph, database);
    if (status == STATUS_OK)
        status = query_edges(graph, database);
    if (status == STATUS_OK)
        leave_out_small_edges(graph);
    return status;
}

void graph_free(struct graph *graph)
{
    free(graph->nodes);
    free(graph->edges);
    pool_free(&graph->pool);
}
