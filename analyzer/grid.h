/* A table of text, for the formats that people read. */
#ifndef PROFINST_ANALYZER_GRID_H
#define PROFINST_ANALYZER_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "memory.h"
#include "style.h"

enum grid_kind {
    GRID_NUMBER, /* stands at the right */
    GRID_SHARE,  /* likewise; what is behind the first space of it begins in one column */
    GRID_BAR,    /* a bar, on terminals only */
    GRID_NAME,   /* a function's, may be shortened */
    GRID_PATH,   /* of functions, may be shortened from the left */
    GRID_TEXT,   /* may be cut off */
    GRID_PLACE,  /* file and line, may be shortened from the left */
    GRID_WORD,   /* one of few */
};

/* On a terminal that has too few columns, grids give up what tells least, in the order of these
 * numbers, until there is room for names; 0: never. */
struct grid_column {
    const char *header;
    enum grid_kind kind;
    int brief_at; /* its cells become brief */
    int drop_at;  /* it is left out */
    /* The rest belongs to the grid. */
    size_t width, brief_width;
    bool brief, dropped;
};

struct grid_cell {
    const char *text;  /* as it came: whoever writes it escapes it */
    const char *brief; /* NULL: the same */
    double share;      /* of a bar: how much of the longest one it is, 0 to 1 */
    enum style style;
};

struct grid {
    struct pool *pool; /* borrowed, for what writing needs */
    const char *title;
    bool at_top;      /* nothing stands above it, so there is no empty line between */
    const char *rest; /* what was left out, as a sentence; NULL: nothing */
    struct grid_column *columns;
    struct grid_cell *cells; /* row by row */
    size_t column_count, row_count;
    size_t column_capacity, row_capacity;
};

/* grid_free frees all but the text. */
void grid_begin(struct grid *grid, struct pool *pool, const char *title);
void grid_free(struct grid *grid);

/* All columns come before the first row. Valid until the next one. */
struct grid_column *grid_column(struct grid *grid, enum grid_kind kind, const char *header);

/* Its first cell; all are empty, and their text is ""; valid until the next one. */
struct grid_cell *grid_row(struct grid *grid);

/* These change the cells: each grid is written once. */
void grid_write_table(FILE *stream, struct grid *grid, const struct screen *screen);
void grid_write_markdown(FILE *stream, struct grid *grid);

/* Part of writing: chooses columns and shortens cells, so that lines have no more than `width`
 * columns. */
void grid_fit(struct grid *grid, size_t width);

#endif
