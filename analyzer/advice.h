/* Advice: what somebody who knows about performance would say first about a profile. Each piece
 * comes from a rule with thresholds, and says the numbers that it rests on. docs/ADVICE.md is for
 * users. */
#ifndef PROFINST_ANALYZER_ADVICE_H
#define PROFINST_ANALYZER_ADVICE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "database.h"
#include "severity.h"
#include "style.h"

enum advice_unit { ADVICE_NS, ADVICE_COUNT, ADVICE_SHARE, ADVICE_FACTOR };

struct advice_number {
    const char *key;   /* as in JSON: "self_ns" */
    const char *label; /* as people read it: "self time" */
    enum advice_unit unit;
    double value;
};

enum { ADVICE_NUMBERS = 6 };

/* Sentences are fit to be shown; names are as they came. */
struct advice {
    const struct advice_rule *rule;
    enum severity severity;                     /* unknown where no times were taken */
    int64_t function_id;                        /* 0: it is of the program as a whole */
    const char *function, *linkage_name, *file; /* NULL likewise; the file may be unknown */
    int64_t line;                               /* 0: unknown */
    const char *text;                           /* a sentence: what was found */
    const char *remedy;                         /* one or two: what to do */
    struct advice_number numbers[ADVICE_NUMBERS];
    size_t number_count;
    double at_stake;     /* of all time, or of all calls where no times were taken: 0..1 */
    int64_t at_stake_ns; /* 0 where no times were taken */
};

/* The most at stake comes first. Strings belong to the list. */
struct advice_list {
    struct pool pool;
    struct advice *items;
    size_t count, capacity;
    bool has_times;
};

/* advice_free in any case. */
enum status advice_query(struct advice_list *list, struct database *database,
                         const struct config *config);
void advice_free(struct advice_list *list);

/* Leaves only what is about functions that row_filter.h shows. */
enum status advice_keep_shown(struct advice_list *list, struct database *database);

const char *advice_rule_name(const struct advice *advice);

/* At most so many; 0: all. Nothing is written if there is no advice. */
void advice_write_table(FILE *stream, const struct advice_list *list, size_t most,
                        const struct screen *screen);
void advice_write_markdown(FILE *stream, const struct advice_list *list, size_t most);

/* An array; the caller's. */
json_t *advice_json(const struct advice_list *list, size_t most);

/* Writes how a rule finds what it finds, with the thresholds of the configuration. Fails for an
 * unknown one. */
enum status advice_explain(FILE *stream, const char *rule, const struct config *config);

#endif
