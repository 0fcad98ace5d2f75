/* The result of a query in every format. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "csv.h"
#include "grid.h"
#include "json.h"
#include "query.h"
#include "text.h"

static const struct query_value *value_at(const struct query *query, size_t row, size_t column)
{
    return &query->values[row * query->column_count + column];
}

static bool is_number(const struct query_value *value)
{
    return value->type == SQLITE_INTEGER || value->type == SQLITE_FLOAT;
}

static bool has_only_numbers(const struct query *query, size_t column)
{
    bool some = false;
    for (size_t r = 0; r < query->row_count; r++) {
        const struct query_value *value = value_at(query, r, column);
        if (!is_number(value) && value->type != SQLITE_NULL)
            return false;
        some = some || is_number(value);
    }
    return some;
}

/* Columns called as those of the views are hold names. */
static enum grid_kind kind_of(const struct query *query, size_t column)
{
    static const char *const names[] = {"name", "function", "caller", "callee", NULL};
    if (has_only_numbers(query, column))
        return GRID_NUMBER;
    if (strcmp(query->names[column], "path") == 0)
        return GRID_PATH;
    return command_find(names, query->names[column]) >= 0 ? GRID_NAME : GRID_TEXT;
}

static struct grid grid_of(struct query *query)
{
    struct grid grid;
    grid_begin(&grid, &query->pool, NULL);
    grid.at_top = true;
    for (size_t c = 0; c < query->column_count; c++)
        grid_column(&grid, kind_of(query, c), query->names[c]);
    for (size_t r = 0; r < query->row_count; r++) {
        struct grid_cell *cells = grid_row(&grid);
        for (size_t c = 0; c < query->column_count; c++) {
            const char *text = value_at(query, r, c)->text;
            cells[c].text = text ? text : "-";
            cells[c].style = text ? STYLE_PLAIN : STYLE_MUTED;
        }
    }
    if (query->row_count == 0)
        grid.rest = "no rows";
    return grid;
}

void query_write_table(FILE *stream, struct query *query, const struct screen *screen)
{
    struct grid grid = grid_of(query);
    grid_write_table(stream, &grid, screen);
    grid_free(&grid);
}

void query_write_markdown(FILE *stream, struct query *query)
{
    struct grid grid = grid_of(query);
    grid_write_markdown(stream, &grid);
    grid_free(&grid);
}

static json_t *json_of(const struct query_value *value)
{
    switch (value->type) {
    case SQLITE_INTEGER:
        return json_integer(value->integer);
    case SQLITE_FLOAT: /* JSON has no infinity */
        return isfinite(value->real) ? json_real(value->real) : json_null();
    default:
        return json_text(value->text);
    }
}

/* One row a line. */
void query_write_json(FILE *stream, struct query *query)
{
    fputs("[", stream);
    for (size_t r = 0; r < query->row_count; r++) {
        fputs(r ? ",\n " : "\n ", stream);
        json_t *object = json_object();
        for (size_t c = 0; c < query->column_count; c++)
            json_put(object, query->names[c], json_of(value_at(query, r, c)));
        char *text = json_dumps(object, JSON_REAL_PRECISION(15)); /* as SQLite has them */
        if (!text)
            out_of_memory();
        text_write_json(stream, text);
        free(text);
        json_decref(object);
    }
    fputs(query->row_count ? "\n]\n" : "]\n", stream);
}

void query_write_csv(FILE *stream, struct query *query)
{
    for (size_t c = 0; c < query->column_count; c++)
        (c + 1 < query->column_count ? csv_field : csv_last_field)(stream, query->names[c]);
    for (size_t r = 0; r < query->row_count; r++) {
        for (size_t c = 0; c < query->column_count; c++) {
            const struct query_value *value = value_at(query, r, c);
            bool last = c + 1 == query->column_count;
            if (is_number(value)) /* which begins with a minus, and is no formula */
                fprintf(stream, "%s%s", value->text, last ? "\r\n" : ",");
            else
                (last ? csv_last_field : csv_field)(stream, value->text);
        }
    }
}
