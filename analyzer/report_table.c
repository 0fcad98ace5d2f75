#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report_grid.h"
#include "text.h"

/* Names wider than WIDEST_COLUMN stick out, rather than every other row be padded to their width.
 */
enum { LEAST_WIDE = 150 };
enum { GAP = 2, LEAST_NAME_WIDTH = 16, WIDEST_COLUMN = 400, LONGEST_LINE = 10000 };

size_t report_terminal_width(void)
{
    if (!isatty(STDOUT_FILENO))
        return 0;
    const char *columns = getenv("COLUMNS");
    long wanted = columns ? strtol(columns, NULL, 10) : 0;
    if (wanted > 0 && wanted < LONGEST_LINE)
        return (size_t)wanted;
    struct winsize window;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        return window.ws_col;
    return 80;
}

static bool is_name(enum grid_kind kind)
{
    return kind == GRID_NAME || kind == GRID_PATH || kind == GRID_TEXT;
}

static void find_widths(const struct grid *grid, size_t widths[GRID_COLUMNS])
{
    for (size_t c = 0; c < grid->columns; c++) {
        widths[c] = text_width(grid->headers[c]);
        for (size_t r = 0; r < grid->rows; r++) {
            size_t width = text_width(grid->cells[r][c]);
            widths[c] = width > widths[c] ? width : widths[c];
        }
        widths[c] = widths[c] < WIDEST_COLUMN ? widths[c] : WIDEST_COLUMN;
    }
}

/* Shares out to the names what the other columns leave of the terminal. */
static void shorten_names(struct pool *pool, struct grid *grid, size_t terminal_width)
{
    size_t widths[GRID_COLUMNS];
    find_widths(grid, widths);
    size_t taken = 0, names = 0;
    for (size_t c = 0; c < grid->columns; c++) {
        taken += c ? GAP : 0;
        taken += is_name(grid->kinds[c]) ? 0 : widths[c];
        names += is_name(grid->kinds[c]);
    }
    size_t room = (terminal_width > taken ? terminal_width - taken : 0) / (names ? names : 1);
    room = room > LEAST_NAME_WIDTH ? room : LEAST_NAME_WIDTH;
    for (size_t r = 0; r < grid->rows; r++) {
        for (size_t c = 0; c < grid->columns; c++) {
            const char **cell = &grid->cells[r][c];
            if (grid->kinds[c] == GRID_NAME)
                *cell = text_short_name(pool, *cell, room);
            else if (grid->kinds[c] == GRID_PATH)
                *cell = text_cut_left(pool, *cell, room);
            else if (grid->kinds[c] == GRID_TEXT)
                *cell = text_cut(pool, *cell, room);
        }
    }
}

static void write_cell(FILE *stream, const char *text, size_t width, bool right, bool last)
{
    size_t taken = text_width(text);
    int padding = taken < width ? (int)(width - taken) : 0;
    if (right)
        fprintf(stream, "%*s%s", padding, "", text);
    else
        fprintf(stream, "%s%*s", text, last ? 0 : padding, "");
    fputs(last ? "\n" : "  ", stream);
}

void grid_write_table(FILE *stream, struct pool *pool, struct grid *grid, size_t terminal_width)
{
    for (size_t r = 0; r < grid->rows; r++)
        for (size_t c = 0; c < grid->columns; c++)
            grid->cells[r][c] = text_printable(pool, grid->cells[r][c]);
    if (terminal_width)
        shorten_names(pool, grid, terminal_width);

    size_t widths[GRID_COLUMNS];
    find_widths(grid, widths);
    fputc('\n', stream);
    for (size_t c = 0; c < grid->columns; c++)
        write_cell(stream, grid->headers[c], widths[c], grid->kinds[c] == GRID_NUMBER,
                   c + 1 == grid->columns);
    for (size_t r = 0; r < grid->rows; r++)
        for (size_t c = 0; c < grid->columns; c++)
            write_cell(stream, grid->cells[r][c], widths[c], grid->kinds[c] == GRID_NUMBER,
                       c + 1 == grid->columns);
    if (grid->rest)
        fprintf(stream, "\n%s\n", grid->rest);
    free(grid->cells);
}

void report_write_table(FILE *stream, struct report *report, size_t terminal_width)
{
    struct pool *pool = &report->pool;
    struct summary_line lines[SUMMARY_LINES];
    report_summary(report, lines);
    size_t width = 0;
    for (size_t i = 0; lines[i].label; i++)
        width = text_width(lines[i].label) > width ? text_width(lines[i].label) : width;
    for (size_t i = 0; lines[i].label; i++)
        fprintf(stream, "%-*s  %s\n", (int)width, lines[i].label,
                text_printable(pool, lines[i].text));
    const char *why_empty = report_why_empty(report);
    if (why_empty) {
        fprintf(stream, "%s%s\n", lines[0].label ? "\n" : "", why_empty);
        return;
    }
    enum grid_room room = terminal_width == 0           ? GRID_UNLIMITED
                          : terminal_width < LEAST_WIDE ? GRID_NARROW
                                                        : GRID_WIDE;
    struct grid grid = grid_of_functions(report, room);
    grid_write_table(stream, pool, &grid, terminal_width);
    if (report->options.edges) {
        grid = grid_of_edges(report);
        grid_write_table(stream, pool, &grid, terminal_width);
    }
    if (report->options.contexts) {
        grid = grid_of_contexts(report);
        grid_write_table(stream, pool, &grid, terminal_width);
    }
    if (report->advice)
        advice_write_table(stream, report->advice, (size_t)report->options.advice_limit,
                           terminal_width);
}
