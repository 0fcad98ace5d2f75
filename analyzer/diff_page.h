/* The parts of the page of a comparison; diff.h writes it. */
#ifndef PROFINST_ANALYZER_DIFF_PAGE_H
#define PROFINST_ANALYZER_DIFF_PAGE_H

#include "diff.h"
#include "flame.h"
#include "page.h"

/* The whole document. */
enum status diff_page_write_data(FILE *stream, struct database *database,
                                 const struct comparison *comparison,
                                 const struct diff_options *options);

/* Adds a row, which is gone then, to columns: objects of arrays, and of objects where a field of
 * the rows is one. All rows have the same fields. */
void diff_page_add_row(json_t *columns, json_t *row);

/* {"count", "columns"}; of a column in which all rows have the same, {"same": that} is left. */
json_t *diff_page_table(json_t *columns, size_t count);

/* Names as reports for people show them: in place of every text, one that can be seen. */
void diff_page_make_printable(json_t *value);

/* The flame graph of both sides together; diff_page_free_flame in any case. */
struct diff_page_flame {
    struct flame flame;
    int64_t *weights[SIDES]; /* by node: what widths are of, with all below */
    struct page_kept kept;   /* nodes that the page has */
    int64_t *places;         /* by context of the comparison: which of them; -1: none */
};
void diff_page_find_flame(struct diff_page_flame *page, const struct comparison *comparison);
void diff_page_free_flame(struct diff_page_flame *page);

/* The value of the key "flame", an object of columns; null without contexts. */
void diff_page_write_flame(FILE *stream, struct diff_page_flame *page);

#endif
