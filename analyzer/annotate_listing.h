/* The lines of an annotated file as rows of text, for the formats that people read. */
#ifndef PROFINST_ANALYZER_ANNOTATE_LISTING_H
#define PROFINST_ANALYZER_ANNOTATE_LISTING_H

#include "annotate.h"

/* What stands at the left of the source. */
enum {
    LISTING_SELF_SHARE,
    LISTING_SELF,
    LISTING_CUMULATIVE_SHARE,
    LISTING_CUMULATIVE,
    LISTING_CALLS,
    LISTING_LINE,
    LISTING_COLUMNS
};

struct listing_row {
    const char *cells[LISTING_COLUMNS]; /* NULL: nothing */
    enum style styles[LISTING_COLUMNS];
    const char *text;
    enum style style;
};

struct listing {
    struct annotation *annotation;
    const struct annotated_file *file;
    const struct annotate_options *options;
    struct listing_row *rows;
    size_t row_count, row_capacity;
    size_t next_function, next_call; /* while it is made: those of lines to come */
};

/* The strings are the annotation's. */
struct listing listing_of(struct annotation *annotation, const struct annotated_file *file,
                          const struct annotate_options *options);
void listing_free(struct listing *listing);

#endif
