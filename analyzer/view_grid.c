/* Views for people. */
#include <stdlib.h>

#include "grid.h"
#include "text.h"
#include "view.h"

/* The order in which columns give up room; see grid.h. */
enum { BRIEF_PLACE = 1, BRIEF_SHARE, BRIEF_COUNT, DROP_PLACE, DROP_BAR, DROP_TIME, DROP_COUNT };

/* What is worked out once for a column. */
struct layout {
    bool shown;         /* something is known in it that people want to know */
    bool bar;           /* the first share has one */
    int64_t longest_ns; /* the bar's whole length */
};

static struct layout *lay_out(const struct view *view)
{
    struct layout *layout = memory_array(view->column_count, sizeof *layout);
    for (size_t i = 0; i < view->row_count * view->column_count; i++) {
        struct layout *column = &layout[i % view->column_count];
        int64_t ns = view->cells[i].number;
        column->shown |= view->cells[i].known;
        column->longest_ns = ns > column->longest_ns ? ns : column->longest_ns;
    }
    bool bar = false;
    for (size_t c = 0; c < view->column_count; c++) {
        const struct view_column *column = &view->columns[c];
        layout[c].shown |= view->row_count == 0;
        layout[c].shown &= column->header && (column->kind != VIEW_TIME || view->has_times);
        layout[c].bar = layout[c].shown && column->share_header && !bar;
        bar |= layout[c].bar;
    }
    return layout;
}

static void add_column(struct grid *grid, const struct view_column *column, bool first, bool bar)
{
    static const enum grid_kind kinds[] = {GRID_NUMBER, GRID_NUMBER, GRID_NUMBER, GRID_NAME,
                                           GRID_PATH,   GRID_TEXT,   GRID_PLACE};
    if (column->share_header) {
        grid_column(grid, GRID_SHARE, column->share_header)->brief_at = BRIEF_SHARE;
        if (bar)
            grid_column(grid, GRID_BAR, "")->drop_at = DROP_BAR;
    }
    struct grid_column *added = grid_column(grid, kinds[column->kind], column->header);
    if (column->kind == VIEW_COUNT) {
        added->brief_at = BRIEF_COUNT;
        added->drop_at = first ? 0 : DROP_COUNT;
    } else if (column->kind == VIEW_TIME) {
        added->drop_at = DROP_TIME;
    } else if (column->kind == VIEW_PLACE) {
        added->brief_at = BRIEF_PLACE;
        added->drop_at = DROP_PLACE;
    }
}

static struct grid_cell *put_time(struct view *view, const struct layout *layout, bool share,
                                  const struct view_cell *from, struct grid_cell *cell)
{
    double total = (double)view->total_ns, ns = (double)from->number;
    enum style style = from->known && total > 0 ? style_of_share(ns / total) : STYLE_MUTED;
    if (share) {
        cell->text =
            from->known ? text_percent_error(&view->pool, from->number, from->error, view->total_ns)
                        : "-";
        cell++->style = style;
        if (layout->bar) {
            cell->share = layout->longest_ns > 0 ? ns / (double)layout->longest_ns : 0;
            cell++->style = style;
        }
    }
    cell->text = from->known ? text_duration(&view->pool, from->number) : "-";
    return cell + 1;
}

static struct grid_cell *put(struct view *view, const struct layout *layout,
                             const struct view_column *column, const struct view_cell *from,
                             struct grid_cell *cell)
{
    switch (column->kind) {
    case VIEW_TIME:
        return put_time(view, layout, column->share_header != NULL, from, cell);
    case VIEW_COUNT:
        cell->text = from->known ? text_count(&view->pool, from->number) : "-";
        cell->brief = from->known ? text_short_count(&view->pool, from->number) : "-";
        break;
    case VIEW_ID:
        cell->text = pool_format(&view->pool, "%lld", (long long)from->number);
        break;
    case VIEW_PLACE:
        cell->text = from->known ? from->text : "";
        cell->brief = text_base_name(cell->text);
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
    struct layout *layout = lay_out(view);
    for (size_t c = 0; c < view->column_count; c++)
        if (layout[c].shown)
            add_column(&grid, &view->columns[c], c == 0, layout[c].bar);
    for (size_t r = 0; r < view->row_count; r++) {
        struct grid_cell *cell = grid_row(&grid);
        const struct view_cell *cells = &view->cells[r * view->column_count];
        for (size_t c = 0; c < view->column_count; c++)
            if (layout[c].shown)
                cell = put(view, &layout[c], &view->columns[c], &cells[c], cell);
    }
    free(layout);
    if (view->left_out > 0)
        grid.rest = pool_format(&view->pool, "%s more %s; --limit=0 shows all",
                                text_count(&view->pool, view->left_out),
                                view->left_out == 1 ? "row" : "rows");
    return grid;
}

void view_write_table(FILE *stream, struct view *view, const struct screen *screen)
{
    struct grid grid = grid_of(view);
    fputs(style_begin(screen, STYLE_HEADING), stream);
    text_write_lines(stream, text_printable(&view->pool, view->title), 0, screen->width);
    fputs(style_end(screen, STYLE_HEADING), stream);
    grid_write_table(stream, &grid, screen);
    grid_free(&grid);
}

void view_write_markdown(FILE *stream, struct view *view)
{
    struct grid grid = grid_of(view);
    grid_write_markdown(stream, &grid);
    grid_free(&grid);
}
