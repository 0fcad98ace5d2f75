/* Which rows somebody wants to see: of some functions, files or modules, or with many calls. What
 * is left out still counts in all totals. */
#ifndef PROFINST_ANALYZER_ROW_FILTER_H
#define PROFINST_ANALYZER_ROW_FILTER_H

#include <argp.h>
#include <stdbool.h>

#include "database.h"

/* As somebody chose it; NULL: that does not matter. */
struct row_filter {
    const char *function, *file, *module; /* as of find.h */
    const char *min_calls;
};

/* Those options: a child of the command's own parser, which hands a struct row_filter over at
 * ARGP_KEY_INIT, as one of `state->child_inputs`. */
extern const struct argp row_filter_parser;

bool row_filter_is_set(const struct row_filter *filter);

/* Makes temporary views of the rows that are wanted: `shown_functions` of `functions`, and
 * `shown_edges` of those edges whose caller or callee is among them; in place of such ones that
 * were there before. Without a filter these are all. */
enum status row_filter_apply(struct database *database, const char *command,
                             const struct row_filter *filter);

#endif
