/* The call graph: all of it, and what is drawn. graph_draw.h has the drawing. */
#ifndef PROFINST_ANALYZER_GRAPH_H
#define PROFINST_ANALYZER_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "change.h"
#include "database.h"

#define GRAPH_NONE SIZE_MAX

/* What functions have in common. */
enum graph_kin { GRAPH_ALONE, GRAPH_FILE, GRAPH_MODULE };

/* What the colour of a function tells: its time, or its kin. */
enum graph_colour { GRAPH_SELF, GRAPH_CUMULATIVE, GRAPH_BY_MODULE, GRAPH_BY_FILE };

struct graph_options {
    double min_share; /* 0..1: functions with less of the total time are left out, inlined ones
                         with less of all calls; the same of edges that nothing hangs on */
    int64_t limit;    /* functions at most; 0: all */
    const int64_t
        *focus;         /* ids of functions, borrowed; only what leads to and from them is drawn */
    size_t focus_count; /* 0: everything is */
    int64_t depth;      /* steps from there, each way */
    bool boxes_apart;   /* chains do not share a box */
    enum graph_colour colour;
    enum graph_kin cluster;
    bool cluster_chosen; /* otherwise by module if there are several programs */
    const char *title;   /* NULL: what was recorded */
    bool tell_run;       /* its number */
    const char *link;    /* see graph_link.h; NULL: to the files */
};

struct graph_function {
    int64_t id;
    const char *name;
    const char *module, *module_path, *file; /* "": external; unknown */
    int64_t line;                            /* 0: unknown */
    bool external;
    bool below_noise; /* self_ns is too small beside what recording took */
    int64_t calls, inlined_calls, self_ns, cumulative_ns;
    int64_t self_error_ns, cumulative_error_ns; /* half of the 95 % interval; 0: not estimated */
    bool focus;
    bool drawn;
    /* Chains of calls share a box. */
    size_t top;                               /* the function at the top of its box */
    size_t below;                             /* the one below it there; GRAPH_NONE: none */
    size_t down;                              /* the edge to that one; GRAPH_NONE: it is a detour */
    size_t between;                           /* of the detour */
    const struct compared_function *compared; /* NULL: of one side */
};

struct graph_edge {
    size_t caller, callee; /* functions */
    int64_t calls, inlined_calls, recursive_calls, cumulative_ns;
    bool drawn;
    const struct compared_edge *compared; /* NULL: of one side */
};

/* Stands for a chain of functions that are not drawn, as what is below would hang in the air. */
struct graph_detour {
    size_t caller, callee;
    size_t between; /* functions */
};

/* Strings belong to the graph. Functions and edges are in a fixed order, the largest first. */
struct graph {
    struct pool pool;
    struct graph_options options;
    const char *program; /* base names; NULL: no process at all */
    size_t program_count;
    int64_t run; /* 0: of several, or nobody asks */
    int64_t run_count, started_unix_ns;
    int64_t total_ns; /* of all threads together; shares are of this */
    int64_t calls;    /* all */
    struct graph_function *functions;
    struct graph_edge *edges;
    size_t function_count, edge_count;
    const struct comparison *comparison; /* of which it is; NULL: of one side */
    struct change_scale scale;           /* of that */
    /* Set by graph_pick. */
    int64_t limit;
    size_t drawn_functions, drawn_edges;
    int64_t left_out_self_ns;
    struct graph_detour *detours;
    size_t detour_count, detour_capacity;
    bool sideways; /* callees stand at the right of their callers, not below */
};

/* Picks with the limit of the options. graph_free in any case. */
enum status graph_query(struct graph *graph, struct database *database,
                        const struct graph_options *options);
void graph_free(struct graph *graph);

/* The graph of a comparison, which the caller keeps: all there is on either side, with the larger
 * figures of the two. Functions in focus are those of either side. */
void graph_compare(struct graph *graph, const struct comparison *comparison,
                   const struct graph_options *options);

/* What colours tell of a function of such a graph; and whether there is anything to tell. */
const struct compared *graph_compared_of(const struct graph *graph,
                                         const struct compared_function *function);
bool graph_is_changed(const struct graph *graph, const struct graph_function *function);

/* Sets anew what is drawn, with so many functions at most; 0: all. */
void graph_pick(struct graph *graph, int64_t limit);

/* Steps of it: to draw the largest way into functions that have none; to put chains into boxes. */
void graph_hang(struct graph *graph);
void graph_stack(struct graph *graph);

/* What a function shares with its kin, a path; "" if it is not known, or there is none. */
const char *graph_kin_of(const struct graph_function *function, enum graph_kin kin);

/* Whether two drawn functions that are connected share a box, one below the other. */
bool graph_is_stacked(const struct graph *graph, size_t caller, size_t callee);

/* All calls of the edge are of the kind. */
bool graph_is_recursive(const struct graph_edge *edge);
bool graph_is_inlined(const struct graph_edge *edge);

#endif
