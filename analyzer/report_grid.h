/* A report as rows of text, for the formats that people read. */
#ifndef PROFINST_ANALYZER_REPORT_GRID_H
#define PROFINST_ANALYZER_REPORT_GRID_H

#include "report.h"

enum { GRID_COLUMNS = 16 };

enum grid_kind {
    GRID_NUMBER, /* stands at the right */
    GRID_NAME,   /* a function's, may be shortened */
    GRID_PATH,   /* of functions, may be shortened from the left */
    GRID_TEXT,   /* may be cut off */
    GRID_PLACE,  /* file and line */
    GRID_WORD,   /* one of few */
};

/* Cells belong to the report's pool and are as they came: whoever writes them escapes them. */
struct grid {
    const char *title;
    size_t columns;
    const char *headers[GRID_COLUMNS];
    enum grid_kind kinds[GRID_COLUMNS];
    size_t rows;
    const char *(*cells)[GRID_COLUMNS];
    const char *rest; /* what the limit left out, as a sentence; NULL: nothing */
};

void grid_column(struct grid *grid, enum grid_kind kind, const char *header);

/* Both free the cells. `terminal_width` 0: nothing is shortened. */
void grid_write_table(FILE *stream, struct pool *pool, struct grid *grid, size_t terminal_width);
void grid_write_markdown(FILE *stream, struct pool *pool, struct grid *grid);

/* How much room there is: on a narrow terminal, places have no folder and some columns are left
 * out.
 */
enum grid_room { GRID_UNLIMITED, GRID_WIDE, GRID_NARROW };

/* The caller frees the cells. */
struct grid grid_of_functions(struct report *report, enum grid_room room);
struct grid grid_of_edges(struct report *report);
struct grid grid_of_contexts(struct report *report);

/* What stands above the rows: label and text, NULL behind the last. */
struct summary_line {
    const char *label;
    const char *text;
};
enum { SUMMARY_LINES = 16 };
void report_summary(struct report *report, struct summary_line lines[SUMMARY_LINES]);

/* Why there may be nothing; NULL if there is something. */
const char *report_why_empty(const struct report *report);

#endif
