/* The contexts of both sides in columns, in the order of reading: each context before what it
 * called. A column of words refers to a list in which each stands once, as most say the same. */
#include <inttypes.h>
#include <stdlib.h>

#include "diff_page.h"
#include "json.h"

enum { GROUP = -1, FOLDED = -2 }; /* functions of what is none, as in page_contexts.c */

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t own(const struct flame *flame, uint32_t node, int side)
{
    const struct compared_context *context = flame->compared[node];
    return context ? compared_whole(flame_told(flame, context)->figures[side].mean) : 0;
}

/* From the last to the first, so that all below a node is there when it is added to its parent. */
static void sum_up(struct diff_page_flame *page, int side)
{
    const struct tree *tree = &page->flame.tree;
    int64_t *weights = page->weights[side] = memory_array(tree->node_count, sizeof *weights);
    for (size_t i = tree->node_count; i-- > 0;) {
        weights[i] = database_sum(weights[i], own(&page->flame, (uint32_t)i, side));
        if (i > 0) {
            int64_t *parent = &weights[tree->nodes[i].parent];
            *parent = database_sum(*parent, weights[i]);
        }
    }
}

static void keep(struct diff_page_flame *page)
{
    const struct comparison *comparison = page->flame.comparison;
    const struct tree *tree = &page->flame.tree;
    int64_t *weights = memory_array(tree->node_count, sizeof *weights);
    for (size_t i = 0; i < tree->node_count; i++)
        weights[i] = larger(page->weights[BEFORE][i], page->weights[AFTER][i]);
    page->kept = page_keep(tree, weights);
    free(weights);
    page->places = memory_array(comparison->context_count, sizeof *page->places);
    for (size_t i = 0; i < comparison->context_count; i++)
        page->places[i] = -1;
    for (size_t i = 0; i < page->kept.count; i++) {
        const struct compared_context *context = page->flame.compared[page->kept.nodes[i]];
        if (context)
            page->places[context - comparison->contexts] = (int64_t)i;
    }
}

void diff_page_find_flame(struct diff_page_flame *page, const struct comparison *comparison)
{
    *page = (struct diff_page_flame){0};
    if (!comparison->has_contexts)
        return;
    const struct flame_options options = {.value = FLAME_TIME, .side = SIDES};
    flame_compare(&page->flame, comparison, &options);
    for (int side = 0; side < SIDES; side++)
        sum_up(page, side);
    keep(page);
}

void diff_page_free_flame(struct diff_page_flame *page)
{
    for (int side = 0; side < SIDES; side++)
        free(page->weights[side]);
    free(page->kept.nodes);
    free(page->places);
    flame_free(&page->flame);
}

/* ---- columns --------------------------------------------------------------------------------- */

enum column {
    DEPTH,
    FUNCTION,
    PRESENCE,
    STEP,
    CALLS_BEFORE,
    CALLS_AFTER,
    SELF_BEFORE,
    SELF_AFTER,
    BELOW_BEFORE,
    BELOW_AFTER,
    COLUMNS
};

static const char *const names[COLUMNS] = {
    "depth",       "function",    "presence",   "step",         "calls_before",
    "calls_after", "self_before", "self_after", "below_before", "below_after",
};

static int64_t function_of(const struct tree_node *node)
{
    return node->function != TREE_NONE ? (int64_t)node->function : node->depth ? FOLDED : GROUP;
}

static int64_t cell(const struct diff_page_flame *page, uint32_t at, enum column column)
{
    const struct flame *flame = &page->flame;
    const struct tree_node *node = &flame->tree.nodes[at];
    const struct compared_context *context = flame->compared[at];
    int side =
        column == CALLS_BEFORE || column == SELF_BEFORE || column == BELOW_BEFORE ? BEFORE : AFTER;
    switch (column) {
    case DEPTH:
        return node->depth;
    case FUNCTION:
        return function_of(node);
    case PRESENCE:
        return context ? (int64_t)context->presence : IN_BOTH;
    case STEP:
        return context ? change_step(&flame->scale, flame_told(flame, context)) : 0;
    case CALLS_BEFORE:
    case CALLS_AFTER:
        return context ? compared_whole(context->calls.figures[side].mean) : 0;
    case SELF_BEFORE:
    case SELF_AFTER:
        return own(flame, at, side);
    default:
        return database_difference(page->weights[side][at], own(flame, at, side));
    }
}

static void write_numbers(FILE *stream, const struct diff_page_flame *page)
{
    for (enum column column = 0; column < COLUMNS; column++) {
        fprintf(stream, ",\"%s\":[", names[column]);
        for (size_t i = 0; i < page->kept.count; i++)
            fprintf(stream, "%s%" PRId64, i ? "," : "", cell(page, page->kept.nodes[i], column));
        fputc(']', stream);
    }
}

/* Which word it is, of those in the list. */
static json_int_t word(json_t *places, json_t *list, const char *text)
{
    json_t *known = json_object_get(places, text);
    if (known)
        return json_integer_value(known);
    json_int_t place = (json_int_t)json_array_size(list);
    json_add(list, json_text(text));
    json_put(places, text, json_integer(place));
    return place;
}

static const struct compared *quantity(const struct compared_context *context, int which)
{
    return which == 0 ? &context->calls : which == 1 ? &context->self_ns : &context->cumulative_ns;
}

static void write_words(FILE *stream, const struct diff_page_flame *page)
{
    static const char *const columns[] = {"calls_change", "self_change", "cumulative_change"};
    json_t *places = json_object(), *list = json_array();
    for (int which = 0; which < 3; which++) {
        fprintf(stream, ",\"%s\":[", columns[which]);
        for (size_t i = 0; i < page->kept.count; i++) {
            const struct compared_context *context = page->flame.compared[page->kept.nodes[i]];
            struct pool pool = {0};
            const char *text = "=";
            if (context && which == 0)
                text = diff_count_change(&pool, quantity(context, which)).text;
            else if (context)
                text = diff_time_change(&pool, quantity(context, which)).text;
            fprintf(stream, "%s%" JSON_INTEGER_FORMAT, i ? "," : "", word(places, list, text));
            pool_free(&pool);
        }
        fputc(']', stream);
    }
    fputs(",\"words\":", stream);
    if (json_dumpf(list, stream, JSON_COMPACT) != 0)
        out_of_memory();
    json_decref(list);
    json_decref(places);
}

static void write_about(FILE *stream, struct diff_page_flame *page)
{
    struct flame *flame = &page->flame;
    json_t *root = json_object(), *steps = json_array();
    for (int step = -CHANGE_STEPS; step <= CHANGE_STEPS; step++)
        json_add(steps, json_text(change_step_text(step)));
    json_put(root, "steps", steps);
    json_put(root, "scale", json_text(change_scale_text(&flame->scale, false)));
    json_put(root, "doubt", json_text(change_doubt(flame->comparison, &flame->scale)));
    json_put(root, "unseen_before", json_text(flame_unseen(&flame->pool, flame, BEFORE)));
    json_put(root, "unseen_after", json_text(flame_unseen(&flame->pool, flame, AFTER)));
    json_put(root, "left_out",
             json_integer((json_int_t)(flame->tree.node_count - page->kept.count)));
    if (json_dumpf(root, stream, JSON_COMPACT | JSON_EMBED) != 0)
        out_of_memory();
    json_decref(root);
}

void diff_page_write_flame(FILE *stream, struct diff_page_flame *page)
{
    if (!page->flame.comparison) {
        fputs("null", stream);
        return;
    }
    fputc('{', stream);
    write_about(stream, page);
    write_numbers(stream, page);
    write_words(stream, page);
    fputc('}', stream);
}
