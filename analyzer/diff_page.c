/* The document that the page of a comparison shows: that of `--format=json`, and what the page says
 * of it in words. docs/PAGE.md has its keys. */
#include <string.h>

#include "diff_page.h"
#include "json.h"
#include "page.h"
#include "text.h"

/* Names as reports for people show them: in place of every text, one that can be seen. */
static void make_printable(struct pool *pool, json_t *value)
{
    const char *key;
    json_t *member;
    void *next;
    size_t i;
    json_array_foreach(value, i, member)
    {
        if (json_is_string(member))
            json_array_set_new(value, i,
                               json_text(text_printable(pool, json_string_value(member))));
        else
            make_printable(pool, member);
    }
    json_object_foreach_safe(value, next, key, member)
    {
        if (json_is_string(member))
            json_put(value, key, json_text(text_printable(pool, json_string_value(member))));
        else
            make_printable(pool, member);
    }
}

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

static void add_function_words(struct diff *diff, json_t *rows)
{
    const struct comparison *comparison = diff->comparison;
    for (size_t i = 0; i < diff->functions.count; i++) {
        size_t index = diff->functions.rows[i];
        const struct compared_function *row = &comparison->functions[index];
        json_t *object = json_array_get(rows, i);
        json_put(object, "index", json_integer((json_int_t)index));
        json_put(object, "why", json_text(compare_explain(&diff->pool, comparison, row)));
        json_put(object, "words",
                 words(&diff->pool, &row->calls, &row->self_ns, &row->cumulative_ns));
    }
}

static void add_edge_words(struct diff *diff, json_t *rows)
{
    for (size_t i = 0; i < diff->edges.count; i++) {
        const struct compared_edge *row = &diff->comparison->edges[diff->edges.rows[i]];
        json_t *object = json_array_get(rows, i);
        json_put(object, "caller_index", json_integer((json_int_t)row->caller));
        json_put(object, "callee_index", json_integer((json_int_t)row->callee));
        json_put(object, "words", words(&diff->pool, &row->calls, NULL, &row->cumulative_ns));
    }
}

/* `nodes`: where contexts are in the flame graph. */
static json_t *contexts_json(struct diff *diff, const int64_t *nodes)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < diff->contexts.count; i++) {
        size_t index = diff->contexts.rows[i];
        const struct compared_context *row = &diff->comparison->contexts[index];
        json_t *object = diff_context_json(diff, row);
        json_put(object, "node", json_integer(nodes[index]));
        json_put(object, "function_index", json_integer((json_int_t)row->function));
        json_put(object, "words",
                 words(&diff->pool, &row->calls, &row->self_ns, &row->cumulative_ns));
        json_add(rows, object);
    }
    return rows;
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
    json_t *root = diff_json(diff);
    json_put(root, "title", json_text(change_title(&diff->pool, diff->comparison)));
    json_put(root, "summary", summary(diff));
    json_put(root, "words", totals(diff));
    json_put(root, "all", json_boolean(options->all));
    add_function_words(diff, json_object_get(root, "functions"));
    add_edge_words(diff, json_object_get(root, "edges"));
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
    struct diff diff, contexts;
    struct diff_page_flame flame;
    json_t *facts = NULL;
    diff_pick(&diff, comparison, &everything);
    diff_pick(&contexts, comparison, &chosen);
    diff_page_find_flame(&flame, comparison);
    enum status status = find_facts(&diff, database, &facts);
    if (status == STATUS_OK) {
        json_t *root = about(&diff, options);
        json_put(root, "facts", facts);
        json_put(root, "contexts",
                 options->contexts && comparison->has_contexts
                     ? contexts_json(&contexts, flame.places)
                     : json_null());
        make_printable(&diff.pool, root);
        write_root(stream, root);
        json_decref(root);
        fputs(",\"flame\":", stream);
        diff_page_write_flame(stream, &flame);
        fputc('}', stream);
    }
    diff_page_free_flame(&flame);
    diff_free(&contexts);
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
