/* Percentiles out of histograms of durations: struct profinst_octave tells what those are. */
#ifndef PROFINST_ANALYZER_DURATIONS_H
#define PROFINST_ANALYZER_DURATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DURATION_BUCKETS = 8 };

/* Ticks: the shortest and the longest duration that belongs in a bucket. The last of all has no
 * end. */
uint64_t duration_bucket_first(uint32_t octave, uint32_t bucket);
uint64_t duration_bucket_last(uint32_t octave, uint32_t bucket);

/* Calls that took from `from_ns` to `to_ns`. */
struct duration_bucket {
    double from_ns, to_ns;
    double calls;
};

enum duration_percentile { DURATION_P50, DURATION_P75, DURATION_P95, DURATION_P99, DURATION_COUNT };

/* What there is to say about some calls. */
struct durations {
    bool partly;              /* only some calls were measured, of which `calls` need not tell */
    uint64_t calls, measured; /* of the calls, measured; the others are taken to be like these */
    double min_ns, max_ns;    /* of those measured */
    double percentiles_ns[DURATION_COUNT];
    bool known[DURATION_COUNT]; /* whether enough were measured to tell */
};

/* Fills in the percentiles; the rest is there. */
void durations_find(struct durations *durations, const struct duration_bucket *buckets,
                    size_t count);

#endif
