/* Views that are made of the calling context tree. */
#include <stdlib.h>
#include <string.h>

#include "report_views.h"
#include "tree.h"

#define LENGTH(columns) (sizeof(columns) / sizeof *(columns))

static const struct view_column path_columns[] = {
    {"self_ns", "self", "self %", VIEW_TIME, "self_error_ns"},
    {"cumulative_ns", "cumulative", NULL, VIEW_TIME, "cumulative_error_ns"},
    {"calls", "calls", NULL, VIEW_COUNT, NULL},
    {"inlined_calls", "inlined", NULL, VIEW_COUNT, NULL},
    {"path", "path", NULL, VIEW_PATH, NULL},
};

static const struct view_column tree_columns[] = {
    {"cumulative_ns", "cumulative", "cum. %", VIEW_TIME, "cumulative_error_ns"},
    {"self_ns", "self", NULL, VIEW_TIME, "self_error_ns"},
    {"calls", "calls", NULL, VIEW_COUNT, NULL},
    {"inlined_calls", "inlined", NULL, VIEW_COUNT, NULL},
    {"depth", NULL, NULL, VIEW_COUNT, NULL},
    {"name", NULL, NULL, VIEW_NAME, NULL},
    {"drawing", "function", NULL, VIEW_TEXT, NULL},
};

static struct view_cell number(int64_t value)
{
    return (struct view_cell){.known = true, .number = value};
}

static struct view_cell estimate(int64_t value, int64_t error)
{
    return (struct view_cell){.known = true, .number = value, .error = error};
}

static struct view_cell number_but_0(int64_t value)
{
    return (struct view_cell){.known = value != 0, .number = value};
}

static struct view_cell text(const char *value)
{
    return (struct view_cell){.known = true, .text = value};
}

/* Nodes in the order of what they are to be ranked by. */
struct ranked {
    int64_t by, calls;
    uint32_t node;
};

static int largest_first(const void *left, const void *right)
{
    const struct ranked *a = left, *b = right;
    if (a->by != b->by)
        return a->by > b->by ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    return (a->node > b->node) - (a->node < b->node);
}

/* All but the root. Where there are no times, calls tell the size. */
static struct ranked *rank(const struct tree *tree, bool self, size_t *count)
{
    struct ranked *ranked = memory_array(tree->node_count, sizeof *ranked);
    *count = 0;
    for (uint32_t i = 1; i < tree->node_count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (node->function == TREE_NONE && self)
            continue;
        int64_t ns = self ? node->self_ns : node->cumulative_ns;
        ranked[(*count)++] = (struct ranked){tree->has_times ? ns : node->calls, node->calls, i};
    }
    if (*count > 0)
        qsort(ranked, *count, sizeof *ranked, largest_first);
    return ranked;
}

/* "main > f > g", from the root. A chain longer than that is shown from its end. */
enum { LONGEST_PATH = 256 };

static const char *path_of(struct pool *pool, const struct tree *tree, uint32_t node)
{
    uint32_t chain[LONGEST_PATH];
    size_t length = 0, size = 1;
    for (; node != 0 && length < LONGEST_PATH; node = tree->nodes[node].parent) {
        size += strlen(tree_name(tree, &tree->nodes[node])) + strlen(" > ");
        chain[length++] = node;
    }
    char *path = pool_take(pool, size + strlen("... > ")), *end = path;
    if (node != 0)
        end = stpcpy(end, "... > ");
    while (length-- > 0) {
        end = stpcpy(end, tree_name(tree, &tree->nodes[chain[length]]));
        end = stpcpy(end, length > 0 ? " > " : "");
    }
    *end = '\0';
    return path;
}

enum status report_hot_paths(struct view *view, struct database *database, int64_t limit)
{
    struct tree tree;
    enum status status = tree_query(&tree, database, TREE_PROGRAMS);
    view->name = "hot_paths";
    view->title = "Hot paths: the chains of callers with most time of their own";
    view->columns = path_columns;
    view->column_count = LENGTH(path_columns);
    size_t count = 0;
    struct ranked *ranked = status == STATUS_OK ? rank(&tree, true, &count) : NULL;
    for (size_t i = 0; i < count; i++) {
        const struct tree_node *node = &tree.nodes[ranked[i].node];
        if (limit > 0 && (int64_t)i >= limit) {
            view->left_out++;
            continue;
        }
        struct view_cell *cells = view_add_row(view);
        cells[0] = estimate(node->self_ns, node->self_error_ns);
        cells[1] = estimate(node->cumulative_ns, node->cumulative_error_ns);
        cells[2] = number(node->calls);
        cells[3] = number_but_0(node->inlined_calls);
        cells[4] = text(path_of(&view->pool, &tree, ranked[i].node));
    }
    free(ranked);
    tree_free(&tree);
    return status;
}

/* The largest nodes; a caller is at least as large as what it calls, so that all hangs together. */
static bool *choose(const struct tree *tree, int64_t limit, int64_t *left_out)
{
    size_t count;
    struct ranked *ranked = rank(tree, false, &count);
    bool *chosen = memory_array(tree->node_count, sizeof *chosen);
    for (size_t i = 0; i < count; i++)
        if (limit == 0 || (int64_t)i < limit)
            chosen[ranked[i].node] = true;
    /* Not so where there are calls alone: there callers come along. */
    *left_out = 0;
    for (size_t i = tree->node_count; i-- > 1;)
        if (chosen[i])
            chosen[tree->nodes[i].parent] = true;
    for (size_t i = 1; i < tree->node_count; i++)
        *left_out += !chosen[i];
    free(ranked);
    return chosen;
}

/* Whether more of the chosen siblings come behind it. */
static bool has_next(const struct tree *tree, const bool *chosen, uint32_t node)
{
    for (uint32_t next = tree->nodes[node].next_sibling; next != TREE_NONE;
         next = tree->nodes[next].next_sibling)
        if (chosen[next])
            return true;
    return false;
}

/* Lines from each caller to what it calls. Very deep trees have no more of them than fit. */
enum { DEEPEST_DRAWING = 40 };

static const char *draw(struct pool *pool, const struct tree *tree, const bool *chosen,
                        uint32_t node)
{
    static const char bar[] = "│ ", blank[] = "  ", fork[] = "├ ", corner[] = "└ ";
    const char *parts[DEEPEST_DRAWING];
    size_t count = 0, depth = tree->nodes[node].depth;
    const char *name = tree_name(tree, &tree->nodes[node]);
    for (uint32_t at = node; at != 0 && tree->nodes[at].parent != 0 && count < DEEPEST_DRAWING;
         at = tree->nodes[at].parent) {
        bool more = has_next(tree, chosen, at);
        parts[count++] = at == node ? (more ? fork : corner) : more ? bar : blank;
    }
    char *drawing = pool_take(pool, count * sizeof bar + strlen(name) + 64), *end = drawing;
    if (depth > DEEPEST_DRAWING + 1)
        end += sprintf(end, "(%zu) ", depth);
    while (count-- > 0)
        end = stpcpy(end, parts[count]);
    strcpy(end, name);
    return drawing;
}

enum status report_tree(struct view *view, struct database *database, int64_t limit)
{
    struct tree tree;
    enum status status = tree_query(&tree, database, TREE_PROGRAMS);
    view->name = "tree";
    view->title = "Tree: who called what, with the time of all that it called";
    view->columns = tree_columns;
    view->column_count = LENGTH(tree_columns);
    bool *chosen = status == STATUS_OK ? choose(&tree, limit, &view->left_out) : NULL;
    for (uint32_t i = 1; status == STATUS_OK && i < tree.node_count; i++) {
        const struct tree_node *node = &tree.nodes[i];
        if (!chosen[i])
            continue;
        struct view_cell *cells = view_add_row(view);
        cells[0] = estimate(node->cumulative_ns, node->cumulative_error_ns);
        cells[1] = estimate(node->self_ns, node->self_error_ns);
        cells[2] = number(node->calls);
        cells[3] = number_but_0(node->inlined_calls);
        cells[4] = number(node->depth);
        cells[5] = text(pool_copy(&view->pool, tree_name(&tree, node)));
        cells[6] = text(draw(&view->pool, &tree, chosen, i));
    }
    free(chosen);
    tree_free(&tree);
    return status;
}
