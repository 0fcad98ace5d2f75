/* Folded stacks, one of each line with its own time: what flamegraph.pl and its like read. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"

struct folded {
    FILE *stream;
    struct pool pool;
    const char **names; /* by function */
    bool has_times;
    char *line; /* the stack at hand */
    size_t room;
    size_t *ends; /* by depth: where the frame ends in the line; of the root, 0 */
};

/* A number behind a space would be taken for that of the stack, if it were the last name. */
static const char *folded_name(struct pool *pool, const char *name)
{
    char *text = export_name(pool, name, ";");
    char *space = strrchr(text, ' ');
    if (!space || space[1 + strspn(space + 1, "0123456789.")])
        return text;
    *space = '\0';
    return pool_format(pool, "%s\\x20%s", text, space + 1);
}

/* Behind the callers, which stand in the line already. */
static void append(struct folded *folded, size_t depth, const char *name)
{
    size_t end = folded->ends[depth - 1], length = strlen(name);
    while (folded->room < end + length + 1)
        folded->line = memory_grow(folded->line, &folded->room, folded->room, 1);
    if (end)
        folded->line[end++] = ';';
    memcpy(folded->line + end, name, length);
    folded->ends[depth] = end + length;
}

static const char *frame_name(struct folded *folded, const struct tree_node *node)
{
    return node->label ? folded_name(&folded->pool, node->label) : folded->names[node->function];
}

static void write_stack(const struct tree *tree, const struct export_stack *stack, void *context)
{
    struct folded *folded = context;
    const struct tree_node *leaf = &tree->nodes[stack->nodes[stack->depth - 1]];
    append(folded, leaf->depth, frame_name(folded, leaf));
    int64_t amount = folded->has_times ? leaf->self_ns : leaf->calls;
    if (amount <= 0)
        return;
    size_t begin = folded->ends[leaf->depth - stack->depth];
    if (stack->cut)
        fputs(EXPORT_CUT, folded->stream); /* and the semicolon behind what is left out */
    fwrite(folded->line + begin, 1, folded->ends[leaf->depth] - begin, folded->stream);
    fprintf(folded->stream, "%s %" PRId64 "\n", leaf->label ? ";" EXPORT_OUTSIDE : "", amount);
}

static void write_stacks(struct folded *folded, const struct tree *tree,
                         const struct export_times *times)
{
    size_t deepest = 0;
    for (size_t i = 0; i < tree->node_count; i++)
        deepest = tree->nodes[i].depth > deepest ? tree->nodes[i].depth : deepest;
    folded->ends = memory_array(deepest + 1, sizeof *folded->ends);
    folded->names = memory_array(tree->function_count, sizeof *folded->names);
    for (size_t i = 0; i < tree->function_count; i++)
        folded->names[i] = folded_name(&folded->pool, tree->functions[i].name);
    export_stacks(tree, 0, write_stack, folded);
    if (folded->has_times && tree->nodes[0].self_ns > 0)
        fprintf(folded->stream, EXPORT_OUTSIDE " %" PRId64 "\n", tree->nodes[0].self_ns);
    if (folded->has_times && times->unattributed_ns > 0)
        fprintf(folded->stream, EXPORT_UNATTRIBUTED " %" PRId64 "\n", times->unattributed_ns);
    free(folded->line);
    free(folded->ends);
    free(folded->names);
    pool_free(&folded->pool);
}

enum status export_folded(FILE *stream, struct database *database)
{
    struct export_times times;
    struct tree tree = {0};
    enum status status = export_query_times(&times, database);
    if (status == STATUS_OK)
        status = tree_query(&tree, database, TREE_PROGRAMS);
    if (status == STATUS_OK) {
        struct folded folded = {.stream = stream, .has_times = export_has_times(&tree)};
        write_stacks(&folded, &tree, &times);
    }
    tree_free(&tree);
    return status;
}
