/* A report as a page for the browser: one file that needs nothing else, neither server nor network.
 *
 * The page's own part, which the build makes of analyzer/web, is the same for all profiles. Between
 * its beginning and its end stands what differs: one JSON document, packed (zlib, then Base64), so
 * that no name in it can be taken for a part of the page. docs/PAGE.md describes it. */
#ifndef PROFINST_ANALYZER_PAGE_H
#define PROFINST_ANALYZER_PAGE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "advice.h"
#include "history.h"
#include "output.h"
#include "places.h"
#include "report.h"
#include "tree.h"

struct page {
    struct report report; /* with all functions, by rank, and all edges */
    struct advice_list advice;
    struct tree tree;     /* of each thread */
    struct places places; /* of functions in the report, by id */
    json_t *threads, *processes;
    struct history history; /* of the functions that cost most */
    bool sources;           /* pieces of source files are put in */
};

/* Of a source with contexts; the configuration outlives the page. page_free in any case. */
enum status page_query(struct page *page, struct database *database, const struct config *config);
void page_free(struct page *page);

void page_write(FILE *stream, struct page *page);

/* ---- its parts ------------------------------------------------------------------------------- */

/* The place of a function in the report; -1: none. */
int64_t page_place(const struct page *page, int64_t function_id);

/* The whole document. */
void page_write_data(FILE *stream, struct page *page);

/* The values of its keys "contexts", an object of columns, and "sources", an array of objects. */
void page_write_contexts(FILE *stream, const struct page *page);
void page_write_sources(FILE *stream, struct page *page);

/* Finds the history, and the value of the key; NULL: there are not two points. */
enum status page_find_history(struct page *page, struct database *database);
json_t *page_history(struct page *page);

/* Nodes of a tree, in their order: so many of the largest ones as a browser opens in a few seconds.
 * `nodes` is to be freed. */
struct page_kept {
    uint32_t *nodes;
    size_t count;
};
struct page_kept page_keep(const struct tree *tree, const int64_t *weights);

/* Writes the bytes packed. */
void page_pack(FILE *stream, const char *bytes, size_t size);

/* What stands before and behind the data; page_template.S has them. */
struct page_shell {
    const char *head, *head_end, *tail, *tail_end;
};
extern const struct page_shell page_of_profile, page_of_diff;

/* Writes a page with these data, which are gone then. */
void page_fill(FILE *stream, const struct page_shell *shell, struct output *data);

#endif
