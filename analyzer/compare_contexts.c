/* Contexts of both sides, and of all their runs, processes and threads, as one tree: those of the
 * same functions, called in the same order, are one. */
#include <stdlib.h>
#include <string.h>

#include "compare_steps.h"

struct tree {
    struct comparer *comparer;
    size_t capacity; /* of the comparison's contexts */
    size_t *slots;   /* hash table: their indices + 1, 0: free */
    size_t slot_count;
    struct places nodes; /* of the process at hand, by context.id */
};

static uint64_t hash_of(const struct compared_context *context)
{
    return memory_hash(context->parent, 2 * context->function + context->folded);
}

static bool same(const struct compared_context *a, const struct compared_context *b)
{
    return a->parent == b->parent && a->function == b->function && a->folded == b->folded;
}

/* The slot that has it, or could have it. */
static size_t *find_slot(const struct tree *tree, const struct compared_context *wanted)
{
    const struct compared_context *contexts = tree->comparer->comparison->contexts;
    size_t at = hash_of(wanted) % tree->slot_count;
    while (tree->slots[at] && !same(&contexts[tree->slots[at] - 1], wanted))
        at = (at + 1) % tree->slot_count;
    return &tree->slots[at];
}

static void grow(struct tree *tree)
{
    struct comparison *comparison = tree->comparer->comparison;
    if (2 * comparison->context_count < tree->slot_count)
        return;
    free(tree->slots);
    tree->slot_count = tree->slot_count ? 2 * tree->slot_count : 1024;
    tree->slots = memory_array(tree->slot_count, sizeof *tree->slots);
    for (size_t i = 0; i < comparison->context_count; i++)
        *find_slot(tree, &comparison->contexts[i]) = i + 1;
}

static size_t node_of(struct tree *tree, const struct compared_context *wanted)
{
    struct comparison *comparison = tree->comparer->comparison;
    grow(tree);
    size_t *slot = find_slot(tree, wanted);
    if (*slot)
        return *slot - 1;
    comparison->contexts = memory_grow(comparison->contexts, &tree->capacity,
                                       comparison->context_count, sizeof *comparison->contexts);
    struct compared_context *context = &comparison->contexts[comparison->context_count];
    *context = *wanted;
    compared_begin(comparison, &context->calls);
    compared_begin(comparison, &context->self_ns);
    compared_begin(comparison, &context->cumulative_ns);
    *slot = ++comparison->context_count;
    return *slot - 1;
}

/* Callers have smaller ids, so that they are there already. */
static const char contexts_of_process[] =
    "SELECT here.id, ifnull(here.parent_id, 0), here.function_id, here.folded,"
    " here.calls + ifnull((SELECT total(calls) FROM cross_call WHERE context_id = here.id), 0),"
    " here.self_ns, here.cumulative_ns, ifnull(estimate.self_error_ns, 0),"
    " ifnull(estimate.cumulative_error_ns, 0)"
    " FROM process JOIN context AS here"
    "  ON here.id BETWEEN process.first_context_id AND process.last_context_id"
    " LEFT JOIN estimate ON estimate.context_id = here.id"
    " WHERE process.id = ? AND here.function_id IS NOT NULL ORDER BY here.id";

static void add_values(struct compared_context *context, int side, size_t place, sqlite3_stmt *row)
{
    double error = sqlite3_column_double(row, 7), cumulative_error = sqlite3_column_double(row, 8);
    context->calls.values[side][place] += sqlite3_column_double(row, 4);
    context->self_ns.values[side][place] += sqlite3_column_double(row, 5);
    context->cumulative_ns.values[side][place] += sqlite3_column_double(row, 6);
    context->self_ns.error[side] += error * error;
    context->cumulative_ns.error[side] += cumulative_error * cumulative_error;
}

static enum status read_process(struct tree *tree, sqlite3_stmt *row, int side, size_t place)
{
    struct comparison *comparison = tree->comparer->comparison;
    bool more;
    enum status status = STATUS_OK;
    tree->nodes.count = 0;
    while ((status = database_step(tree->comparer->database, row, &more)) == STATUS_OK && more) {
        struct compared_context wanted = {
            .function = compare_find(tree->comparer, side, sqlite3_column_int64(row, 2)),
            .folded = sqlite3_column_int(row, 3) != 0,
            .parent = places_find(&tree->nodes, sqlite3_column_int64(row, 1)),
        };
        if (wanted.function == PLACES_NONE)
            continue;
        size_t node = node_of(tree, &wanted);
        add_values(&comparison->contexts[node], side, place, row);
        places_add(&tree->nodes, sqlite3_column_int64(row, 0), node);
    }
    sqlite3_reset(row);
    return status;
}

static void find_presence(struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->context_count; i++) {
        struct compared_context *context = &comparison->contexts[i];
        bool present[SIDES] = {false, false};
        for (int k = 0; k < SIDES; k++)
            for (size_t run = 0; run < comparison->sides->side[k].run_count; run++)
                present[k] |=
                    context->calls.values[k][run] > 0 || context->cumulative_ns.values[k][run] > 0;
        context->presence = present[BEFORE] == present[AFTER] ? IN_BOTH
                            : present[AFTER]                  ? ONLY_AFTER
                                                              : ONLY_BEFORE;
    }
}

enum status compare_read_contexts(struct comparer *comparer)
{
    struct tree tree = {.comparer = comparer};
    sqlite3_stmt *process = NULL, *row = NULL;
    bool more;
    enum status status = database_prepare(
        comparer->database,
        "SELECT side, place, process_id FROM temp.compare_process ORDER BY 1, 2, 3", &process);
    if (status == STATUS_OK)
        status = database_prepare(comparer->database, contexts_of_process, &row);
    while (status == STATUS_OK &&
           (status = database_step(comparer->database, process, &more)) == STATUS_OK && more) {
        sqlite3_bind_int64(row, 1, sqlite3_column_int64(process, 2));
        status = read_process(&tree, row, sqlite3_column_int(process, 0),
                              (size_t)sqlite3_column_int64(process, 1));
    }
    sqlite3_finalize(process);
    sqlite3_finalize(row);
    free(tree.slots);
    free(tree.nodes.rows);
    find_presence(comparer->comparison);
    return status;
}

const char *compare_path(struct pool *pool, const struct comparison *comparison,
                         const struct compared_context *context)
{
    static const char between[] = " > ", folded[] = "(folded) > ";
    const struct compared_function *functions = comparison->functions;
    size_t length = sizeof folded;
    for (const struct compared_context *at = context;; at = &comparison->contexts[at->parent]) {
        length += strlen(functions[at->function].name) + sizeof between;
        if (at->parent == SIZE_MAX)
            break;
    }
    char *path = pool_take(pool, length), *begin = path + length - 1;
    *begin = '\0';
    for (const struct compared_context *at = context;; at = &comparison->contexts[at->parent]) {
        const char *name = functions[at->function].name;
        begin -= strlen(name);
        memcpy(begin, name, strlen(name));
        bool top = at->parent == SIZE_MAX;
        const char *before = !top ? between : context->folded ? folded : "";
        begin -= strlen(before);
        memcpy(begin, before, strlen(before));
        if (top)
            return begin;
    }
}
