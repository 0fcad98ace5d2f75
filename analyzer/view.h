/* A table of what a query returns: columns that know what they hold, and a writer for each format.
 * Reports that need no more than that are a statement and a list of columns. */
#ifndef PROFINST_ANALYZER_VIEW_H
#define PROFINST_ANALYZER_VIEW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "command.h"
#include "database.h"
#include "json.h"
#include "style.h"

enum view_kind {
    VIEW_COUNT,
    VIEW_ID,   /* a number that counts nothing */
    VIEW_TIME, /* nanoseconds */
    VIEW_NAME, /* of a function */
    VIEW_PATH, /* "main > f > g" */
    VIEW_TEXT,
    VIEW_PLACE, /* of a source: FILE or FILE:LINE */
};

struct view_column {
    const char *key;          /* in JSON and CSV */
    const char *header;       /* for people; NULL: not shown to them */
    const char *share_header; /* of a time: also shown as share of all time; NULL: not */
    enum view_kind kind;
    const char *error; /* of an estimated time: key of half of its 95 % interval; NULL: none. In a
                          statement that is the column behind it */
};

struct view_cell {
    bool known;
    int64_t number;
    int64_t error; /* 0: none */
    const char *text;
};

/* Strings belong to the view, but those of `title`, `name` and the columns. */
struct view {
    struct pool pool;
    const char *name;  /* in JSON: "callers" */
    const char *title; /* for people: "Callers of f" */
    const struct view_column *columns;
    size_t column_count;
    struct view_cell *cells; /* row by row */
    size_t row_count, capacity;
    int64_t total_ns; /* shares are of this */
    bool has_times;   /* otherwise columns of times are left out */
    int64_t left_out; /* rows beyond the limit */
};

/* A new row, zeroed. */
struct view_cell *view_add_row(struct view *view);

/* Adds a row for each of the statement's, whose columns are the view's; those beyond `limit`, if
 * that is not 0, are only counted. */
enum status view_query(struct view *view, struct database *database, const char *sql,
                       int64_t limit);
void view_free(struct view *view);

void view_write(FILE *stream, struct view *view, enum format format, const struct screen *screen);
void view_write_table(FILE *stream, struct view *view, const struct screen *screen);
void view_write_markdown(FILE *stream, struct view *view);
void view_write_json(FILE *stream, struct view *view);
json_t *view_json(const struct view *view); /* the caller's */
void view_write_csv(FILE *stream, struct view *view);

#endif
