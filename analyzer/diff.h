/* A comparison as people and programs read it: which rows of it, in which order and format. */
#ifndef PROFINST_ANALYZER_DIFF_H
#define PROFINST_ANALYZER_DIFF_H

#include <jansson.h>
#include <stdio.h>

#include "compare.h"
#include "grid.h"
#include "style.h"

enum diff_sort { DIFF_BY_CHANGE, DIFF_BY_SELF, DIFF_BY_CUMULATIVE, DIFF_BY_CALLS, DIFF_BY_RATIO };

struct diff_options {
    bool edges, contexts;
    bool all; /* also what has not changed */
    enum diff_sort sort;
    long long limit;  /* of rows of each kind; 0: none */
    double min_share; /* of the self time of a side; rows that have less on both are left out */
};

/* Rows that are shown, as indices, and what of the comparison's rows they leave out. */
struct diff_rows {
    size_t *rows;
    size_t count;
    size_t beyond_limit, unchanged, small;
};

struct diff {
    const struct comparison *comparison;
    struct diff_options options;
    struct diff_rows functions, edges, contexts;
    struct pool pool;
};

/* diff_free in any case; the comparison stays the caller's. */
void diff_pick(struct diff *diff, const struct comparison *comparison,
               const struct diff_options *options);
void diff_free(struct diff *diff);

void diff_write_table(FILE *stream, struct diff *diff, const struct screen *screen);
void diff_write_markdown(FILE *stream, struct diff *diff);
void diff_write_json(FILE *stream, const struct diff *diff);
void diff_write_csv(FILE *stream, const struct diff *diff); /* one kind of rows */

/* A page for the browser, of a comparison with contexts, if it could have them. It holds all
 * functions and edges; the options say what its tables begin with, and whether contexts have one.
 */
enum status diff_write_page(FILE *stream, struct database *database,
                            const struct comparison *comparison,
                            const struct diff_options *options);

/* What others than the table and JSON tell, too. */

/* What stands above the rows: label and text, which is in the diff's pool. */
struct diff_line {
    const char *label, *text;
    enum style style;
};
enum { DIFF_LINES = 8 };
size_t diff_summarize(struct diff *diff, struct diff_line lines[DIFF_LINES]);

/* What `--format=json` has of both sides and whole runs, and its rows; numbers have so many digits.
 */
enum { DIFF_DIGITS = 12 };
json_t *diff_about_json(const struct diff *diff);
json_t *diff_function_json(const struct diff *diff, const struct compared_function *row);
json_t *diff_edge_json(const struct diff *diff, const struct compared_edge *row);
json_t *diff_context_json(const struct diff *diff, const struct compared_context *row);

/* Cells that others than the table show, too. Text is in the pool. */

/* "+23 % ±4", "~" of noise, "+23 % ?" where nobody knows, "=" of what is the same. */
struct grid_cell diff_time_change(struct pool *pool, const struct compared *compared);

/* "+1,234", "~", "=" */
struct grid_cell diff_count_change(struct pool *pool, const struct compared *compared);

/* The mean of a side: "1.23 ms", "1,234"; "≈ 1,234" of counts that vary. */
const char *diff_time(struct pool *pool, const struct compared *compared, int side);
const char *diff_count(struct pool *pool, const struct compared *compared, int side);

#endif
