/* Which colour a frame has. The largest files or modules have one of their own each; functions
 * within them differ by tone. Where every name has its own, chance decides. */
#include "flame.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* A file or module. */
struct part {
    const char *key; /* path */
    int64_t value;
    int color;
};

/* NULL: not part of the program. */
static const char *key_of(const struct flame *flame, const struct tree_function *function)
{
    if (function->external)
        return NULL;
    const char *path =
        flame->options.color == FLAME_MODULE ? function->module_path : function->file;
    return path ? path : "";
}

static uint64_t hash(const char *name)
{
    uint64_t result = 0;
    for (; *name; name++)
        result = memory_hash(result, (unsigned char)*name);
    return result;
}

static int by_key(const void *left, const void *right)
{
    return strcmp(((const struct part *)left)->key, ((const struct part *)right)->key);
}

static int by_value(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->value != b->value)
        return a->value > b->value ? -1 : 1;
    return strcmp(a->key, b->key);
}

/* Of a node itself, without what is below it. */
static int64_t own_value(const struct flame *flame, const struct tree_node *node)
{
    return flame->below ? node->calls : node->self_ns;
}

/* The parts of the program, each once, in the order of their names; the caller frees them. */
static struct part *find_parts(const struct flame *flame, size_t *count)
{
    const struct tree *tree = &flame->tree;
    struct part *parts = memory_array(tree->function_count, sizeof *parts);
    size_t found = 0, kept = 0;
    for (size_t i = 0; i < tree->function_count; i++) {
        const char *key = key_of(flame, &tree->functions[i]);
        if (key)
            parts[found++] = (struct part){.key = key};
    }
    qsort(parts, found, sizeof *parts, by_key);
    for (size_t i = 0; i < found; i++)
        if (kept == 0 || by_key(&parts[kept - 1], &parts[i]) != 0)
            parts[kept++] = parts[i];
    *count = kept;
    return parts;
}

static struct part *find_part(struct part *parts, size_t count, const char *key)
{
    const struct part wanted = {.key = key};
    return bsearch(&wanted, parts, count, sizeof wanted, by_key);
}

static void add_legend(struct flame *flame, int color, const char *name, int64_t value)
{
    struct flame_legend *legend = &flame->legend[color];
    legend->name = name;
    legend->value = database_sum(legend->value, value);
}

/* Adds up what the parts have, in the order of their names, and gives the largest their colours. */
static void color_parts(struct flame *flame, struct part *parts, size_t count)
{
    const struct tree *tree = &flame->tree;
    for (size_t i = 0; i < tree->node_count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        if (node->function == TREE_NONE)
            continue;
        const char *key = key_of(flame, &tree->functions[node->function]);
        if (key) {
            struct part *part = find_part(parts, count, key);
            part->value = database_sum(part->value, own_value(flame, node));
        } else {
            add_legend(flame, FLAME_EXTERNAL, "external", own_value(flame, node));
        }
    }
    qsort(parts, count, sizeof *parts, by_value);
    for (size_t i = 0; i < count; i++) {
        const char *name = parts[i].key[0] ? text_base_name(parts[i].key) : "unknown";
        parts[i].color = i < FLAME_HUES ? (int)i : FLAME_OTHER;
        add_legend(flame, parts[i].color, i < FLAME_HUES ? name : "others", parts[i].value);
    }
    qsort(parts, count, sizeof *parts, by_key);
}

void flame_paint(struct flame *flame)
{
    const struct tree *tree = &flame->tree;
    size_t count = 0;
    struct part *parts = NULL;
    if (flame->options.color != FLAME_NAME) {
        parts = find_parts(flame, &count);
        color_parts(flame, parts, count);
    }
    for (size_t i = 0; i < flame->frame_count; i++) {
        struct flame_frame *frame = &flame->frames[i];
        const struct tree_node *node = &tree->nodes[frame->node];
        frame->color = FLAME_GROUP;
        if (node->function == TREE_NONE)
            continue;
        const struct tree_function *function = &tree->functions[node->function];
        uint64_t lot = hash(function->name);
        frame->tone = (int)(lot % FLAME_TONES);
        frame->color = function->external ? FLAME_EXTERNAL
                       : parts            ? find_part(parts, count, key_of(flame, function))->color
                                          : (int)(lot / FLAME_TONES % FLAME_HUES);
    }
    free(parts);
}
