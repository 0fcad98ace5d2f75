/* What the time is, in nanoseconds. */
#ifndef PROFINST_ANALYZER_MOMENT_H
#define PROFINST_ANALYZER_MOMENT_H

#include <stdint.h>

int64_t moment_unix_ns(void);

/* To measure durations with. */
int64_t moment_monotonic_ns(void);

#endif
