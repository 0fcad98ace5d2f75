/* Links from a picture to the source. */
#ifndef PROFINST_ANALYZER_GRAPH_LINK_H
#define PROFINST_ANALYZER_GRAPH_LINK_H

#include "error.h"
#include "memory.h"

/* A template holds %f for the file and may hold %l for the line; %% is a percent sign. */
enum status graph_link_check(const char *command, const char *template);

/* NULL: the file is not known, or no links are wanted. `template` NULL: to the file itself. Of the
 * file everything is percent-encoded that means something in an address, but for its slashes. */
const char *graph_link(struct pool *pool, const char *template, const char *file, int64_t line);

#endif
