/* Long output on a terminal, page by page. */
#ifndef PROFINST_ANALYZER_PAGER_H
#define PROFINST_ANALYZER_PAGER_H

#include "output.h"
#include "style.h"

/* Ends the output like output_end; what goes to a terminal and does not fit there goes through
 * $PROFINST_PAGER, $PAGER or less. Returns when that has ended. */
enum status pager_end(struct output *output, const char *path, const struct screen *screen);

#endif
