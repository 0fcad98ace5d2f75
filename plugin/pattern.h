/* Patterns for names. */
#ifndef PROFINST_PATTERN_H
#define PROFINST_PATTERN_H

#include <stdbool.h>

enum pattern_syntax {
    PATTERN_GIVEN,   /* a glob, or re: and an extended regular expression: profinst's own */
    PATTERN_LITERAL, /* what it says */
    PATTERN_GLOB,    /* as the shell's: of Score-P's filters */
    PATTERN_BRACES,  /* a glob with {a,b}: of special case lists */
    PATTERN_STARS,   /* a regular expression in which * is any text: of their first version */
};

/* True if the text stands for itself alone, so that no matcher is needed. */
bool pattern_is_literal(const char *text, enum pattern_syntax syntax);

struct pattern;

/* Makes a matcher; NULL if the text is no good pattern, and then `problem` says why: owned by the
 * caller. The text must stay. */
struct pattern *pattern_make(const char *text, enum pattern_syntax syntax, char **problem);

void pattern_free(struct pattern *pattern);

/* A glob is for the whole name, a regular expression for any part of it. */
bool pattern_matches(const struct pattern *pattern, const char *name);

#endif
