/* What was chosen to be measured in whole programs, and by which rules: the units of all modules
 * that profiles tell of, each once. One query, and a writer for each format. */
#ifndef PROFINST_ANALYZER_CHOICES_H
#define PROFINST_ANALYZER_CHOICES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "database.h"
#include "memory.h"
#include "style.h"

/* A database in memory with tables for choices. On success the caller closes it. */
enum status choices_begin(struct database *database);

/* Adds a profile's, within the caller's transaction. Warns if it has none. STATUS_UNMADE as of
 * profile_open. */
enum status choices_add(struct database *database, const char *path);

/* To be called once all are there. */
enum status choices_end(struct database *database);

struct choices_options {
    bool measured, left_out; /* only those functions, and no rules */
    bool rules;              /* only the rules */
    int64_t limit;           /* rows of each kind, of functions in each module; 0: all */
};

/* A rule is the same in all units if text and origin are the same. Functions count here in every
 * unit that has them. */
struct choices_rule {
    int64_t number; /* from 1, in the order of the units and in each as they are applied */
    const char *text, *origin;
    bool given; /* by the user */
    int64_t matched, decided;
};

/* Whether a function is measured, that is selected and not switched off, and why. Copies in several
 * units of a module of which all that is the same are one. */
struct choices_function {
    const char *unit; /* the first that has it; "" unknown */
    const char *name, *linkage_name;
    const char *file; /* "" unknown */
    int64_t line;     /* 0 unknown */
    int64_t size, units;
    const char *fingerprint; /* in hex; "": not selected, or units differ */
    int64_t rule;            /* number of the one that decided; 0 unknown */
    const char *rule_text, *rule_origin;
    bool selected, off;
};

struct choices_module {
    const char *path;
    int64_t functions, measured, off, units;
    int64_t wanted; /* rows there would be without the limit */
    struct choices_function *rows;
    size_t row_count;
};

/* Strings belong to `pool`. */
struct choices {
    struct pool pool;
    struct choices_options options;
    struct choices_rule *rules; /* those given that never matched first */
    size_t rule_count;
    int64_t all_rules, never_matched;
    struct choices_module *modules;
    size_t module_count;
    const char **filters; /* values of PROFINST_FILTER */
    size_t filter_count;
};

/* Rules given that no function matched. */
bool choices_never_matched(const struct choices_rule *rule);

/* choices_free in any case. */
enum status choices_query(struct choices *choices, struct database *database,
                          const struct choices_options *options);
void choices_free(struct choices *choices);

void choices_write_table(FILE *stream, struct choices *choices, const struct screen *screen);
void choices_write_markdown(FILE *stream, struct choices *choices);
void choices_write_json(FILE *stream, struct choices *choices);
void choices_write_csv(FILE *stream, struct choices *choices);

#endif
