#include <string.h>

#include "report_grid.h"
#include "text.h"

/* `indent`: where the text begins, behind the label. */
static void write_line(FILE *stream, struct pool *pool, const struct summary_line *line,
                       size_t indent, const struct screen *screen)
{
    style_write(stream, screen, STYLE_HEADING, line->label);
    fprintf(stream, "%*s", (int)(indent - text_width(line->label)), "");
    const char *text = text_printable(pool, line->text);
    if (line->tail && screen->width) {
        const char *tail = text + strlen(text) - line->tail;
        size_t taken = indent + text_width(tail);
        text = pool_format(pool, "%.*s", (int)(tail - text), text);
        text = text_cut(pool, text, screen->width > taken ? screen->width - taken : 1);
        text = pool_format(pool, "%s%s", text, tail);
    }
    text_write_lines(stream, text, indent, screen->width);
}

static void write_summary(FILE *stream, struct report *report, const struct screen *screen)
{
    struct summary_line lines[SUMMARY_LINES];
    report_summary(report, lines);
    size_t width = 0;
    for (size_t i = 0; lines[i].label; i++)
        width = text_width(lines[i].label) > width ? text_width(lines[i].label) : width;
    for (size_t i = 0; lines[i].label; i++)
        write_line(stream, &report->pool, &lines[i], width + 2, screen);
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
    if (report->advice)
        advice_write_table(stream, report->advice, (size_t)report->options.advice_limit, screen);
}
