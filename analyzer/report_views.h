/* What a report can show in place of its functions. */
#ifndef PROFINST_ANALYZER_REPORT_VIEWS_H
#define PROFINST_ANALYZER_REPORT_VIEWS_H

#include "report.h"
#include "view.h"

enum report_view {
    VIEW_FUNCTIONS, /* none of these */
    VIEW_CALLERS,   /* of a function */
    VIEW_CALLEES,   /* likewise */
    VIEW_HOT_PATHS, /* the chains of callers with most time of their own */
    VIEW_TREE,      /* from the roots down */
    VIEW_BY_FILE,
    VIEW_BY_MODULE,
    VIEW_BY_THREAD,
    VIEW_LINES, /* of the source, that make calls */
};

struct report_view_options {
    enum report_view kind;
    const char *function; /* of VIEW_CALLERS, VIEW_CALLEES: as of find.h */
    int64_t limit;        /* rows; 0: all */
};

/* Whether it asks for contexts one by one. */
bool report_view_needs_contexts(enum report_view kind);

/* Likewise for call sites. */
bool report_view_needs_sites(enum report_view kind);

/* Finds the functions that it is about, once for all programs. */
enum status report_view_prepare(struct database *database,
                                const struct report_view_options *options);

/* Whether none of these is in what the database shows. */
enum status report_view_is_empty(struct database *database,
                                 const struct report_view_options *options, bool *empty);

/* `report` tells what shares are of; needs row_filter_apply and report_view_prepare. view_free in
 * any case. */
enum status report_view_query(struct view *view, struct database *database,
                              const struct report *report,
                              const struct report_view_options *options);

/* Steps of that, for what is made of the tree. */
enum status report_hot_paths(struct view *view, struct database *database, int64_t limit);
enum status report_tree(struct view *view, struct database *database, int64_t limit);

#endif
