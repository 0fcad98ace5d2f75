/* Profiles as files that other tools open. docs/EXPORT.md tells what is in each, and what is lost.
 */
#ifndef PROFINST_ANALYZER_EXPORT_H
#define PROFINST_ANALYZER_EXPORT_H

#include <stdint.h>
#include <stdio.h>

#include "database.h"
#include "tree.h"

/* Time that belongs to no function, where a format has room for functions only: of all threads
 * outside of the functions measured, and what is not known to be inside or outside. */
#define EXPORT_OUTSIDE "(outside)"
#define EXPORT_UNATTRIBUTED "(unattributed)"

#define EXPORT_NAMELESS "(no name)" /* a function whose name is empty, which tools take ill */

/* A writer of a format. Those from `export_pprof` on need a source with contexts. */
typedef enum status export_writer(FILE *stream, struct database *database);
export_writer export_callgrind, export_prometheus, export_openmetrics, export_jsonl, export_csv,
    export_markdown;
export_writer export_pprof, export_speedscope, export_folded;

/* Printable, with the characters of `marks` spelled out by their bytes, and spaces at either end,
 * which tools drop. Never empty. */
char *export_name(struct pool *pool, const char *name, const char *marks);

/* For each text, where the first one that is the same stands; the caller frees it. */
size_t *export_number(const char *const *texts, size_t count);

/* What all threads took; its parts are in no function. */
struct export_times {
    bool known; /* of any process; otherwise all are 0 */
    int64_t outside_ns, unattributed_ns;
};
enum status export_query_times(struct export_times *times, struct database *database);

/* Whether there is any; there is none either if the clock was not measured. */
static inline bool export_has_times(const struct tree *tree)
{
    return tree->has_times && tree->nodes[0].cumulative_ns > 0;
}

/* The frames of a stack from the root, without the root of the tree itself. */
struct export_stack {
    const uint32_t *nodes; /* of the tree, callers first */
    size_t depth;
    bool cut; /* there were more callers */
};

/* Written out, the stacks of all contexts are as long as the square of the depth. No program that
 * does not mean to is deeper than this; of one that is, stacks lack the root's end. */
enum { EXPORT_DEEPEST = 256 };
#define EXPORT_CUT "(callers left out)" /* stands in its place */

/* Calls `visit` with the stack of each node but the root; says how many were cut. `groups`: levels
 * of the tree above all functions. */
void export_stacks(const struct tree *tree, size_t groups,
                   void (*visit)(const struct tree *tree, const struct export_stack *stack,
                                 void *context),
                   void *context);

/* At least 0: a forged database may hold anything. */
static inline int64_t export_amount(int64_t amount)
{
    return amount > 0 ? amount : 0;
}

#endif
