/* How urgent a function is, by the thresholds of the configuration. docs/ADVICE.md has the reasons
 * for what they are unless a project sets them. */
#ifndef PROFINST_ANALYZER_SEVERITY_H
#define PROFINST_ANALYZER_SEVERITY_H

#include <stdint.h>

#include "config.h"

/* The worst comes last. */
enum severity { SEVERITY_UNKNOWN, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

/* What is known of a function, in the units of the configuration: of an estimate the lower end of
 * its error bar. What is not known is 0. */
struct severity_figures {
    double self_share, average_ns, p95_ns, p99_ns;
    int64_t calls; /* that average and percentiles are of */
};

enum severity severity_of(const struct config *config, const struct severity_figures *figures);

/* By the share of the time alone. */
enum severity severity_of_share(const struct config *config, double share);

/* "critical"; NULL if it is unknown. */
const char *severity_name(enum severity severity);

#endif
