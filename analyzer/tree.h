/* The calling context tree of all that a command looks at, merged: contexts with the same chain of
 * functions are one node, of whichever threads, processes and runs, inlined or not. */
#ifndef PROFINST_ANALYZER_TREE_H
#define PROFINST_ANALYZER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "memory.h"

#define TREE_NONE UINT32_MAX

/* Strings belong to the tree. */
struct tree_function {
    int64_t id; /* functions.function_id */
    const char *name;
    const char *linkage_name;
    const char *module;      /* base name; NULL: external */
    const char *module_path; /* likewise */
    const char *file;        /* NULL: unknown */
    int64_t line;            /* 0: unknown */
    bool external;
};

/* Times are nanoseconds. */
struct tree_node {
    uint32_t parent;                    /* stands before its children; TREE_NONE: the root */
    uint32_t function;                  /* TREE_NONE: no function, but what `label` says */
    uint32_t first_child, next_sibling; /* TREE_NONE: none. The largest child comes first */
    uint32_t depth;                     /* root: 0 */
    int64_t calls;                      /* all, recursive ones that lead here too */
    int64_t inlined_calls;              /* of those */
    int64_t self_ns;                    /* of one without function: outside of all functions */
    int64_t cumulative_ns;              /* self_ns summed over the subtree */
    int64_t self_error_ns, cumulative_error_ns; /* half of the 95 % interval; 0: none */
    const char *label;                          /* NULL: it has a function */
    int64_t group; /* of a process or thread that stands there as one: its id; otherwise 0 */
};

/* What stands between the root and the functions that nobody called. TREE_PROGRAMS: the programs if
 * there are several of them, otherwise nothing. TREE_PROCESSES, TREE_THREADS: each of them. */
enum tree_groups { TREE_PROGRAMS, TREE_PROCESSES, TREE_THREADS };

struct tree {
    struct pool pool;
    struct tree_function *functions;
    struct tree_node *nodes; /* the root, which has all there is, is the first */
    size_t function_count, node_count;
    bool has_times; /* otherwise all times are 0 */
};

/* Needs a source with contexts. tree_free in any case. */
enum status tree_query(struct tree *tree, struct database *database, enum tree_groups groups);
void tree_free(struct tree *tree);

/* Of a node: its function's name, or its label. */
const char *tree_name(const struct tree *tree, const struct tree_node *node);

#endif
