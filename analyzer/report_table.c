#include "report_grid.h"
#include "text.h"

static void write_summary(FILE *stream, struct report *report, const struct screen *screen)
{
    struct summary_line lines[SUMMARY_LINES];
    report_summary(report, lines);
    size_t width = 0;
    for (size_t i = 0; lines[i].label; i++)
        width = text_width(lines[i].label) > width ? text_width(lines[i].label) : width;
    for (size_t i = 0; lines[i].label; i++) {
        style_write(stream, screen, STYLE_HEADING, lines[i].label);
        fprintf(stream, "%*s", (int)(width - text_width(lines[i].label)) + 2, "");
        text_write_lines(stream, text_printable(&report->pool, lines[i].text), width + 2,
                         screen->width);
    }
    const char *why_empty = report_why_empty(report);
    if (why_empty) {
        fputs(lines[0].label ? "\n" : "", stream);
        text_write_lines(stream, why_empty, 0, screen->width);
    }
}

static void write_grid(FILE *stream, struct grid grid, const struct screen *screen)
{
    grid_write_table(stream, &grid, screen);
    grid_free(&grid);
}

void report_write_table(FILE *stream, struct report *report, const struct screen *screen)
{
    write_summary(stream, report, screen);
    if (report_why_empty(report))
        return;
    write_grid(stream, grid_of_functions(report), screen);
    if (report->options.edges)
        write_grid(stream, grid_of_edges(report), screen);
    if (report->options.contexts)
        write_grid(stream, grid_of_contexts(report), screen);
}
