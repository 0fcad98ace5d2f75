/* Rows of JSON as columns, which take far less room: names of fields are written once. */
#include <string.h>

#include "diff_page.h"
#include "json.h"
#include "text.h"

static void add(json_t *columns, const char *key, json_t *value)
{
    json_t *column = json_object_get(columns, key);
    if (json_is_object(value)) {
        if (!column)
            json_put(columns, key, column = json_object());
        const char *inner;
        json_t *member;
        json_object_foreach(value, inner, member) add(column, inner, member);
        return;
    }
    if (!column)
        json_put(columns, key, column = json_array());
    json_add(column, json_incref(value));
}

void diff_page_add_row(json_t *columns, json_t *row)
{
    const char *key;
    json_t *member;
    json_object_foreach(row, key, member) add(columns, key, member);
    json_decref(row);
}

static bool is_uniform(const json_t *column)
{
    for (size_t i = 1; i < json_array_size(column); i++)
        if (!json_equal(json_array_get(column, i), json_array_get(column, 0)))
            return false;
    return true;
}

static void shrink(json_t *columns)
{
    const char *key;
    json_t *column;
    void *next;
    json_object_foreach_safe(columns, next, key, column)
    {
        if (json_is_object(column)) {
            shrink(column);
        } else if (is_uniform(column)) {
            json_t *same = json_object();
            json_put(same, "same", json_incref(json_array_get(column, 0)));
            json_put(columns, key, same);
        }
    }
}

json_t *diff_page_table(json_t *columns, size_t count)
{
    json_t *table = json_object();
    shrink(columns);
    json_put(table, "count", json_integer((json_int_t)count));
    json_put(table, "columns", columns);
    return table;
}

static json_t *printable(const json_t *value)
{
    struct pool pool = {0};
    json_t *shown = json_text(text_printable(&pool, json_string_value(value)));
    pool_free(&pool);
    return shown;
}

void diff_page_make_printable(json_t *value)
{
    const char *key;
    json_t *member;
    void *next;
    size_t i;
    json_array_foreach(value, i, member)
    {
        if (json_is_string(member))
            json_array_set_new(value, i, printable(member));
        else
            diff_page_make_printable(member);
    }
    json_object_foreach_safe(value, next, key, member)
    {
        if (json_is_string(member))
            json_put(value, key, printable(member));
        else
            diff_page_make_printable(member);
    }
}
