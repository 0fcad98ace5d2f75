/* The rules by which functions are selected: they are tried in order, the last that fits decides.
 */
#ifndef PROFINST_RULES_H
#define PROFINST_RULES_H

#include "pattern.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a rule looks at: any of these. */
#define RULE_LINKAGE 1u /* the linkage name */
#define RULE_SHOWN 2u   /* the other names that a function has */
#define RULE_FUNCTION (RULE_LINKAGE | RULE_SHOWN)
#define RULE_FILE 4u
#define RULE_MAIN_FILE 8u
#define RULE_SIZE 16u /* fits what is smaller */
#define RULE_ALL 32u  /* fits everything */

struct rule {
    const char *form, *text; /* together what was given, or the reason in words */
    const char *origin;      /* who gave it, or the file; "" of profinst's own */
    uint32_t line;           /* in the file; 0: no file */
    uint32_t matched;        /* functions that it fits */
    struct pattern *pattern; /* NULL: the text itself, or no name at all */
    uint32_t subjects;
    uint32_t limit; /* of SIZE */
    uint32_t same;  /* the rule before with the same text, plus one */
    uint32_t seen;  /* number of the function that it was tried on last */
    bool selects;
};

/* What rules decide about. */
struct candidate {
    const char *linkage_name;
    const char *shown[3]; /* NULL: no more */
    const char *file;     /* "" if unknown */
    const char *main_file;
    uint32_t size;
    bool has_loop;
};

void rules_forget(void);

/* Adds a rule: its form, text, origin, line, subjects, limit and selects; strings must stay. NULL
 * if its pattern is good, otherwise what is wrong with that, owned by the caller. */
char *rules_add(const struct rule *rule, enum pattern_syntax syntax);

/* Functions with loops are kept by rules of size, or are not. */
void rules_keep_loops(bool keep);

/* Finds the rule that decides, NULL if none fits; counts the function for all that fit. */
const struct rule *rules_decide(const struct candidate *candidate);

size_t rules_count(void);
const struct rule *rules_get(size_t index);

/* Sets the counts to 0. */
void rules_reset(void);

#endif
