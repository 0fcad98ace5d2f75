/* The call graph: what is drawn of it, and the drawing. */
#ifndef PROFINST_ANALYZER_GRAPH_H
#define PROFINST_ANALYZER_GRAPH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "source.h"

struct graph_options {
    double min_share; /* 0..1: functions with less of the total time are left out, inlined ones with
                         less of all calls */
    int64_t limit;    /* functions at most; 0: all */
};

struct graph_node {
    int64_t id; /* of the function */
    const char *name;
    const char *module; /* "" of external ones */
    bool external;
    bool below_noise; /* self_ns is too small beside what recording took */
    int64_t calls, inlined_calls, self_ns, cumulative_ns;
};

struct graph_edge {
    size_t caller, callee; /* nodes */
    int64_t calls, inlined_calls, recursive_calls, cumulative_ns;
};

/* Strings belong to the graph. Nodes and edges are in a fixed order, the largest first. */
struct graph {
    struct pool pool;
    struct graph_options options;
    const char *program; /* base name; NULL: no process at all */
    int64_t total_ns;    /* of all threads together; shares are of this */
    int64_t calls;       /* all */
    struct graph_node *nodes;
    struct graph_edge *edges;
    size_t node_count, edge_count;
    int64_t left_out_functions, left_out_self_ns, left_out_edges;
};

/* graph_free in any case. */
enum status graph_query(struct graph *graph, struct database *database,
                        const struct graph_options *options);
void graph_free(struct graph *graph);

/* Formats are named by file name endings: png, svg, pdf; dot or gv for Graphviz' own text. */
bool graph_knows_format(const char *format);

/* Renders into memory; the caller frees *bytes with graph_free_picture. */
enum status graph_draw(struct graph *graph, const char *format, char **bytes, size_t *size);
void graph_free_picture(char *bytes);

#endif
