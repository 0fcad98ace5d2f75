#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "tree_draft.h"

/* The children of each draft, one draft's after the other's. */
struct children {
    uint32_t *drafts;
    size_t count;
    uint32_t *first; /* by draft: where its own begin; those of the next begin where they end */
};

/* From the last to the first, so that all below a draft is there when it is added to its parent. */
static void sum_up(struct tree_draft *drafts, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        struct tree_node *node = &drafts[i].node;
        node->cumulative_ns = database_sum(node->cumulative_ns, node->self_ns);
        if (i == 0)
            continue;
        struct tree_node *parent = &drafts[node->parent].node;
        parent->cumulative_ns = database_sum(parent->cumulative_ns, node->cumulative_ns);
    }
}

struct sorting {
    const struct tree *tree;
    const struct tree_draft *drafts;
};

/* Siblings are told apart by nothing that differs from run to run. */
static int by_parent_and_size(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
    const struct tree_node *a = &sorting->drafts[i].node, *b = &sorting->drafts[j].node;
    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    if (a->cumulative_ns != b->cumulative_ns)
        return a->cumulative_ns > b->cumulative_ns ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    int order = strcmp(tree_name(sorting->tree, a), tree_name(sorting->tree, b));
    return order ? order : (i > j) - (i < j);
}

/* Of all that has calls or time, or something below that has. */
static struct children find_children(const struct tree *tree, const struct tree_draft *drafts,
                                     size_t count)
{
    struct sorting sorting = {tree, drafts};
    struct children children = {.drafts = memory_array(count, sizeof(uint32_t)),
                                .first = memory_array(count + 1, sizeof(uint32_t))};
    bool *any = memory_array(count, sizeof *any);
    for (size_t i = count; i-- > 1;) {
        const struct tree_node *node = &drafts[i].node;
        any[i] |= node->calls > 0 || node->self_ns > 0;
        any[node->parent] |= any[i];
        if (any[i])
            children.drafts[children.count++] = (uint32_t)i;
    }
    free(any);
    if (children.count > 0)
        qsort_r(children.drafts, children.count, sizeof(uint32_t), by_parent_and_size, &sorting);
    for (size_t i = 0, at = 0; i <= count; i++) {
        children.first[i] = (uint32_t)at;
        while (at < children.count && drafts[children.drafts[at]].node.parent == i)
            at++;
    }
    return children;
}

/* Places the drafts, and remembers where each went. */
static void place(struct tree *tree, const struct tree_draft *drafts,
                  const struct children *children, uint32_t *places)
{
    uint32_t *stack = memory_array(children->count + 1, sizeof *stack);
    size_t top = 0;
    stack[top++] = 0;
    while (top > 0) {
        uint32_t draft = stack[--top], here = (uint32_t)tree->node_count++;
        uint32_t first = children->first[draft], end = children->first[draft + 1];
        struct tree_node *node = &tree->nodes[here];
        *node = drafts[draft].node;
        node->first_child = first < end ? here + 1 : TREE_NONE;
        node->next_sibling = TREE_NONE;
        places[draft] = here;
        if (draft) {
            node->parent = places[node->parent];
            node->depth = tree->nodes[node->parent].depth + 1;
        }
        while (end > first)
            stack[top++] = children->drafts[--end];
    }
    free(stack);
}

void tree_order(struct tree *tree, struct tree_draft *drafts, size_t count, uint32_t *wanted)
{
    sum_up(drafts, count);
    struct children children = find_children(tree, drafts, count);
    uint32_t *places = wanted ? wanted : memory_array(count, sizeof *places);
    memset(places, 0xFF, count * sizeof *places);
    tree->nodes = memory_array(children.count + 1, sizeof *tree->nodes);
    place(tree, drafts, &children, places);
    for (size_t i = 1; i < children.count; i++) {
        uint32_t former = places[children.drafts[i - 1]], here = places[children.drafts[i]];
        if (tree->nodes[former].parent == tree->nodes[here].parent)
            tree->nodes[former].next_sibling = here;
    }
    free(children.drafts);
    free(children.first);
    if (!wanted)
        free(places);
}
