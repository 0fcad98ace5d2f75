#include "profile_tree.h"

#include <inttypes.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

/* Nanoseconds are ticks * `nanoseconds` / `ticks`; both 0 if the clock's rate is unknown. */
struct rate {
    uint64_t nanoseconds;
    uint64_t ticks;
};

static struct rate find_rate(const struct image *image)
{
    const struct profinst_header *header = &image->header;
    if (header->clock == PROFINST_CLOCK_MONOTONIC)
        return (struct rate){1, 1};
    struct profinst_clock_pair latest = profinst_latest(header);
    if (latest.ticks > header->start.ticks && latest.monotonic_ns > header->start.monotonic_ns)
        return (struct rate){latest.monotonic_ns - header->start.monotonic_ns,
                             latest.ticks - header->start.ticks};
    warn("times are unknown", image->path,
         "the process ended before its clock was measured; only the counts are of use");
    return (struct rate){0, 0};
}

/* False if the time is longer than 64 bits of nanoseconds can tell, which no process lives. */
static bool to_nanoseconds(struct rate rate, uint64_t ticks, int64_t *nanoseconds)
{
    wide result = rate.ticks ? (wide)ticks * rate.nanoseconds / rate.ticks : 0;
    *nanoseconds = (int64_t)result;
    return result <= INT64_MAX;
}

/* Adds the time of the end to a context that was open then, and takes what is left of one whose
 * process was killed between two stores into the bounds of the possible. */
static void settle(struct profile *profile, struct profile_context *context)
{
    const struct profile_thread *thread = &profile->threads[context->thread];
    int64_t self = context->self_ticks;
    if (self < 0 && thread->raw.running)
        self = (int64_t)((uint64_t)self + profile->end_ticks + PROFINST_CLOCK_BIAS);
    bool plausible = self >= 0 && (uint64_t)self <= thread->lifetime_ticks;
    if (!plausible) {
        profile->damaged_contexts++;
        self = self < 0 ? 0 : (int64_t)thread->lifetime_ticks;
    }
    context->self_ticks = self;
}

static bool settle_threads(struct profile *profile, struct rate rate)
{
    for (size_t i = 0; i < profile->thread_count; i++) {
        struct profile_thread *thread = &profile->threads[i];
        uint64_t open = thread->raw.running ? profile->end_ticks - thread->raw.started : 0;
        if (__builtin_add_overflow(thread->raw.lifetime, open, &thread->lifetime_ticks) ||
            thread->lifetime_ticks > INT64_MAX ||
            !to_nanoseconds(rate, thread->lifetime_ticks, &thread->lifetime_ns))
            return false;
    }
    return true;
}

/* A context's nanoseconds are the difference of two converted running sums, not its own ticks
 * converted. So each is off by less than one, and all of a thread together are exactly their sum
 * converted: nothing is lost in thousands of roundings. */
static bool settle_contexts(struct profile *profile, struct rate rate)
{
    uint64_t *sum = memory_array(profile->thread_count, sizeof *sum);
    bool fits = true;
    for (size_t i = 0; fits && i < profile->context_count; i++) {
        struct profile_context *context = &profile->contexts[i];
        settle(profile, context);
        int64_t before, after;
        fits = to_nanoseconds(rate, sum[context->thread], &before) &&
               !__builtin_add_overflow(sum[context->thread], (uint64_t)context->self_ticks,
                                       &sum[context->thread]) &&
               to_nanoseconds(rate, sum[context->thread], &after);
        context->self_ns = fits ? after - before : 0;
    }
    free(sum);
    return fits;
}

/* Callees stand behind their callers, so backwards every subtree is complete before it is added.
 * They cannot overflow: settle_contexts has converted the sum of all. */
static void sum_up(struct profile *profile)
{
    for (size_t i = profile->context_count; i-- > 0;) {
        struct profile_context *context = &profile->contexts[i];
        context->cumulative_ns += context->self_ns;
        if (context->parent != PROFILE_NONE)
            profile->contexts[context->parent].cumulative_ns += context->cumulative_ns;
    }
}

enum status profile_settle(const struct image *image, struct profile *profile)
{
    struct rate rate = find_rate(image);
    uint64_t start = image->header.start.ticks;
    uint64_t duration = profile->end_ticks > start ? profile->end_ticks - start : 0;
    profile->ticks_per_second =
        rate.ticks ? 1e9 * (double)rate.ticks / (double)rate.nanoseconds : 0;
    if (!to_nanoseconds(rate, duration, &profile->duration_ns) || !settle_threads(profile, rate) ||
        !settle_contexts(profile, rate))
        return image_damaged(image, "times longer than any process lives");
    sum_up(profile);
    return STATUS_OK;
}
