#include "profile_steps.h"

#include <inttypes.h>
#include <stdlib.h>

/* Where each context stands if the trees are written down caller first: a subtree is then a span of
 * places, and "stands above" a comparison. No recursion: deep trees must not exhaust the stack. */
struct spans {
    profile_index *begin;
    profile_index *end;
    profile_index *at; /* the context of a place */
};

static struct spans find_spans(const struct profile *profile)
{
    size_t count = profile->context_count;
    struct spans spans = {memory_array(count, sizeof *spans.begin),
                          memory_array(count, sizeof *spans.end),
                          memory_array(count, sizeof *spans.at)};
    profile_index *size = spans.end; /* of the subtree, until its begin is known */
    for (size_t i = count; i-- > 0;) {
        size[i] += 1;
        if (profile->contexts[i].parent != PROFILE_NONE)
            size[profile->contexts[i].parent] += size[i];
    }

    profile_index *next = memory_array(count, sizeof *next); /* place for the next child */
    profile_index next_root = 0;
    for (profile_index i = 0; i < count; i++) {
        profile_index parent = profile->contexts[i].parent;
        profile_index *place = parent == PROFILE_NONE ? &next_root : &next[parent];
        spans.begin[i] = *place;
        spans.at[*place] = i;
        next[i] = *place + 1;
        *place += size[i];
        spans.end[i] = *place;
    }
    free(next);
    return spans;
}

static enum status check_cross_calls(const struct image *image, const struct profile *profile,
                                     const struct spans *spans)
{
    for (size_t i = 0; i < profile->cross_call_count; i++) {
        const struct profile_cross_call *call = &profile->cross_calls[i];
        profile_index place = spans->begin[call->caller];
        bool recursive = place >= spans->begin[call->target] && place < spans->end[call->target];
        bool folded =
            profile->contexts[call->caller].folded && profile->contexts[call->target].folded;
        if (!recursive && !folded)
            return image_damaged(image,
                                 "cross call %" PRIu32 " to a context that is no caller of it",
                                 call->reference);
    }
    return STATUS_OK;
}

/* A function twice in one chain would have its time counted twice in every cumulative sum. With
 * inlined calls that can be; then the lower one is nested, and left out of the sums. */
static enum status check_chains(const struct image *image, struct profile *profile,
                                const struct spans *spans)
{
    profile_index *open_until = memory_array(profile->function_count, sizeof *open_until);
    profile_index *called_until = memory_array(profile->function_count, sizeof *called_until);
    enum status status = STATUS_OK;
    for (size_t place = 0; status == STATUS_OK && place < profile->context_count; place++) {
        profile_index index = spans->at[place];
        struct profile_context *context = &profile->contexts[index];
        if (context->function == PROFILE_NONE)
            continue;
        context->nested = place < open_until[context->function];
        if (!context->nested)
            open_until[context->function] = spans->end[index];
        if (context->host != PROFILE_NONE)
            continue;
        if (place < called_until[context->function])
            status = image_damaged(image, "context %" PRIu32 " repeats a function of its callers",
                                   context->reference);
        called_until[context->function] = spans->end[index];
    }
    free(open_until);
    free(called_until);
    return status;
}

enum status profile_check_trees(const struct image *image, struct profile *profile)
{
    struct spans spans = find_spans(profile);
    enum status status = check_cross_calls(image, profile, &spans);
    if (status == STATUS_OK)
        status = check_chains(image, profile, &spans);
    free(spans.begin);
    free(spans.end);
    free(spans.at);
    return status;
}
