/* Takes out of the contexts' times what recording calls has added to them. */
#include "profile_estimate.h"

#include <math.h>
#include <stdlib.h>

/* Costs are in 1/1024 of a tick. */
static struct call_cost cost_of(struct profinst_cost cost)
{
    return (struct call_cost){cost.inside / 1024.0, cost.outside / 1024.0};
}

/* Whose time the calls out of a context are made in. */
size_t estimate_place(const struct profile *profile, size_t context)
{
    size_t host = profile->contexts[context].host;
    return host == PROFILE_NONE ? context : host;
}

static void add_calls(struct estimate *estimate, size_t caller, size_t callee, uint64_t timed,
                      uint64_t counted)
{
    struct traffic *to = &estimate->traffic[callee];
    to->timed += timed;
    to->counted += counted;
    if (caller == PROFILE_NONE)
        return;
    struct traffic *from = &estimate->traffic[estimate_place(estimate->profile, caller)];
    from->timed_made += timed;
    from->counted_made += counted;
}

/* Calls of a context before it gave the clock up were timed, later ones were counted. Of the calls
 * that lead to it across the tree that is known where they have a record that says so; the others
 * are taken to be as its own. */
static void count_calls(struct estimate *estimate)
{
    const struct profile *profile = estimate->profile;
    estimate->traffic = memory_array(profile->context_count, sizeof *estimate->traffic);
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        if (context->parent == PROFILE_NONE || context->host != PROFILE_NONE)
            continue; /* threads and inlined calls have no hooks */
        const struct phase *phase = estimate_phase(estimate, i);
        uint64_t timed = phase ? phase->calls : context->calls;
        add_calls(estimate, context->parent, i, timed, context->calls - timed);
    }
    for (size_t i = 0; i < profile->cross_call_count; i++) {
        const struct profile_cross_call *call = &profile->cross_calls[i];
        const struct phase *phase = estimate_phase(estimate, call->target);
        uint64_t timed = call->calls, all = profile->contexts[call->target].calls;
        if (phase && call->timed_calls > 0)
            timed = call->timed_calls;
        else if (phase && all > 0)
            timed = (uint64_t)((double)call->calls * ((double)phase->calls / (double)all));
        timed = timed < call->calls ? timed : call->calls;
        add_calls(estimate, call->caller, call->target, timed, call->calls - timed);
    }
}

/* Of a context that is timed itself, and alone in its group: its time is known. */
static void correct(struct estimate *estimate, size_t index)
{
    struct profile_time *time = &estimate->profile->times[index];
    const struct traffic *traffic = &estimate->traffic[index];
    double cost = (double)traffic->timed * estimate->timed.inside +
                  (double)traffic->timed_made * estimate->timed.outside +
                  (double)traffic->counted_made * estimate->counted.outside;
    time->raw_ticks = estimate->profile->contexts[index].self_ticks;
    double left = (double)time->raw_ticks - cost;
    time->corrected_ticks = left > 0 && left < 0x1p63 ? (uint64_t)llround(left) : 0;
    if (time->corrected_ticks > time->raw_ticks)
        time->corrected_ticks = time->raw_ticks;
    if (estimate->costs)
        estimate->costs[index] = cost;
}

void profile_correct(struct profile *profile)
{
    const struct profinst_header *header = &profile->header;
    struct estimate estimate = {
        .profile = profile,
        .timed = cost_of(header->timed),
        .counted = cost_of(header->counted),
    };
    bool timed = header->timed.inside || header->timed.outside;
    bool automatic = header->timing == PROFINST_TIMING_AUTO;
    if (!automatic && (!timed || header->timing == PROFINST_TIMING_COUNTS))
        return;
    profile->times = memory_array(profile->context_count, sizeof *profile->times);
    if (automatic)
        estimate_begin(&estimate);
    count_calls(&estimate);
    for (size_t i = 0; i < profile->context_count; i++)
        correct(&estimate, i);
    if (automatic)
        estimate_end(&estimate);
    free(estimate.traffic);
}
