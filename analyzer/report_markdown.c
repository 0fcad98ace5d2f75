#include "report_grid.h"
#include "text.h"

static void write_grid(FILE *stream, struct grid grid)
{
    grid_write_markdown(stream, &grid);
    grid_free(&grid);
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
    write_grid(stream, grid_of_functions(report));
    if (report->options.edges)
        write_grid(stream, grid_of_edges(report));
    if (report->options.contexts)
        write_grid(stream, grid_of_contexts(report));
    if (report->advice)
        advice_write_markdown(stream, report->advice, (size_t)report->options.advice_limit);
}
