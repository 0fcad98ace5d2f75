#include "profile_steps.h"

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

/* 146 years of threads. More is damage, and less can be summed up in 64 bits. */
static const int64_t longest_lifetimes = INT64_C(1) << 62;

/* How long the thread lived, and the time since its latest event for the context it is in, or the
 * host of that. False if that is longer than any process lives. */
static bool settle_thread(struct profile *profile, struct rate rate, struct profile_thread *thread)
{
    const struct profinst_thread *raw = &thread->raw;
    uint64_t open = raw->running ? profile->end_ticks - raw->started : 0;
    if (__builtin_add_overflow(raw->lifetime, open, &thread->lifetime_ticks) ||
        thread->lifetime_ticks > INT64_MAX ||
        !to_nanoseconds(rate, thread->lifetime_ticks, &thread->lifetime_ns))
        return false;
    if (!raw->running || thread->current == PROFILE_NONE ||
        profile->header.timing == PROFINST_TIMING_COUNTS)
        return true;
    profile_index host = profile->contexts[thread->current].host;
    uint64_t *self = &profile->contexts[host == PROFILE_NONE ? thread->current : host].self_ticks;
    return !__builtin_add_overflow(*self, profile->end_ticks - raw->last, self);
}

/* No thread's contexts together have more time than it lived. */
static enum status check_lives(const struct image *image, const struct profile *profile)
{
    uint64_t *left = memory_array(profile->thread_count, sizeof *left);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        if (thread->raw.making > thread->lifetime_ticks)
            status = image_damaged(
                image, "contexts of thread %" PRIu32 " were made for longer than its life",
                thread->raw.number);
        left[i] = thread->lifetime_ticks - thread->raw.making;
    }
    for (size_t i = 0; status == STATUS_OK && i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        if (context->self_ticks > left[context->thread])
            status = image_damaged(image, "contexts of thread %" PRIu32 " longer than its life",
                                   profile->threads[context->thread].raw.number);
        left[context->thread] -= context->self_ticks;
    }
    free(left);
    return status;
}

/* The nanoseconds of some ticks are the difference of two converted running sums, not the ticks
 * converted. So each is off by less than one, and all of a thread together are exactly their sum
 * converted: nothing is lost in thousands of roundings. They fit, as the lifetime does. */
static int64_t add_ticks(struct rate rate, uint64_t ticks, uint64_t *sum_ticks, int64_t *sum_ns)
{
    int64_t before = *sum_ns;
    *sum_ticks += ticks;
    to_nanoseconds(rate, *sum_ticks, sum_ns);
    return *sum_ns - before;
}

static void settle_context(struct profile *profile, struct rate rate, size_t index)
{
    struct profile_context *context = &profile->contexts[index];
    struct profile_time *time = profile->times ? &profile->times[index] : NULL;
    struct profile_thread *thread = &profile->threads[context->thread];
    uint64_t raw = time ? time->raw_ticks : context->self_ticks;
    int64_t raw_ns = add_ticks(rate, raw, &thread->raw_ticks, &thread->raw_ns);
    context->self_ns = add_ticks(rate, time ? time->corrected_ticks : raw, &thread->corrected_ticks,
                                 &thread->self_ns);
    if (time)
        time->raw_self_ns = raw_ns;
    if (context->function != PROFILE_NONE)
        profile->functions[context->function].raw_self_ns += raw_ns;
}

/* Callees stand behind their callers, so backwards every subtree is complete before it is added.
 * They cannot overflow: all of a thread together are no more than its lifetime. */
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
    profile->ns_per_tick = rate.ticks ? (double)rate.nanoseconds / (double)rate.ticks : 0;
    profile->event_ns = rate.ticks ? image->header.event_cost / 1024.0 * (double)rate.nanoseconds /
                                         (double)rate.ticks
                                   : 0;
    bool possible = to_nanoseconds(rate, duration, &profile->duration_ns);
    int64_t left = longest_lifetimes;
    for (size_t i = 0; possible && i < profile->thread_count; i++) {
        struct profile_thread *thread = &profile->threads[i];
        possible = settle_thread(profile, rate, thread) && thread->lifetime_ns <= left;
        left -= possible ? thread->lifetime_ns : 0;
    }
    if (!possible)
        return image_damaged(image, "times longer than any process lives");
    enum status status = check_lives(image, profile);
    if (status != STATUS_OK)
        return status;
    profile_correct(profile);
    for (size_t i = 0; i < profile->thread_count; i++) {
        struct profile_thread *thread = &profile->threads[i];
        add_ticks(rate, thread->raw.making, &thread->raw_ticks, &thread->raw_ns);
    }
    for (size_t i = 0; i < profile->context_count; i++)
        settle_context(profile, rate, i);
    sum_up(profile);
    return STATUS_OK;
}
