#include "flame.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static const char *title_of(struct pool *pool, const char *program, int64_t programs)
{
    const char *name = text_printable(pool, text_base_name(program));
    if (programs < 2)
        return name;
    return pool_format(pool, "%s and %s more %s", name, text_count(pool, programs - 1),
                       programs == 2 ? "program" : "programs");
}

static enum status query_processes(struct flame *flame, struct database *database)
{
    struct pool *pool = &flame->pool;
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database,
                         "SELECT program, timed_ns, (SELECT count(DISTINCT program) FROM processes)"
                         " FROM processes ORDER BY started_unix_ns, process_id, id",
                         &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        if (!flame->title)
            flame->title =
                title_of(pool, database_text(pool, row, 0), sqlite3_column_int64(row, 2));
        flame->total_ns = database_sum(flame->total_ns, sqlite3_column_int64(row, 1));
    }
    sqlite3_finalize(row);
    return status;
}

/* From the last to the first, so that all below a node is there when it is added to its parent. */
static void sum_calls(struct flame *flame)
{
    const struct tree *tree = &flame->tree;
    flame->below = memory_array(tree->node_count, sizeof *flame->below);
    for (size_t i = tree->node_count; i-- > 0;) {
        flame->below[i] = database_sum(flame->below[i], tree->nodes[i].calls);
        if (i > 0) {
            int64_t *parent = &flame->below[tree->nodes[i].parent];
            *parent = database_sum(*parent, flame->below[i]);
        }
    }
}

int64_t flame_value_of(const struct flame *flame, uint32_t node)
{
    return flame->below ? flame->below[node] : flame->tree.nodes[node].cumulative_ns;
}

static int larger_first(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

/* Frames at least so wide are drawn, of those that are just so wide only the first `ties`. */
struct threshold {
    double width;
    size_t ties;
};

static struct threshold find_threshold(const struct flame_options *options, const double *widths,
                                       size_t count)
{
    struct threshold least = {options->min_share, count};
    if (options->limit <= 0 || (uint64_t)options->limit >= count)
        return least;
    double *sorted = memory_array(count, sizeof *sorted);
    memcpy(sorted, widths, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, larger_first);
    size_t last = (size_t)options->limit - 1, first = last;
    while (first > 0 && sorted[first - 1] == sorted[last])
        first--;
    if (sorted[last] >= least.width)
        least = (struct threshold){sorted[last], last + 1 - first};
    free(sorted);
    return least;
}

static bool is_drawn(struct threshold *least, double width)
{
    if (width <= 0 || width < least->width)
        return false;
    if (width > least->width)
        return true;
    return least->ties > 0 && least->ties--;
}

/* Where each node begins and how wide it is. Children stand side by side from where their parent
 * begins, and never leave it, whatever the numbers in a database are. */
static void place(const struct flame *flame, double *begins, double *widths)
{
    const struct tree *tree = &flame->tree;
    double whole = flame->total > 0 ? (double)flame->total : 1;
    double *taken = memory_array(tree->node_count, sizeof *taken); /* by the children so far */
    for (uint32_t i = 0; i < tree->node_count; i++) {
        double width = (double)flame_value_of(flame, i) / whole, room = 1;
        if (i > 0) {
            uint32_t parent = tree->nodes[i].parent;
            begins[i] = begins[parent] + taken[parent];
            room = widths[parent] - taken[parent];
        }
        widths[i] = width < 0 ? 0 : width < room ? width : room;
        if (i > 0)
            taken[tree->nodes[i].parent] += widths[i];
    }
    free(taken);
}

/* Chooses the frames; a frame is there only if its parent is. */
static void choose(struct flame *flame, const double *begins, const double *widths)
{
    const struct tree *tree = &flame->tree;
    struct threshold least = find_threshold(&flame->options, widths, tree->node_count);
    bool *drawn = memory_array(tree->node_count, sizeof *drawn);
    size_t capacity = 0;
    for (uint32_t i = 0; i < tree->node_count; i++) {
        const struct tree_node *node = &tree->nodes[i];
        bool parent = i == 0 || drawn[node->parent];
        drawn[i] = i == 0 || (parent && is_drawn(&least, widths[i]));
        if (!drawn[i]) {
            flame->left_out++;
            if (parent)
                flame->left_out_value =
                    database_sum(flame->left_out_value, flame_value_of(flame, i));
            continue;
        }
        flame->frames =
            memory_grow(flame->frames, &capacity, flame->frame_count, sizeof *flame->frames);
        flame->frames[flame->frame_count++] =
            (struct flame_frame){.node = i, .begin = begins[i], .width = widths[i]};
        flame->depth = node->depth > flame->depth ? node->depth : flame->depth;
    }
    free(drawn);
}

static void arrange(struct flame *flame)
{
    size_t count = flame->tree.node_count;
    double *begins = memory_array(count, sizeof *begins);
    double *widths = memory_array(count, sizeof *widths);
    place(flame, begins, widths);
    choose(flame, begins, widths);
    free(begins);
    free(widths);
}

void flame_lay_out(struct flame *flame)
{
    if (flame->options.value == FLAME_CALLS || flame->total_ns == 0)
        sum_calls(flame);
    flame->total = flame->below ? flame->below[0] : flame->total_ns;
    arrange(flame);
}

enum status flame_query(struct flame *flame, struct database *database,
                        const struct flame_options *options)
{
    *flame = (struct flame){.options = *options};
    enum status status = query_processes(flame, database);
    if (status == STATUS_OK)
        status = tree_query(&flame->tree, database, options->groups);
    if (status != STATUS_OK)
        return status;
    if (options->title)
        flame->title = text_printable(&flame->pool, options->title);
    int64_t all_ns = flame->tree.nodes[0].cumulative_ns;
    flame->total_ns = all_ns <= 0 ? 0 : all_ns > flame->total_ns ? all_ns : flame->total_ns;
    flame_lay_out(flame);
    flame_paint(flame);
    return STATUS_OK;
}

void flame_free(struct flame *flame)
{
    free(flame->frames);
    free(flame->below);
    free(flame->compared);
    tree_free(&flame->tree);
    pool_free(&flame->pool);
}
