/* Rules of advice, and what they share. To add one: give it its keys in config.h and config_keys.c,
 * write it in the file of its group, put it into the list in advice_rules.c, describe it in
 * docs/ADVICE.md (a test compares that with what --explain says), and test it on both sides of its
 * thresholds. */
#ifndef PROFINST_ANALYZER_ADVICE_RULES_H
#define PROFINST_ANALYZER_ADVICE_RULES_H

#include "advice.h"
#include "advice_facts.h"

struct advice_search {
    const struct facts *facts;
    const struct config *config;
    const struct advice_rule *rule; /* that is being applied */
    struct advice_list *list;       /* what was found */
};

struct advice_rule {
    const char *name;
    const char *title;                   /* half a sentence */
    const char *found;                   /* how; thresholds by their keys */
    const char *remedy;                  /* sentences that go with each advice */
    enum config_key first_key, last_key; /* the first is its switch */
    bool without_times;                  /* it finds something by calls alone */
    bool when_unsure;                    /* also where the time is less than its errors */
    void (*find)(struct advice_search *search);
    const char *(*names)(struct pool *pool); /* that it knows functions by; NULL: none */
};

/* Those that say more come first; the last one's name is NULL. */
extern const struct advice_rule advice_rules[];

/* advice_time.c: by shares of the time */
void advice_find_dominant(struct advice_search *search);
void advice_find_one_caller(struct advice_search *search);
void advice_find_long_tail(struct advice_search *search);

/* advice_calls.c: by numbers of calls */
void advice_find_hot_small(struct advice_search *search);
void advice_find_loop_call(struct advice_search *search);
void advice_find_recursion(struct advice_search *search);

/* advice_kinds.c: by what functions are known to do */
void advice_find_serialization(struct advice_search *search);
void advice_find_allocation(struct advice_search *search);
void advice_find_waiting(struct advice_search *search);

/* advice_run.c: about the run as a whole */
void advice_find_startup(struct advice_search *search);
void advice_find_unmeasured(struct advice_search *search);
void advice_find_profiler(struct advice_search *search);

/* The threshold, in its unit. */
double advice_threshold(const struct advice_search *search, enum config_key key);

/* What is at stake, 0..1: of the time, or of the calls where no times were taken. */
double advice_share(const struct advice_search *search, double ns, double calls);

/* Adds advice about a function, or FACTS_NONE; valid until the next one is added. At stake is a
 * part of the time, or of the calls if there are no times. */
struct advice *advice_add(struct advice_search *search, size_t function, double at_stake_ns,
                          double at_stake_calls, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

void advice_number(struct advice *advice, enum advice_unit unit, const char *key, const char *label,
                   double value);

/* Text for sentences: a function's name, short and fit to be shown; a number. In the list's pool.
 */
const char *advice_name(struct advice_search *search, size_t function);
const char *advice_value(struct pool *pool, enum advice_unit unit, double value);

#endif
