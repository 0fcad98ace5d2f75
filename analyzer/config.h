/* The configuration file: the thresholds and limits that a project sets for itself. docs/ADVICE.md
 * and docs/GATE.md are for those who write one.
 *
 * It is INI because C has a well-kept library for that in Debian 12 (inih), and none for TOML. */
#ifndef PROFINST_ANALYZER_CONFIG_H
#define PROFINST_ANALYZER_CONFIG_H

#include <stdbool.h>

#include "error.h"
#include "gate_rules.h"
#include "memory.h"

#define CONFIG_FILE "profinst.ini"

/* In the order of their sections. A rule of advice has its switch first. */
enum config_key {
    CONFIG_SELF_SHARE_CRITICAL,
    CONFIG_SELF_SHARE_HIGH,
    CONFIG_SELF_SHARE_MEDIUM,
    CONFIG_AVERAGE_CRITICAL,
    CONFIG_AVERAGE_HIGH,
    CONFIG_AVERAGE_MEDIUM,
    CONFIG_P95_CRITICAL,
    CONFIG_P95_HIGH,
    CONFIG_P95_MEDIUM,
    CONFIG_P99_CRITICAL,
    CONFIG_P99_HIGH,
    CONFIG_P99_MEDIUM,
    CONFIG_LEAST_CALLS,
    CONFIG_DOMINANT,
    CONFIG_DOMINANT_SHARE,
    CONFIG_HOT_SMALL,
    CONFIG_HOT_SMALL_CALLS,
    CONFIG_HOT_SMALL_SELF,
    CONFIG_HOT_SMALL_COST,
    CONFIG_HOT_SMALL_SHARE,
    CONFIG_LOOP_CALL,
    CONFIG_LOOP_CALL_CALLS,
    CONFIG_LOOP_CALL_SHARE,
    CONFIG_RECURSION,
    CONFIG_RECURSION_CALLS,
    CONFIG_RECURSION_SHARE,
    CONFIG_ONE_CALLER,
    CONFIG_ONE_CALLER_SHARE,
    CONFIG_ONE_CALLER_TIME,
    CONFIG_ONE_CALLER_CALLS,
    CONFIG_ONE_CALLER_LEAST,
    CONFIG_LONG_TAIL,
    CONFIG_LONG_TAIL_RATIO,
    CONFIG_LONG_TAIL_CALLS,
    CONFIG_LONG_TAIL_SHARE,
    CONFIG_SERIALIZATION,
    CONFIG_SERIALIZATION_SHARE,
    CONFIG_ALLOCATION,
    CONFIG_ALLOCATION_SHARE,
    CONFIG_WAITING,
    CONFIG_WAITING_SHARE,
    CONFIG_STARTUP,
    CONFIG_STARTUP_SHARE,
    CONFIG_UNMEASURED,
    CONFIG_UNMEASURED_SHARE,
    CONFIG_PROFILER,
    CONFIG_PROFILER_SHARE,
    CONFIG_GATE_BASELINE,
    CONFIG_GATE_EXACT_WARN,
    CONFIG_GATE_EXACT_FAIL,
    CONFIG_GATE_NEW_FUNCTIONS,
    CONFIG_GATE_TIME_WARN,
    CONFIG_GATE_TIME_FAIL,
    CONFIG_GATE_LEAST_RUNS,
    CONFIG_GATE_SIGNIFICANCE,
    CONFIG_GATE_EFFECT,
    CONFIG_GATE_FLOOR,
    CONFIG_GATE_FAILED_RUNS,
    CONFIG_GATE_CONFIRM_RUNS,
    CONFIG_KEYS
};

enum config_unit {
    CONFIG_SHARE,    /* "25 %" is 0.25 */
    CONFIG_DURATION, /* "5 ms" is 5,000,000: nanoseconds */
    CONFIG_COUNT,    /* "1000" */
    CONFIG_FACTOR,   /* "2.5" */
    CONFIG_SWITCH,   /* "on" is 1, "off" is 0 */
    CONFIG_GROWTH,   /* "150 %" is 1.5: may be more than the whole */
    CONFIG_CHOICE,   /* one of few words: its place among them */
    CONFIG_TEXT      /* anything, or nothing; it has no value, see struct config */
};

/* Of CONFIG_GATE_FAILED_RUNS. */
enum { FAILED_RUNS_REFUSE, FAILED_RUNS_LEAVE_OUT, FAILED_RUNS_JUDGE };

struct config_entry {
    const char *section, *name;
    enum config_unit unit;
    bool may_be_off;      /* "off" is a threshold that nothing reaches: INFINITY */
    const char *standard; /* as one would write it */
    const char *meaning;
    const char *const *choices; /* of CONFIG_CHOICE; NULL behind the last */
};

struct config {
    double values[CONFIG_KEYS];
    int lines[CONFIG_KEYS]; /* where it was set; 0: it has its standard value */
    const char *baseline;   /* CONFIG_GATE_BASELINE; NULL: none */
    struct gate_rules gate; /* sections that have a name of their own */
    struct pool pool;       /* of their text */
};

/* What is in one row of the table of keys. */
const struct config_entry *config_entry(enum config_key key);

/* A value as one would write it. In the pool. */
char *config_text(struct pool *pool, enum config_key key, double value);

void config_standard(struct config *config);

/* `path` NULL: profinst.ini in the working directory, if there is one. What the file does not set
 * has its standard value. On success the caller frees it. */
enum status config_read(struct config *config, const char *path);
void config_free(struct config *config);

#endif
