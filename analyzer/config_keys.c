/* What can be configured. docs/ADVICE.md and docs/GATE.md say the same; tests hold them together.
 */
#include "config.h"

#define SEVERITY(measure, unit, level, standard, of)                                               \
    {                                                                                              \
        "severity", measure "-" level, unit, true, standard,                                       \
            of " from which a function is " level, NULL                                            \
    }
#define SELF_SHARE(level, standard)                                                                \
    SEVERITY("self-share", CONFIG_SHARE, level, standard, "share of the time, of its own,")
#define AVERAGE(level) SEVERITY("average", CONFIG_DURATION, level, "off", "average time of a call")
#define PERCENTILE(percentile, level)                                                              \
    SEVERITY(percentile, CONFIG_DURATION, level, "off", percentile " of the durations of its calls")

#define RULE(name)                                                                                 \
    {                                                                                              \
        "advice", name, CONFIG_SWITCH, false, "on", "whether the rule applies", NULL               \
    }
#define SHARE(name, standard, meaning)                                                             \
    {                                                                                              \
        "advice", name, CONFIG_SHARE, false, standard, meaning, NULL                               \
    }
#define COUNT(name, standard, meaning)                                                             \
    {                                                                                              \
        "advice", name, CONFIG_COUNT, false, standard, meaning, NULL                               \
    }

#define GROWTH(name, standard, meaning)                                                            \
    {                                                                                              \
        "gate", name, CONFIG_GROWTH, true, standard, meaning, NULL                                 \
    }
#define GATE_SHARE(name, standard, meaning)                                                        \
    {                                                                                              \
        "gate", name, CONFIG_SHARE, false, standard, meaning, NULL                                 \
    }

static const char *const failed_runs[] = {"refuse", "leave-out", "judge", NULL};

static const struct config_entry entries[CONFIG_KEYS] = {
    [CONFIG_SELF_SHARE_CRITICAL] = SELF_SHARE("critical", "25 %"),
    [CONFIG_SELF_SHARE_HIGH] = SELF_SHARE("high", "10 %"),
    [CONFIG_SELF_SHARE_MEDIUM] = SELF_SHARE("medium", "3 %"),
    [CONFIG_AVERAGE_CRITICAL] = AVERAGE("critical"),
    [CONFIG_AVERAGE_HIGH] = AVERAGE("high"),
    [CONFIG_AVERAGE_MEDIUM] = AVERAGE("medium"),
    [CONFIG_P95_CRITICAL] = PERCENTILE("p95", "critical"),
    [CONFIG_P95_HIGH] = PERCENTILE("p95", "high"),
    [CONFIG_P95_MEDIUM] = PERCENTILE("p95", "medium"),
    [CONFIG_P99_CRITICAL] = PERCENTILE("p99", "critical"),
    [CONFIG_P99_HIGH] = PERCENTILE("p99", "high"),
    [CONFIG_P99_MEDIUM] = PERCENTILE("p99", "medium"),
    [CONFIG_LEAST_CALLS] = {"severity", "least-calls", CONFIG_COUNT, false, "10",
                            "calls that a function must have for average, p95 and p99 to count",
                            NULL},
    [CONFIG_DOMINANT] = RULE("dominant"),
    [CONFIG_DOMINANT_SHARE] =
        SHARE("dominant-share", "50 %", "share of the time that is its own, at least"),
    [CONFIG_HOT_SMALL] = RULE("hot-small"),
    [CONFIG_HOT_SMALL_CALLS] =
        COUNT("hot-small-calls", "1000000", "calls from one caller, at least"),
    [CONFIG_HOT_SMALL_SELF] = {"advice", "hot-small-self", CONFIG_DURATION, false, "50 ns",
                               "own time of a call, at most", NULL},
    [CONFIG_HOT_SMALL_COST] = {"advice", "hot-small-cost", CONFIG_DURATION, false, "1 ns",
                               "what a call is taken to cost by being one", NULL},
    [CONFIG_HOT_SMALL_SHARE] =
        SHARE("hot-small-share", "3 %", "share of the time in these calls, at least"),
    [CONFIG_LOOP_CALL] = RULE("loop-call"),
    [CONFIG_LOOP_CALL_CALLS] =
        COUNT("loop-call-calls", "100", "calls that one call of the caller makes, at least"),
    [CONFIG_LOOP_CALL_SHARE] =
        SHARE("loop-call-share", "3 %", "share of the time in what they do, at least"),
    [CONFIG_RECURSION] = RULE("recursion"),
    [CONFIG_RECURSION_CALLS] = COUNT(
        "recursion-calls", "1000", "calls of itself that one call from outside leads to, at least"),
    [CONFIG_RECURSION_SHARE] =
        SHARE("recursion-share", "25 %", "share of the time, with all it calls, at least"),
    [CONFIG_ONE_CALLER] = RULE("one-caller"),
    [CONFIG_ONE_CALLER_SHARE] =
        SHARE("one-caller-share", "20 %", "share of the time in the calls of one caller, at least"),
    [CONFIG_ONE_CALLER_TIME] =
        SHARE("one-caller-time", "80 %", "share of the function's time in these, at least"),
    [CONFIG_ONE_CALLER_CALLS] =
        SHARE("one-caller-calls", "50 %", "share of the function's calls that these are, at most"),
    [CONFIG_ONE_CALLER_LEAST] = COUNT("one-caller-least", "10", "calls of that caller, at least"),
    [CONFIG_LONG_TAIL] = RULE("long-tail"),
    [CONFIG_LONG_TAIL_RATIO] = {"advice", "long-tail-ratio", CONFIG_FACTOR, false, "10",
                                "p99 in p50s, at least", NULL},
    [CONFIG_LONG_TAIL_CALLS] = COUNT("long-tail-calls", "1000", "calls measured, at least"),
    [CONFIG_LONG_TAIL_SHARE] =
        SHARE("long-tail-share", "5 %",
              "share of the time that the slowest hundredth took more than p50, at least"),
    [CONFIG_SERIALIZATION] = RULE("serialization"),
    [CONFIG_SERIALIZATION_SHARE] =
        SHARE("serialization-share", "20 %", "share of the time, with all they call, at least"),
    [CONFIG_ALLOCATION] = RULE("allocation"),
    [CONFIG_ALLOCATION_SHARE] =
        SHARE("allocation-share", "15 %", "share of the time that is their own, at least"),
    [CONFIG_WAITING] = RULE("waiting"),
    [CONFIG_WAITING_SHARE] =
        SHARE("waiting-share", "30 %", "share of the time that is their own, at least"),
    [CONFIG_STARTUP] = RULE("startup"),
    [CONFIG_STARTUP_SHARE] =
        SHARE("startup-share", "10 %", "share of the time in what began before main, at least"),
    [CONFIG_UNMEASURED] = RULE("unmeasured"),
    [CONFIG_UNMEASURED_SHARE] =
        SHARE("unmeasured-share", "50 %", "share of the time that is in no function, at least"),
    [CONFIG_PROFILER] = RULE("profiler"),
    [CONFIG_PROFILER_SHARE] =
        SHARE("profiler-share", "30 %", "share of the threads' time that recording took, at least"),
    [CONFIG_GATE_BASELINE] = {"gate", "baseline", CONFIG_TEXT, false, "",
                              "what is compared with: the name of a baseline, or a file. Nothing: "
                              "the baseline of the database, if there is just one",
                              NULL},
    [CONFIG_GATE_EXACT_WARN] = GROWTH(
        "exact-warn", "0 %", "growth of a number of calls past which it is a warning; 0 %: any"),
    [CONFIG_GATE_EXACT_FAIL] =
        GROWTH("exact-fail", "5 %", "growth of a number of calls past which it is a failure"),
    [CONFIG_GATE_NEW_FUNCTIONS] = {"gate", "new-functions", CONFIG_CHOICE, false, "warn",
                                   "what a function is that was not called before",
                                   gate_severity_names},
    [CONFIG_GATE_TIME_WARN] = GROWTH(
        "time-warn", "10 %", "growth of a time past which it is a warning, if it is no chance"),
    [CONFIG_GATE_TIME_FAIL] = GROWTH(
        "time-fail", "20 %", "growth of a time past which it is a failure, if it is no chance"),
    [CONFIG_GATE_LEAST_RUNS] = {"gate", "least-runs", CONFIG_COUNT, false, "5",
                                "runs that each side must have for times to be judged", NULL},
    [CONFIG_GATE_SIGNIFICANCE] =
        GATE_SHARE("significance", "1 %",
                   "chance of any false alarm by times at all that is put up with, where runs are "
                   "independent"),
    [CONFIG_GATE_EFFECT] = GATE_SHARE(
        "effect", "50 %", "how much more often than not a run must be slower than one before"),
    [CONFIG_GATE_FLOOR] = GATE_SHARE(
        "floor", "1 %", "share of the time that a function must have for its times to be judged"),
    [CONFIG_GATE_FAILED_RUNS] = {"gate", "failed-runs", CONFIG_CHOICE, false, "refuse",
                                 "what is done about runs that crashed or failed: no verdict at "
                                 "all, one without them, or one with them",
                                 failed_runs},
    [CONFIG_GATE_CONFIRM_RUNS] = {"gate", "confirm-runs", CONFIG_COUNT, false, "20",
                                  "runs of each version that 'check --confirm' makes, by turns; at "
                                  "least 10, and least-runs",
                                  NULL},
};

const struct config_entry *config_entry(enum config_key key)
{
    return &entries[key];
}
