/* The tree of both sides of a comparison, as wide as one of them, and what its frames say. */
#include <stdlib.h>

#include "flame.h"
#include "text.h"
#include "tree_draft.h"

enum { ROOT, FOLDED, FIRST }; /* drafts; FIRST: the first one of a context */

static void take_functions(struct flame *flame)
{
    const struct comparison *comparison = flame->comparison;
    struct tree *tree = &flame->tree;
    tree->function_count = comparison->function_count;
    tree->functions = memory_array(tree->function_count, sizeof *tree->functions);
    for (size_t i = 0; i < tree->function_count; i++) {
        const struct compared_function *function = &comparison->functions[i];
        tree->functions[i] = (struct tree_function){
            .id = (int64_t)i + 1,
            .name = function->name,
            .linkage_name = function->linkage_name,
            .module = function->module,
            .module_path = function->module,
            .file = function->file,
            .line = function->line,
            .external = function->external,
        };
    }
}

/* What is below a call that came from anywhere. */
static uint32_t parent_of(const struct compared_context *context, const uint32_t *drafts)
{
    return context->parent != SIZE_MAX ? drafts[context->parent] : context->folded ? FOLDED : ROOT;
}

/* Nothing of both sides together is left out, whatever the side is that widths are of. */
static int64_t value_of(const struct flame *flame, const struct compared *compared)
{
    int side = flame->options.side;
    if (side != SIDES)
        return compared_whole(compared->figures[side].mean);
    return database_sum(compared_whole(compared->figures[BEFORE].mean),
                        compared_whole(compared->figures[AFTER].mean));
}

static void draft(const struct flame *flame, struct tree_draft *drafts, size_t at, size_t index,
                  const uint32_t *places)
{
    const struct compared_context *context = &flame->comparison->contexts[index];
    drafts[at] = (struct tree_draft){
        .node = {.parent = parent_of(context, places),
                 .function = (uint32_t)context->function,
                 .calls = value_of(flame, &context->calls),
                 .self_ns = value_of(flame, &context->self_ns)},
        .kind = TREE_FUNCTION,
        .id = (int64_t)index,
    };
}

/* Contexts stand in the order of what matters: here each comes after its caller. `places`: where
 * they are among the drafts, of which the number is returned. */
static size_t draft_all(const struct flame *flame, struct tree_draft *drafts, uint32_t *places)
{
    const struct comparison *comparison = flame->comparison;
    size_t count = FIRST, *chain = memory_array(comparison->context_count, sizeof *chain);
    drafts[ROOT].node =
        (struct tree_node){.parent = TREE_NONE, .function = TREE_NONE, .label = "all"};
    drafts[FOLDED].node =
        (struct tree_node){.parent = ROOT, .function = TREE_NONE, .label = "(folded)"};
    for (size_t i = 0; i < comparison->context_count; i++) {
        size_t length = 0;
        for (size_t at = i; at != SIZE_MAX && !places[at]; at = comparison->contexts[at].parent)
            chain[length++] = at;
        while (length > 0) {
            size_t index = chain[--length];
            draft(flame, drafts, count, index, places);
            places[index] = (uint32_t)count++;
        }
    }
    free(chain);
    return count;
}

static void take_contexts(struct flame *flame)
{
    const struct comparison *comparison = flame->comparison;
    size_t room = comparison->context_count + FIRST;
    struct tree_draft *drafts = memory_array(room, sizeof *drafts);
    uint32_t *places = memory_array(room, sizeof *places);
    size_t count = draft_all(flame, drafts, places);
    uint32_t *nodes = memory_array(count, sizeof *nodes);
    tree_order(&flame->tree, drafts, count, nodes);
    flame->compared = memory_array(flame->tree.node_count, sizeof(struct compared_context *));
    for (size_t i = FIRST; i < count; i++)
        if (nodes[i] != TREE_NONE)
            flame->compared[nodes[i]] = &comparison->contexts[drafts[i].id];
    free(drafts);
    free(places);
    free(nodes);
}

const struct compared *flame_told(const struct flame *flame, const struct compared_context *context)
{
    return flame->scale.of_calls ? &context->calls : &context->self_ns;
}

static void paint(struct flame *flame)
{
    for (size_t i = 0; i < flame->frame_count; i++) {
        struct flame_frame *frame = &flame->frames[i];
        const struct compared_context *context = flame->compared[frame->node];
        int step = context ? change_step(&flame->scale, flame_told(flame, context)) : 0;
        frame->color = FLAME_SAME + step;
    }
}

void flame_compare(struct flame *flame, const struct comparison *comparison,
                   const struct flame_options *options)
{
    *flame = (struct flame){
        .options = *options,
        .comparison = comparison,
        .scale = change_scale_of(comparison, options->value == FLAME_CALLS),
    };
    flame->title = options->title ? text_printable(&flame->pool, options->title)
                                  : change_title(&flame->pool, comparison);
    take_functions(flame);
    take_contexts(flame);
    if (comparison->has_times)
        flame->total_ns = flame->tree.nodes[ROOT].cumulative_ns;
    flame_lay_out(flame);
    paint(flame);
}

/* Of all, as one line, and of what makes it less than sure, as others. */

const char *flame_change_caption(struct pool *pool, const struct flame *flame)
{
    return pool_format(pool, "%s · widths: %s %s", change_totals(pool, flame->comparison),
                       flame->below ? "calls" : "time",
                       flame->options.side == BEFORE ? "before" : "after");
}

const char *flame_unseen(struct pool *pool, const struct flame *flame, int side)
{
    const struct comparison *comparison = flame->comparison;
    int other = side == BEFORE ? AFTER : BEFORE;
    enum compare_presence absent = other == BEFORE ? ONLY_BEFORE : ONLY_AFTER;
    double whole = 0, part = 0;
    size_t count = 0;
    for (size_t i = 0; i < comparison->context_count; i++) {
        const struct compared_context *context = &comparison->contexts[i];
        double value = flame_told(flame, context)->figures[other].mean;
        whole += value;
        part += context->presence == absent ? value : 0;
        count += context->presence == absent;
    }
    if (count == 0)
        return NULL;
    return pool_format(
        pool, "not shown: %s that %s (%s of the %s %s)",
        count == 1 ? "a context"
                   : pool_format(pool, "%s contexts", text_count(pool, (int64_t)count)),
        other == AFTER ? count == 1 ? "is new" : "are new"
        : count == 1   ? "is gone"
                       : "are gone",
        text_percent(pool, compared_whole(part), compared_whole(whole)),
        flame->scale.of_calls ? "calls" : "time", other == AFTER ? "after" : "before");
}

size_t flame_change_notes(struct pool *pool, const struct flame *flame, const char **notes)
{
    const struct comparison *comparison = flame->comparison;
    int side = flame->options.side;
    const char *absent = flame_unseen(pool, flame, side);
    const char *doubt = change_doubt(comparison, &flame->scale);
    size_t count = 0;
    if (absent)
        notes[count++] = pool_format(pool, "%s; --widths=%s shows that", absent,
                                     side == BEFORE ? "after" : "before");
    if (doubt)
        notes[count++] = doubt;
    for (size_t i = 0; i < comparison->warning_count && count < FLAME_NOTES; i++)
        notes[count++] = comparison->warnings[i];
    return count;
}

size_t flame_change_lines(struct pool *pool, const struct flame *flame, uint32_t node,
                          const char **lines)
{
    const struct comparison *comparison = flame->comparison;
    const struct compared_context *context = flame->compared[node];
    size_t count = 0;
    if (!context) {
        if (node == ROOT)
            lines[count++] = change_totals(pool, comparison);
        return count;
    }
    const struct compared_function *function = &comparison->functions[context->function];
    const char *why = context->presence == IN_BOTH ? compare_explain(pool, comparison, function)
                                                   : change_presence(context->presence);
    if (comparison->has_times) {
        lines[count++] = pool_format(pool, "cumulative %s",
                                     change_time(pool, &context->cumulative_ns, context->presence));
        lines[count++] =
            pool_format(pool, "self %s", change_time(pool, &context->self_ns, context->presence));
    }
    lines[count++] =
        pool_format(pool, "calls %s", change_calls(pool, &context->calls, context->presence));
    if (*why)
        lines[count++] = why;
    return count;
}
