#include "severity.h"

#include <stddef.h>

enum { LEVELS = SEVERITY_CRITICAL - SEVERITY_LOW };

/* `first` is the key of the threshold for what is critical; those for less follow it. */
static enum severity judge(const struct config *config, enum config_key first, double value)
{
    for (int i = 0; i < LEVELS; i++)
        if (value > 0 && value >= config->values[(int)first + i])
            return (enum severity)(SEVERITY_CRITICAL - i);
    return SEVERITY_LOW;
}

static enum severity worse(enum severity a, enum severity b)
{
    return a > b ? a : b;
}

enum severity severity_of_share(const struct config *config, double share)
{
    return judge(config, CONFIG_SELF_SHARE_CRITICAL, share);
}

enum severity severity_of(const struct config *config, const struct severity_figures *figures)
{
    enum severity severity = severity_of_share(config, figures->self_share);
    if ((double)figures->calls < config->values[CONFIG_LEAST_CALLS])
        return severity;
    severity = worse(severity, judge(config, CONFIG_AVERAGE_CRITICAL, figures->average_ns));
    severity = worse(severity, judge(config, CONFIG_P95_CRITICAL, figures->p95_ns));
    return worse(severity, judge(config, CONFIG_P99_CRITICAL, figures->p99_ns));
}

const char *severity_name(enum severity severity)
{
    static const char *const names[] = {NULL, "low", "medium", "high", "critical"};
    return names[severity];
}
