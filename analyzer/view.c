#include "view.h"

#include <inttypes.h>
#include <stdlib.h>

#include "csv.h"
#include "json.h"
#include "text.h"

struct view_cell *view_add_row(struct view *view)
{
    size_t count = view->column_count;
    if (view->row_count == view->capacity) {
        size_t rows = view->capacity ? 2 * view->capacity : 64;
        struct view_cell *cells = memory_array(rows * count, sizeof *cells);
        for (size_t i = 0; i < view->row_count * count; i++)
            cells[i] = view->cells[i];
        free(view->cells);
        view->cells = cells;
        view->capacity = rows;
    }
    return &view->cells[view->row_count++ * count];
}

static bool is_number(enum view_kind kind)
{
    return kind == VIEW_COUNT || kind == VIEW_ID || kind == VIEW_TIME;
}

static void read_row(struct view *view, sqlite3_stmt *row)
{
    struct view_cell *cells = view_add_row(view);
    int column = 0;
    for (size_t i = 0; i < view->column_count; i++, column++) {
        cells[i].known = sqlite3_column_type(row, column) != SQLITE_NULL;
        if (is_number(view->columns[i].kind))
            cells[i].number = sqlite3_column_int64(row, column);
        else
            cells[i].text = database_text(&view->pool, row, column);
        if (view->columns[i].error)
            cells[i].error = sqlite3_column_int64(row, ++column);
    }
}

enum status view_query(struct view *view, struct database *database, const char *sql, int64_t limit)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        if (limit == 0 || (int64_t)view->row_count < limit)
            read_row(view, row);
        else
            view->left_out++;
    }
    sqlite3_finalize(row);
    return status;
}

void view_free(struct view *view)
{
    free(view->cells);
    pool_free(&view->pool);
}

static bool is_known(const struct view *view, const struct view_column *column,
                     const struct view_cell *cell)
{
    return cell->known && (column->kind != VIEW_TIME || view->has_times);
}

static void put_json(json_t *row, const struct view *view, const struct view_column *column,
                     const struct view_cell *cell)
{
    bool known = is_known(view, column, cell);
    json_put(row, column->key,
             !known                    ? json_null()
             : is_number(column->kind) ? json_integer(cell->number)
                                       : json_text(cell->text));
    if (column->error)
        json_put(row, column->error, known ? json_integer(cell->error) : json_null());
}

json_t *view_json(const struct view *view)
{
    json_t *root = json_object(), *rows = json_array();
    for (size_t r = 0; r < view->row_count; r++) {
        json_t *row = json_object();
        for (size_t c = 0; c < view->column_count; c++)
            put_json(row, view, &view->columns[c], &view->cells[r * view->column_count + c]);
        json_add(rows, row);
    }
    json_put(root, "version", json_integer(1));
    json_put(root, "view", json_text(view->name));
    json_put(root, "title", json_text(view->title));
    json_put(root, "total_ns", view->has_times ? json_integer(view->total_ns) : json_null());
    json_put(root, "left_out", json_integer(view->left_out));
    json_put(root, "rows", rows);
    return root;
}

void view_write_json(FILE *stream, struct view *view)
{
    json_t *root = view_json(view);
    json_write(stream, root);
    json_decref(root);
}

/* With the comma or the line's end behind it. */
static void write_csv(FILE *stream, const struct view *view, const struct view_column *column,
                      const struct view_cell *cell)
{
    bool last = column == &view->columns[view->column_count - 1];
    bool known = is_known(view, column, cell);
    if (!is_number(column->kind)) {
        (last ? csv_last_field : csv_field)(stream, known ? cell->text : NULL);
        return;
    }
    if (known)
        fprintf(stream, "%" PRId64, cell->number);
    if (column->error)
        fputc(',', stream);
    if (column->error && known)
        fprintf(stream, "%" PRId64, cell->error);
    fputs(last ? "\r\n" : ",", stream);
}

void view_write_csv(FILE *stream, struct view *view)
{
    for (size_t c = 0; c < view->column_count; c++) {
        const struct view_column *column = &view->columns[c];
        fprintf(stream, "%s%s%s%s", column->key, column->error ? "," : "",
                column->error ? column->error : "", c + 1 < view->column_count ? "," : "\r\n");
    }
    for (size_t i = 0; i < view->row_count * view->column_count; i++)
        write_csv(stream, view, &view->columns[i % view->column_count], &view->cells[i]);
}

void view_write(FILE *stream, struct view *view, enum format format, const struct screen *screen)
{
    switch (format) {
    case FORMAT_JSON:
        view_write_json(stream, view);
        break;
    case FORMAT_CSV:
        view_write_csv(stream, view);
        break;
    case FORMAT_MARKDOWN:
        view_write_markdown(stream, view);
        break;
    case FORMAT_TABLE:
        view_write_table(stream, view, screen);
        break;
    }
}
