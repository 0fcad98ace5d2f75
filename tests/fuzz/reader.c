/* Fuzzes the reader with whole files: what it accepts keeps all that profile.h promises. The files
 * come from mutate.c. */
#include <stdlib.h>
#include <string.h>

#include "durations.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at_functions(const struct profile *profile)
{
    for (size_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];
        RULE(function->object == PROFILE_NONE || function->object < profile->object_count);
        RULE(function->source == PROFILE_NONE || function->source < profile->source_count);
        RULE(!function->name || *function->name);
    }
}

static void look_at_codes(const struct profile *profile)
{
    size_t frames = 0;
    for (size_t i = 0; i < profile->code_count; i++) {
        const struct profile_code *code = &profile->codes[i];
        RULE(code->function < profile->function_count && code->first_frame == frames);
        frames += code->frame_count;
        RULE(frames <= profile->frame_count);
        for (size_t f = 0; f < code->frame_count; f++) {
            const struct profile_frame *frame = &profile->frames[code->first_frame + f];
            RULE(frame->function == PROFILE_NONE || frame->function < profile->function_count);
            RULE(frame->caller <= f);
        }
    }
    RULE(frames == profile->frame_count);
}

/* What is inlined has no time, the right host, and no double; nothing else repeats a caller. */
static void look_at_chain(const struct profile *profile, size_t index)
{
    const struct profile_context *context = &profile->contexts[index];
    bool inlined = context->host != PROFILE_NONE;
    bool nested = false;
    size_t host = PROFILE_NONE;
    RULE(inlined || context->reference != 0);
    RULE(!inlined || (context->self_ticks == 0 && context->self_ns == 0));
    for (size_t up = context->parent; up != PROFILE_NONE; up = profile->contexts[up].parent) {
        bool called = profile->contexts[up].host == PROFILE_NONE;
        bool same = profile->contexts[up].function == context->function;
        RULE(inlined || !called || !same);
        nested |= same;
        host = host == PROFILE_NONE && called ? up : host;
    }
    RULE(context->nested == nested);
    RULE(!inlined || context->host == host);
    for (size_t i = 0; inlined && i < index; i++)
        RULE(profile->contexts[i].parent != context->parent ||
             profile->contexts[i].function != context->function ||
             profile->contexts[i].host == PROFILE_NONE);
}

static void look_at_contexts(const struct profile *profile)
{
    int64_t *below = memory_array(profile->context_count, sizeof *below);
    uint64_t calls = 0;
    for (size_t i = profile->context_count; i-- > 0;) {
        const struct profile_context *context = &profile->contexts[i];
        RULE(context->thread < profile->thread_count);
        RULE((context->function == PROFILE_NONE) == (context->parent == PROFILE_NONE));
        RULE(context->self_ns >= 0 && context->cumulative_ns == context->self_ns + below[i]);
        RULE(!__builtin_add_overflow(calls, context->calls, &calls) && calls <= profile->calls);
        if (context->parent == PROFILE_NONE)
            continue;
        RULE(context->function < profile->function_count && context->parent < i);
        RULE(context->thread == profile->contexts[context->parent].thread);
        below[context->parent] += context->cumulative_ns;
        look_at_chain(profile, i);
    }
    free(below);
}

/* Each moment counts once in a function's time, and what of it was in calls is part of that. */
static void look_at_times(const struct profile *profile)
{
    int64_t *cumulative = memory_array(profile->function_count, sizeof *cumulative);
    int64_t *called = memory_array(profile->function_count, sizeof *called);
    int64_t lifetime = 0;
    for (size_t i = 0; i < profile->thread_count; i++)
        lifetime += profile->threads[i].lifetime_ns;
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        if (context->function == PROFILE_NONE)
            continue;
        cumulative[context->function] += context->nested ? 0 : context->cumulative_ns;
        called[context->function] += context->host == PROFILE_NONE ? context->cumulative_ns : 0;
    }
    for (size_t i = 0; i < profile->function_count; i++)
        RULE(called[i] <= cumulative[i] && cumulative[i] <= lifetime);
    free(cumulative);
    free(called);
}

/* Nothing is taken out that was not there, and what a group divides is what it had. */
static void look_at_corrections(const struct profile *profile)
{
    uint64_t had = 0, given = 0;
    for (size_t i = 0; profile->times && i < profile->context_count; i++) {
        const struct profile_time *time = &profile->times[i];
        RULE(time->corrected_ticks <= time->raw_ticks && time->raw_self_ns >= 0);
        RULE(time->self_error_ns >= 0 && time->cumulative_error_ns >= 0);
        RULE(profile->contexts[i].host == PROFILE_NONE || time->raw_ticks == 0);
        had += profile->contexts[i].self_ticks;
        given += time->raw_ticks;
    }
    RULE(had == given);
    for (size_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];
        RULE(function->raw_self_ns >= 0);
        RULE(function->self_error_ns >= 0 && function->cumulative_error_ns >= 0);
    }
    for (size_t i = 0; i < profile->timing_count; i++)
        RULE(profile->timings[i].context < profile->context_count);
}

static void look_at_durations(const struct profile *profile)
{
    for (size_t i = 0; i < profile->octave_count; i++) {
        const struct profile_octave *octave = &profile->octaves[i];
        uint64_t calls = 0;
        for (int bucket = 0; bucket < DURATION_BUCKETS; bucket++)
            calls += octave->counts[bucket];
        RULE(octave->thread < profile->thread_count && octave->function < profile->function_count);
        RULE(octave->context == PROFILE_NONE || octave->context < profile->context_count);
        RULE(octave->octave < PROFINST_OCTAVES && calls > 0 && octave->timed <= calls);
        RULE(octave->least >= duration_bucket_first(octave->octave, 0));
        RULE(octave->least <= octave->greatest);
        RULE(octave->greatest <= duration_bucket_last(octave->octave, DURATION_BUCKETS - 1));
    }
}

static void look_at_cross_calls(const struct profile *profile)
{
    for (size_t i = 0; i < profile->cross_call_count; i++) {
        const struct profile_cross_call *call = &profile->cross_calls[i];
        RULE(call->caller < profile->context_count && call->target < profile->context_count);
        RULE(profile->contexts[call->target].function != PROFILE_NONE);
        RULE(profile->contexts[call->target].host == PROFILE_NONE);
        if (profile->contexts[call->caller].folded && profile->contexts[call->target].folded)
            continue;
        size_t up = call->caller;
        while (up != call->target && up != PROFILE_NONE)
            up = profile->contexts[up].parent;
        RULE(up == call->target);
    }
}

/* 0 of no context. */
static int64_t time_below(const struct profile *profile, size_t root, size_t thread)
{
    if (root == PROFILE_NONE)
        return 0;
    RULE(root < profile->context_count);
    RULE(profile->contexts[root].thread == thread);
    RULE(profile->contexts[root].parent == PROFILE_NONE);
    return profile->contexts[root].cumulative_ns;
}

static void look_at_threads(const struct profile *profile)
{
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        RULE(thread->raw.number == i + 1);
        RULE(memchr(thread->raw.name, '\0', sizeof thread->raw.name));
        RULE(thread->raw_ticks <= thread->lifetime_ticks);
        RULE(thread->corrected_ticks <= thread->raw_ticks);
        RULE(thread->self_ns >= 0 && thread->self_ns <= thread->raw_ns);
        RULE(thread->raw_ns <= thread->lifetime_ns);
        RULE(thread->hook_samples <= thread->samples);
        RULE(thread->current == PROFILE_NONE || thread->current < profile->context_count);
        RULE(thread->current == PROFILE_NONE || profile->contexts[thread->current].thread == i);
        RULE(time_below(profile, thread->root, i) + time_below(profile, thread->folded, i) ==
             thread->self_ns);
    }
}

static void look(const struct profile *profile)
{
    RULE(profile->duration_ns >= 0 && profile->ticks_per_second >= 0 && profile->event_ns >= 0);
    look_at_functions(profile);
    look_at_codes(profile);
    look_at_contexts(profile);
    look_at_times(profile);
    look_at_corrections(profile);
    look_at_durations(profile);
    look_at_cross_calls(profile);
    look_at_threads(profile);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_hear_messages();
    const char *path = fuzz_file(data, size);
    fuzz_profile(path, look);
    fuzz_dump(path);
    fuzz_check_messages();
    return 0;
}
