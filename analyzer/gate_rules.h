/* Rules of the gate, as a project writes them into its configuration: [rule NAME] and [allow NAME].
 */
#ifndef PROFINST_ANALYZER_GATE_RULES_H
#define PROFINST_ANALYZER_GATE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "memory.h"

struct pattern;

/* How bad something is; the worst comes last. GATE_OFF: it is not looked at. */
enum gate_severity { GATE_OFF, GATE_NOTE, GATE_WARN, GATE_FAIL, GATE_SEVERITIES };

/* "off", "note", "warn", "fail"; NULL behind the last. */
extern const char *const gate_severity_names[];

/* What is judged. */
enum gate_what {
    GATE_CALLS,
    GATE_EDGES,
    GATE_CONTEXTS,
    GATE_SELF,
    GATE_CUMULATIVE,
    GATE_AVERAGE,
    GATE_P50,
    GATE_P95,
    GATE_P99,
    GATE_SELF_SHARE,
    GATE_WALL,    /* of the whole program */
    GATE_STARTUP, /* likewise: before main */
    GATE_WHATS
};

/* As they are written: "calls", ...; NULL behind the last. */
extern const char *const gate_what_names[];

enum gate_unit { GATE_COUNT, GATE_TIME, GATE_SHARE };
enum gate_unit gate_unit(enum gate_what what);

enum gate_limit_kind {
    GATE_NO_LIMIT,   /* "off" */
    GATE_GROWTH,     /* "20 %" is 0.2: more than before, in shares of that */
    GATE_DIFFERENCE, /* "+5 ms", "+10": likewise, as it is */
    GATE_BELOW,      /* "< 5 ms", "< 30 %": after, whatever was before */
    GATE_AT_MOST     /* "<= 1000" */
};

struct gate_limit {
    enum gate_limit_kind kind;
    double value;     /* in nanoseconds, calls or shares of 1 */
    const char *text; /* as it was written */
};

/* Patterns as of find.h, all of which must fit; NULL: any. */
enum gate_scope_part { GATE_FUNCTION, GATE_FILE, GATE_MODULE, GATE_PARTS };
struct gate_scope {
    const char *texts[GATE_PARTS];
    struct pattern *patterns[GATE_PARTS]; /* NULL: the text stands for itself */
};

struct gate_rule {
    const char *name;
    int line;
    struct gate_scope scope;
    int what; /* enum gate_what; -1: not said yet */
    struct gate_limit limit;
    enum gate_severity severity; /* GATE_OFF: not said */
    bool together;               /* what fits is added up and judged as one */
};

/* What is known and put up with for a while. */
struct gate_allow {
    const char *name;
    int line;
    struct gate_scope scope;
    int what;          /* enum gate_what; -1: whatever */
    const char *until; /* "2027-01-31": the last day, UTC */
    const char *reason;
};

struct gate_rules {
    struct gate_rule *rules;
    size_t rule_count, rule_capacity;
    struct gate_allow *allows;
    size_t allow_count, allow_capacity;
};

void gate_rules_free(struct gate_rules *rules);

/* One of the patterns; NULL if it is good, else why it is not, in the pool. */
const char *gate_scope_set(struct pool *pool, struct gate_scope *scope, enum gate_scope_part part,
                           const char *text);

bool gate_scope_is_set(const struct gate_scope *scope);

/* Whether a function is within it. What is unknown of the function is NULL. */
bool gate_scope_fits(const struct gate_scope *scope, const char *name, const char *linkage_name,
                     const char *file, const char *module);

#endif
