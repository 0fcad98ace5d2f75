#include <stdlib.h>

#include "report_grid.h"
#include "text.h"

void grid_write_markdown(FILE *stream, struct pool *pool, struct grid *grid)
{
    fprintf(stream, "\n### %s\n\n|", grid->title);
    for (size_t c = 0; c < grid->columns; c++)
        fprintf(stream, " %s |", grid->headers[c]);
    fputs("\n|", stream);
    for (size_t c = 0; c < grid->columns; c++)
        fputs(grid->kinds[c] == GRID_NUMBER ? " ---: |" : " --- |", stream);
    for (size_t r = 0; r < grid->rows; r++) {
        fputs("\n|", stream);
        for (size_t c = 0; c < grid->columns; c++)
            fprintf(stream, " %s |", text_markdown(pool, grid->cells[r][c]));
    }
    fputc('\n', stream);
    if (grid->rest)
        fprintf(stream, "\n%s\n", grid->rest);
    free(grid->cells);
}

void report_write_markdown(FILE *stream, struct report *report)
{
    struct pool *pool = &report->pool;
    struct summary_line lines[SUMMARY_LINES];
    report_summary(report, lines);
    fputs("## Profile\n\n", stream);
    for (size_t i = 0; lines[i].label; i++)
        fprintf(stream, "- %s: %s\n", lines[i].label, text_markdown(pool, lines[i].text));
    const char *why_empty = report_why_empty(report);
    if (why_empty) {
        fprintf(stream, "%s%s\n", lines[0].label ? "\n" : "", why_empty);
        return;
    }
    struct grid grid = grid_of_functions(report, GRID_UNLIMITED);
    grid_write_markdown(stream, pool, &grid);
    if (report->options.edges) {
        grid = grid_of_edges(report);
        grid_write_markdown(stream, pool, &grid);
    }
    if (report->options.contexts) {
        grid = grid_of_contexts(report);
        grid_write_markdown(stream, pool, &grid);
    }
    if (report->advice)
        advice_write_markdown(stream, report->advice, (size_t)report->options.advice_limit);
}
