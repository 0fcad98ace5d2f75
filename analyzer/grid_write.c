#include "grid.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

/* Names wider than WIDEST_COLUMN stick out, rather than every other row be padded to their width.
 */
enum { WIDEST_COLUMN = 400, BAR_WIDTH = 10, BRIEF_BAR_WIDTH = 5 };

static struct grid_cell *cell_at(const struct grid *grid, size_t row, size_t column)
{
    return &grid->cells[row * grid->column_count + column];
}

static const char *shown(const struct grid_column *column, const struct grid_cell *cell)
{
    return column->brief && cell->brief ? cell->brief : cell->text;
}

/* Of a share: columns before the first space, and behind. All of "< noise" and "-" is before. */
static size_t head_width(const char *text)
{
    const char *space = *text >= '0' && *text <= '9' ? strchr(text, ' ') : NULL;
    return space ? text_width_until(text, space) : text_width(text);
}

/* Gives shares that begin with a number spaces behind, so that numbers stand below each other. */
static void align_shares(struct grid *grid, size_t column, bool brief)
{
    size_t tail = 0;
    for (size_t r = 0; r < grid->row_count; r++) {
        struct grid_cell *cell = cell_at(grid, r, column);
        const char *text = brief ? cell->brief : cell->text;
        size_t width = text ? text_width(text) - head_width(text) : 0;
        tail = width > tail ? width : tail;
    }
    for (size_t r = 0; r < grid->row_count; r++) {
        struct grid_cell *cell = cell_at(grid, r, column);
        const char **text = brief ? &cell->brief : &cell->text;
        if (!*text || **text < '0' || **text > '9')
            continue;
        size_t missing = tail - (text_width(*text) - head_width(*text));
        *text = pool_format(grid->pool, "%s%*s", *text, (int)missing, "");
    }
}

static void draw_bars(struct grid *grid, size_t column)
{
    for (size_t r = 0; r < grid->row_count; r++) {
        struct grid_cell *cell = cell_at(grid, r, column);
        cell->text = text_bar(grid->pool, cell->share, BAR_WIDTH);
        cell->brief = text_bar(grid->pool, cell->share, BRIEF_BAR_WIDTH);
    }
}

static void make_printable(struct grid *grid)
{
    for (size_t c = 0; c < grid->column_count; c++)
        grid->columns[c].header = text_printable(grid->pool, grid->columns[c].header);
    for (size_t i = 0; i < grid->row_count * grid->column_count; i++) {
        struct grid_cell *cell = &grid->cells[i];
        cell->text = text_printable(grid->pool, cell->text);
        cell->brief = cell->brief ? text_printable(grid->pool, cell->brief) : NULL;
    }
}

static void find_widths(struct grid *grid)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        struct grid_column *column = &grid->columns[c];
        column->width = column->brief_width = text_width(column->header);
        for (size_t r = 0; r < grid->row_count; r++) {
            const struct grid_cell *cell = cell_at(grid, r, c);
            size_t width = text_width(cell->text);
            column->width = width > column->width ? width : column->width;
            width = cell->brief ? text_width(cell->brief) : width;
            column->brief_width = width > column->brief_width ? width : column->brief_width;
        }
    }
}

static void write_cell(FILE *stream, const struct screen *screen, const struct grid_column *column,
                       const char *text, enum style style, bool last)
{
    bool right = column->kind == GRID_NUMBER || column->kind == GRID_SHARE;
    size_t width = column->brief ? column->brief_width : column->width;
    width = width < WIDEST_COLUMN ? width : WIDEST_COLUMN;
    size_t taken = text_width(text);
    int padding = taken < width ? (int)(width - taken) : 0;
    fprintf(stream, "%*s", right ? padding : 0, "");
    style_write(stream, screen, style, text);
    fprintf(stream, "%*s%s", right || last ? 0 : padding, "", last ? "\n" : "  ");
}

static void write_row(FILE *stream, const struct grid *grid, const struct screen *screen,
                      const struct grid_cell *cells)
{
    size_t last = grid->column_count;
    while (last > 0 && grid->columns[last - 1].dropped)
        last--;
    for (size_t c = 0; c < last; c++) {
        const struct grid_column *column = &grid->columns[c];
        if (column->dropped)
            continue;
        write_cell(stream, screen, column, cells ? shown(column, &cells[c]) : column->header,
                   cells ? cells[c].style : STYLE_HEADING, c + 1 == last);
    }
}

void grid_write_table(FILE *stream, struct grid *grid, const struct screen *screen)
{
    make_printable(grid);
    for (size_t c = 0; c < grid->column_count; c++) {
        struct grid_column *column = &grid->columns[c];
        if (column->kind == GRID_BAR && screen->width)
            draw_bars(grid, c);
        column->dropped = column->kind == GRID_BAR && !screen->width;
        if (column->kind == GRID_SHARE) {
            align_shares(grid, c, false);
            align_shares(grid, c, true);
        }
    }
    find_widths(grid);
    if (screen->width) {
        grid_fit(grid, screen->width);
        find_widths(grid);
    }
    fputs(grid->at_top ? "" : "\n", stream);
    write_row(stream, grid, screen, NULL);
    for (size_t r = 0; r < grid->row_count; r++)
        write_row(stream, grid, screen, cell_at(grid, r, 0));
    if (grid->rest) {
        fputc('\n', stream);
        style_write(stream, screen, STYLE_MUTED, grid->rest);
        fputc('\n', stream);
    }
}

void grid_write_markdown(FILE *stream, struct grid *grid)
{
    if (grid->title)
        fprintf(stream, "\n### %s\n\n", text_markdown(grid->pool, grid->title));
    for (size_t c = 0; c < grid->column_count; c++)
        if (grid->columns[c].kind != GRID_BAR)
            fprintf(stream, "| %s ", text_markdown(grid->pool, grid->columns[c].header));
    fputs("|\n", stream);
    for (size_t c = 0; c < grid->column_count; c++) {
        enum grid_kind kind = grid->columns[c].kind;
        if (kind != GRID_BAR)
            fputs(kind == GRID_NUMBER || kind == GRID_SHARE ? "| ---: " : "| --- ", stream);
    }
    fputs("|\n", stream);
    for (size_t r = 0; r < grid->row_count; r++) {
        for (size_t c = 0; c < grid->column_count; c++)
            if (grid->columns[c].kind != GRID_BAR)
                fprintf(stream, "| %s ", text_markdown(grid->pool, cell_at(grid, r, c)->text));
        fputs("|\n", stream);
    }
    if (grid->rest)
        fprintf(stream, "\n%s\n", grid->rest);
}
