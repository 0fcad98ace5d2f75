/* The document that the page of a comparison shows: that of `--format=json`, and what the page says
 * of it in words. docs/PAGE.md has its keys. */
#include <string.h>

#include "diff_page.h"
#include "json.h"
#include "page.h"
#include "text.h"

/* "+23 % ±4": of each quantity of a row, what the table has as its change. */
static json_t *words(struct pool *pool, const struct compared *calls,
                     const struct compared *self_ns, const struct compared *cumulative_ns)
{
    json_t *object = json_object();
    json_put(object, "calls", json_text(diff_count_change(pool, calls).text));
    if (self_ns)
        json_put(object, "self_ns", json_text(diff_time_change(pool, self_ns).text));
    json_put(object, "cumulative_ns", json_text(diff_time_change(pool, cumulative_ns).text));
    return object;
}

static json_t *functions(struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    json_t *columns = json_object();
    for (size_t i = 0; i < diff->functions.count; i++) {
        size_t index = diff->functions.rows[i];
        const struct compared_function *row = &comparison->functions[index];
        struct pool pool = {0};
        json_t *object = diff_function_json(diff, row);
        json_put(object, "index", json_integer((json_int_t)index));
        json_put(object, "why", json_text(compare_explain(&pool, comparison, row)));
        json_put(object, "words", words(&pool, &row->calls, &row->self_ns, &row->cumulative_ns));
        diff_page_add_row(columns, object);
        pool_free(&pool);
    }
    return diff_page_table(columns, diff->functions.count);
}

/* Its functions are told by where they are: of many edges, names would be most of the page. */
static json_t *edges(struct diff *diff)
{
    static const char *const names[] = {"caller", "callee", "caller_linkage_name",
                                        "callee_linkage_name"};
    json_t *columns = json_object();
    for (size_t i = 0; i < diff->edges.count; i++) {
        const struct compared_edge *row = &diff->comparison->edges[diff->edges.rows[i]];
        struct pool pool = {0};
        json_t *object = diff_edge_json(diff, row);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            json_object_del(object, names[k]);
        json_put(object, "caller_index", json_integer((json_int_t)row->caller));
        json_put(object, "callee_index", json_integer((json_int_t)row->callee));
        json_put(object, "words", words(&pool, &row->calls, NULL, &row->cumulative_ns));
        diff_page_add_row(columns, object);
        pool_free(&pool);
    }
    return diff_page_table(columns, diff->edges.count);
}

/* `nodes`: where contexts are in the flame graph. */
static json_t *contexts(struct diff *diff, const int64_t *nodes)
{
    json_t *columns = json_object();
    for (size_t i = 0; i < diff->contexts.count; i++) {
        size_t index = diff->contexts.rows[i];
        const struct compared_context *row = &diff->comparison->contexts[index];
        struct pool pool = {0};
        json_t *object = diff_context_json(diff, row);
        json_put(object, "node", json_integer(nodes[index]));
        json_put(object, "function_index", json_integer((json_int_t)row->function));
        json_put(object, "words", words(&pool, &row->calls, &row->self_ns, &row->cumulative_ns));
        diff_page_add_row(columns, object);
        pool_free(&pool);
    }
    return diff_page_table(columns, diff->contexts.count);
}

static json_t *summary(struct diff *diff)
{
    struct diff_line lines[DIFF_LINES];
    size_t count = diff_summarize(diff, lines);
    json_t *pairs = json_array();
    for (size_t i = 0; i < count; i++)
        json_add(pairs,
                 json_pack("[ss]", lines[i].label, text_printable(&diff->pool, lines[i].text)));
    return pairs;
}

static json_t *totals(struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    struct pool *pool = &diff->pool;
    json_t *object = json_object();
    json_put(object, "wall_ns", json_text(diff_time_change(pool, &comparison->wall_ns).text));
    json_put(object, "self_ns", json_text(diff_time_change(pool, &comparison->self_ns).text));
    json_put(object, "calls", json_text(diff_count_change(pool, &comparison->total_calls).text));
    return object;
}

/* What is known of how the series were made: name, before, after; null where a side lacks it. */
static enum status find_facts(struct diff *diff, struct database *database, json_t **facts)
{
    const struct side *side = diff->comparison->sides->side;
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT name, max(value) FILTER (WHERE series_id = ?1),"
        " max(value) FILTER (WHERE series_id = ?2)"
        " FROM series_fact WHERE series_id IN (?1, ?2) GROUP BY name ORDER BY name",
        &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, side[BEFORE].series);
    sqlite3_bind_int64(row, 2, side[AFTER].series);
    *facts = json_array();
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        json_t *fact = json_array();
        for (int i = 0; i < 3; i++)
            json_add(fact, json_text(database_known_text(&diff->pool, row, i)));
        json_add(*facts, fact);
    }
    sqlite3_finalize(row);
    return status;
}

static json_t *about(struct diff *diff, const struct diff_options *options)
{
    json_t *root = diff_about_json(diff);
    json_put(root, "title", json_text(change_title(&diff->pool, diff->comparison)));
    json_put(root, "summary", summary(diff));
    json_put(root, "words", totals(diff));
    json_put(root, "all", json_boolean(options->all));
    json_put(root, "functions", functions(diff));
    json_put(root, "edges", edges(diff));
    return root;
}

/* Without the end, as the flame graph follows: it is written as it is found. */
static void write_root(FILE *stream, const json_t *root)
{
    char *text = json_dumps(root, JSON_COMPACT | JSON_REAL_PRECISION(DIFF_DIGITS));
    if (!text)
        out_of_memory();
    fwrite(text, 1, strlen(text) - 1, stream);
    free(text);
}

enum status diff_page_write_data(FILE *stream, struct database *database,
                                 const struct comparison *comparison,
                                 const struct diff_options *options)
{
    const struct diff_options everything = {.edges = true, .all = true, .sort = options->sort};
    const struct diff_options chosen = {
        .contexts = options->contexts, .all = options->all, .sort = options->sort};
    struct diff diff, some;
    struct diff_page_flame flame;
    json_t *facts = NULL;
    diff_pick(&diff, comparison, &everything);
    diff_pick(&some, comparison, &chosen);
    diff_page_find_flame(&flame, comparison);
    enum status status = find_facts(&diff, database, &facts);
    if (status == STATUS_OK) {
        json_t *root = about(&diff, options);
        json_put(root, "facts", facts);
        json_put(root, "contexts",
                 options->contexts && comparison->has_contexts ? contexts(&some, flame.places)
                                                               : json_null());
        diff_page_make_printable(root);
        write_root(stream, root);
        json_decref(root);
        fputs(",\"flame\":", stream);
        diff_page_write_flame(stream, &flame);
        fputc('}', stream);
    }
    diff_page_free_flame(&flame);
    diff_free(&some);
    diff_free(&diff);
    return status;
}

enum status diff_write_page(FILE *stream, struct database *database,
                            const struct comparison *comparison, const struct diff_options *options)
{
    struct output data;
    output_begin(&data);
    enum status status = diff_page_write_data(data.stream, database, comparison, options);
    if (status == STATUS_OK)
        page_fill(stream, &page_of_diff, &data);
    else
        output_abandon(&data);
    return status;
}
