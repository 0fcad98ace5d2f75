/* Views for people. */
#include <stdlib.h>

#include "grid.h"
#include "text.h"
#include "view.h"

/* The order in which columns give up room; see grid.h. */
enum { BRIEF_PLACE = 1, BRIEF_SHARE, BRIEF_COUNT, DROP_PLACE, DROP_BAR, DROP_TIME, DROP_COUNT };

static bool is_shown(const struct view *view, const struct view_column *column)
{
    return column->header && (column->kind != VIEW_TIME || view->has_times);
}

/* The first share has a bar. */
static bool has_bar(const struct view *view, const struct view_column *column)
{
    for (const struct view_column *first = view->columns; first < column; first++)
        if (first->share_header && is_shown(view, first))
            return false;
    return column->share_header != NULL;
}

static void add_column(struct grid *grid, const struct view *view, const struct view_column *column)
{
    static const enum grid_kind kinds[] = {GRID_NUMBER, GRID_NUMBER, GRID_NAME,
                                           GRID_PATH,   GRID_TEXT,   GRID_PLACE};
    if (column->share_header) {
        grid_column(grid, GRID_SHARE, column->share_header)->brief_at = BRIEF_SHARE;
        if (has_bar(view, column))
            grid_column(grid, GRID_BAR, "")->drop_at = DROP_BAR;
    }
    struct grid_column *added = grid_column(grid, kinds[column->kind], column->header);
    if (column->kind == VIEW_COUNT) {
        added->brief_at = BRIEF_COUNT;
        added->drop_at = column == view->columns ? 0 : DROP_COUNT;
    } else if (column->kind == VIEW_TIME) {
        added->drop_at = DROP_TIME;
    } else if (column->kind == VIEW_PLACE) {
        added->brief_at = BRIEF_PLACE;
        added->drop_at = DROP_PLACE;
    }
}

static int64_t longest(const struct view *view, size_t column)
{
    int64_t longest_ns = 0;
    for (size_t r = 0; r < view->row_count; r++) {
        int64_t ns = view->cells[r * view->column_count + column].number;
        longest_ns = ns > longest_ns ? ns : longest_ns;
    }
    return longest_ns;
}

static struct grid_cell *put_time(struct view *view, size_t c, const struct view_cell *from,
                                  struct grid_cell *cell, int64_t longest_ns)
{
    const struct view_column *column = &view->columns[c];
    double total = (double)view->total_ns, ns = (double)from->number;
    enum style style = from->known && total > 0 ? style_of_share(ns / total) : STYLE_MUTED;
    if (column->share_header) {
        cell->text = from->known ? text_percent(&view->pool, from->number, view->total_ns) : "-";
        cell++->style = style;
        if (has_bar(view, column)) {
            cell->share = longest_ns > 0 ? ns / (double)longest_ns : 0;
            cell++->style = style;
        }
    }
    cell->text = from->known ? text_duration(&view->pool, from->number) : "-";
    return cell + 1;
}

static const char *brief_place(const char *place)
{
    return text_base_name(place);
}

static struct grid_cell *put(struct view *view, size_t c, const struct view_cell *from,
                             struct grid_cell *cell, int64_t longest_ns)
{
    switch (view->columns[c].kind) {
    case VIEW_TIME:
        return put_time(view, c, from, cell, longest_ns);
    case VIEW_COUNT:
        cell->text = from->known ? text_count(&view->pool, from->number) : "-";
        cell->brief = from->known ? text_short_count(&view->pool, from->number) : "-";
        break;
    case VIEW_PLACE:
        cell->text = from->known ? from->text : "";
        cell->brief = brief_place(cell->text);
        cell->style = STYLE_PATH;
        break;
    case VIEW_NAME:
    case VIEW_PATH:
    case VIEW_TEXT:
        cell->text = from->known ? from->text : "";
        break;
    }
    return cell + 1;
}

static struct grid grid_of(struct view *view)
{
    struct grid grid;
    grid_begin(&grid, &view->pool, view->title);
    int64_t *longest_ns = memory_array(view->column_count, sizeof *longest_ns);
    for (size_t c = 0; c < view->column_count; c++) {
        longest_ns[c] = view->columns[c].kind == VIEW_TIME ? longest(view, c) : 0;
        if (is_shown(view, &view->columns[c]))
            add_column(&grid, view, &view->columns[c]);
    }
    for (size_t r = 0; r < view->row_count; r++) {
        struct grid_cell *cell = grid_row(&grid);
        for (size_t c = 0; c < view->column_count; c++)
            if (is_shown(view, &view->columns[c]))
                cell = put(view, c, &view->cells[r * view->column_count + c], cell, longest_ns[c]);
    }
    free(longest_ns);
    if (view->left_out > 0)
        grid.rest = pool_format(&view->pool, "%s more %s; --limit=0 shows all",
                                text_count(&view->pool, view->left_out),
                                view->left_out == 1 ? "row" : "rows");
    return grid;
}

void view_write_table(FILE *stream, struct view *view, const struct screen *screen)
{
    struct grid grid = grid_of(view);
    style_write(stream, screen, STYLE_HEADING, text_printable(&view->pool, view->title));
    fputc('\n', stream);
    grid_write_table(stream, &grid, screen);
    grid_free(&grid);
}

void view_write_markdown(FILE *stream, struct view *view)
{
    struct grid grid = grid_of(view);
    grid_write_markdown(stream, &grid);
    grid_free(&grid);
}
