/* How text for people looks: as wide as the terminal and in colours, or as it goes into a file. */
#ifndef PROFINST_ANALYZER_STYLE_H
#define PROFINST_ANALYZER_STYLE_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "error.h"

/* What text is, which decides about its colour. All can be read on dark and on light ground. */
enum style {
    STYLE_PLAIN,
    STYLE_HEADING, /* of a column, a line or a section */
    STYLE_MUTED,   /* of less weight than what is beside it */
    STYLE_PATH,    /* where something stands */
    STYLE_HOT,     /* much of the time, in figures and bars */
    STYLE_WARM,    /* a good part of it */
    STYLE_WORSE,   /* than before */
    STYLE_BETTER,
    STYLE_LOW, /* severities */
    STYLE_MEDIUM,
    STYLE_HIGH,
    STYLE_CRITICAL,
    STYLES,
};

/* Where text goes, for which --color and --no-pager are asked, too. Zero it to begin. */
struct screen {
    const char *color; /* auto, always, never; NULL: auto */
    bool no_pager;
    /* Set by screen_open. */
    size_t width;  /* columns of the terminal; 0: there is none, nothing is shortened */
    size_t height; /* its lines; 0: unknown */
    bool colors;
    bool pager; /* what does not fit goes through one */
};

/* Those options. The command's own parser hands a struct screen over at ARGP_KEY_INIT, as one of
 * `state->child_inputs`. */
extern const struct argp style_parser;

/* `output`: the file that is written; NULL: standard output. Fails if --color is none. */
enum status screen_open(struct screen *screen, const char *command, const char *output);

/* What goes before and behind text of that style: "" where there are no colours. */
const char *style_begin(const struct screen *screen, enum style style);
const char *style_end(const struct screen *screen, enum style style);

/* Writes text with both around it. */
void style_write(FILE *stream, const struct screen *screen, enum style style, const char *text);

/* How hot a share of the time is, 0 to 1. */
enum style style_of_share(double share);

#endif
