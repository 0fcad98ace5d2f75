/* What can be configured. docs/ADVICE.md says the same; a test holds both together. */
#include "config.h"

#define SEVERITY(measure, unit, level, standard, of)                                               \
    {                                                                                              \
        "severity", measure "-" level, unit, true, standard, of " from which a function is " level \
    }
#define SELF_SHARE(level, standard)                                                                \
    SEVERITY("self-share", CONFIG_SHARE, level, standard, "share of the time, of its own,")
#define AVERAGE(level) SEVERITY("average", CONFIG_DURATION, level, "off", "average time of a call")
#define PERCENTILE(percentile, level)                                                              \
    SEVERITY(percentile, CONFIG_DURATION, level, "off", percentile " of the durations of its calls")

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
                            "calls that a function must have for average, p95 and p99 to count"},
};

const struct config_entry *config_entry(enum config_key key)
{
    return &entries[key];
}
