#include "durations.h"

#include "profinst_format.h"

uint64_t duration_bucket_first(uint32_t octave, uint32_t bucket)
{
    if (octave == 0)
        return UINT64_C(4) * bucket;
    uint64_t begin = UINT64_C(1) << (octave + 4);
    return begin + begin / DURATION_BUCKETS * bucket;
}

uint64_t duration_bucket_last(uint32_t octave, uint32_t bucket)
{
    if (bucket + 1 < DURATION_BUCKETS)
        return duration_bucket_first(octave, bucket + 1) - 1;
    bool last = octave + 1 == PROFINST_OCTAVES;
    return last ? UINT64_MAX : duration_bucket_first(octave + 1, 0) - 1;
}

/* How many calls took at most `ns`. Those of a bucket are taken to lie evenly in its middle half:
 * so the place of a percentile tells where in the bucket it may be, and is never further off than
 * three quarters of it, wherever they really lie. */
static double calls_until(double ns, const struct duration_bucket *buckets, size_t count)
{
    double calls = 0;
    for (size_t i = 0; i < count; i++) {
        double quarter = (buckets[i].to_ns - buckets[i].from_ns) / 4;
        double from = buckets[i].from_ns + quarter, to = buckets[i].to_ns - quarter;
        double part = ns >= to ? 1 : ns <= from ? 0 : (ns - from) / (to - from);
        calls += part * buckets[i].calls;
    }
    return calls;
}

void durations_find(struct durations *durations, const struct duration_bucket *buckets,
                    size_t count)
{
    static const double parts[DURATION_COUNT] = {0.5, 0.75, 0.95, 0.99};
    for (int p = 0; p < DURATION_COUNT; p++) {
        /* By halves: the buckets of several processes may overlap. */
        double from = durations->min_ns, to = durations->max_ns;
        double wanted = parts[p] * (double)durations->calls;
        for (int step = 0; step < 64; step++) {
            double middle = from + (to - from) / 2;
            *(calls_until(middle, buckets, count) < wanted ? &from : &to) = middle;
        }
        durations->percentiles_ns[p] = to;
        /* Where not all were measured, one of them should lie beyond it. */
        durations->known[p] = (durations->measured == durations->calls && !durations->partly) ||
                              (double)durations->measured * (1 - parts[p]) >= 1 - 1e-9;
    }
}
