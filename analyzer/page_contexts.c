/* The calling context tree in columns, in the order of reading: each context before what it called.
 * What a context has below it tells its cumulative time: for most there is nothing, which packs
 * well. */
#include <inttypes.h>
#include <stdlib.h>

#include "page.h"

/* So many a browser opens in a few seconds. Of more, the smallest are left out: together they are
 * less than a pixel wide for every one that is drawn. */
enum { MOST_CONTEXTS = 400000 };

/* What is drawn: the time, or, where no times were taken, the calls; with all below. */
static int64_t *weights_of(const struct tree *tree)
{
    int64_t *weights = memory_array(tree->node_count, sizeof *weights);
    for (size_t i = tree->node_count; i-- > 0;) {
        const struct tree_node *node = &tree->nodes[i];
        if (tree->has_times) {
            weights[i] = node->cumulative_ns;
            continue;
        }
        weights[i] = database_sum(weights[i], node->calls);
        if (i > 0)
            weights[node->parent] = database_sum(weights[node->parent], weights[i]);
    }
    return weights;
}

static int from_large_to_small(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a < b) - (a > b);
}

/* What a context must weigh to be kept. */
static int64_t least_weight(const int64_t *weights, size_t count)
{
    if (count <= MOST_CONTEXTS)
        return INT64_MIN;
    int64_t *sorted = memory_array(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = weights[i];
    qsort(sorted, count, sizeof *sorted, from_large_to_small);
    int64_t least = sorted[MOST_CONTEXTS - 1];
    if (sorted[MOST_CONTEXTS] == least && least < INT64_MAX)
        least++; /* either all of one weight or none */
    free(sorted);
    return least;
}

struct page_kept page_keep(const struct tree *tree, const int64_t *weights)
{
    struct page_kept kept = {memory_array(tree->node_count, sizeof *kept.nodes), 0};
    int64_t least = least_weight(weights, tree->node_count);
    uint32_t left_out = UINT32_MAX; /* depth of the last one that was */
    for (size_t i = 0; i < tree->node_count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (node->depth > left_out)
            continue;
        bool small = node->function != TREE_NONE && weights[i] < least;
        left_out = small ? node->depth : UINT32_MAX;
        if (!small)
            kept.nodes[kept.count++] = (uint32_t)i;
    }
    return kept;
}

enum column { DEPTH, FUNCTION, CALLS, INLINED, SELF, BELOW, SELF_ERROR, CUMULATIVE_ERROR, COLUMNS };

static const char *const names[COLUMNS] = {"depth", "function", "calls",      "inlined_calls",
                                           "self",  "below",    "self_error", "error"};

/* What stands in the column of functions for what is none; of others it is the place in the report.
 */
enum { GROUP = -1, FOLDED = -2, UNKNOWN = -3 };

static int64_t function_of(const struct page *page, const struct tree_node *node)
{
    if (node->function == TREE_NONE)
        return node->depth < 2 ? GROUP : FOLDED;
    int64_t place = page_place(page, page->tree.functions[node->function].id);
    return place < 0 ? UNKNOWN : place;
}

static int64_t cell(const struct page *page, const struct tree_node *node, int64_t weight,
                    enum column column)
{
    const struct tree *tree = &page->tree;
    int64_t self = tree->has_times ? node->self_ns : node->calls;
    switch (column) {
    case DEPTH:
        return node->depth;
    case FUNCTION:
        return function_of(page, node);
    case CALLS:
        return node->calls;
    case INLINED:
        return node->inlined_calls;
    case SELF:
        return self;
    case BELOW:
        return database_difference(weight, self);
    case SELF_ERROR:
        return node->self_error_ns;
    default:
        return node->cumulative_error_ns;
    }
}

void page_write_contexts(FILE *stream, const struct page *page)
{
    const struct tree *tree = &page->tree;
    int64_t *weights = weights_of(tree);
    struct page_kept kept = page_keep(tree, weights);
    fprintf(stream, "{\"left_out\":%zu", tree->node_count - kept.count);
    for (enum column column = 0; column < COLUMNS; column++) {
        fprintf(stream, ",\"%s\":[", names[column]);
        for (size_t i = 0; i < kept.count; i++)
            fprintf(stream, "%s%" PRId64, i ? "," : "",
                    cell(page, &tree->nodes[kept.nodes[i]], weights[kept.nodes[i]], column));
        fputc(']', stream);
    }
    fputs(",\"groups\":[", stream); /* ids of threads, as they come */
    bool any = false;
    for (size_t i = 0; i < kept.count; i++) {
        const struct tree_node *node = &tree->nodes[kept.nodes[i]];
        if (node->depth != 1)
            continue;
        fprintf(stream, "%s%" PRId64, any ? "," : "", node->group);
        any = true;
    }
    fputs("]}", stream);
    free(kept.nodes);
    free(weights);
}
