/* A report as rows of text, for the formats that people read. */
#ifndef PROFINST_ANALYZER_REPORT_GRID_H
#define PROFINST_ANALYZER_REPORT_GRID_H

#include "grid.h"
#include "report.h"

/* The caller frees the grid; its text is the report's. */
struct grid grid_of_functions(struct report *report);
struct grid grid_of_edges(struct report *report);
struct grid grid_of_contexts(struct report *report);

/* What stands above the rows: label and text, NULL behind the last. */
struct summary_line {
    const char *label;
    const char *text;
    /* The text takes one line of a terminal, and is cut for that, but for so many bytes at its end;
     * 0: it may take several. */
    size_t tail;
};
enum { SUMMARY_LINES = 16 };
void report_summary(struct report *report, struct summary_line lines[SUMMARY_LINES]);

/* Why there may be nothing; NULL if there is something. */
const char *report_why_empty(const struct report *report);

#endif
