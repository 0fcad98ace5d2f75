/* Reading the histograms of durations. A process may be killed, or read, while it notes one: so
 * what the fields of an octave say of each other is no damage, but what they refer to is. */
#include <inttypes.h>

#include "durations.h"
#include "profile_steps.h"

/* What does not lie in the octave is not known. */
static void bound(struct profile_octave *octave)
{
    uint64_t first = duration_bucket_first(octave->octave, 0);
    uint64_t last = duration_bucket_last(octave->octave, DURATION_BUCKETS - 1);
    if (octave->least < first || octave->least > last || octave->greatest < octave->least) {
        octave->least = first;
        octave->greatest = last;
    }
    octave->greatest = octave->greatest < last ? octave->greatest : last;
}

static enum status read_octave(const struct image *image, struct profile *profile,
                               const profile_index *named, profile_index thread, uint64_t offset,
                               uint64_t *total)
{
    struct profinst_octave raw;
    if (!image_take(image, offset, &raw, sizeof raw))
        return image_damaged(image, "durations at byte %" PRIu64 " cross the end", offset);
    if (raw.function == 0 || raw.function > profile->function_count ||
        raw.octave >= PROFINST_OCTAVES)
        return image_damaged(
            image, "durations at byte %" PRIu64 " of function %" PRIu32 ", octave %" PRIu32, offset,
            raw.function, raw.octave);
    struct profile_octave octave = {
        .thread = thread,
        .function = raw.function - 1,
        .context = raw.context ? profile_find_context(image, named, raw.context) : PROFILE_NONE,
        .octave = raw.octave,
        .least = raw.least,
        .greatest = raw.greatest,
    };
    if (raw.context && octave.context == PROFILE_NONE && profile->changing)
        return STATUS_OK; /* of one that is too new for this copy */
    const struct profile_context *context =
        octave.context == PROFILE_NONE ? NULL : &profile->contexts[octave.context];
    if (raw.context &&
        (!context || context->thread != thread || context->function != octave.function))
        return image_damaged(image,
                             "durations at byte %" PRIu64 " of context %" PRIu32
                             ", which is none of function %" PRIu32,
                             offset, raw.context, raw.function);
    uint64_t calls = 0;
    for (int i = 0; i < DURATION_BUCKETS; i++) {
        octave.counts[i] = raw.counts[i];
        if (raw.counts[i] > PROFILE_MOST_CALLS - *total)
            return image_damaged(image,
                                 "durations at byte %" PRIu64 " have %" PRIu64 " calls in a bucket",
                                 offset, raw.counts[i]);
        *total += raw.counts[i];
        calls += raw.counts[i];
    }
    if (calls == 0)
        return STATUS_OK;
    octave.timed = raw.timed < calls ? raw.timed : calls;
    bound(&octave);
    profile->octaves = memory_grow(profile->octaves, &profile->octave_capacity,
                                   profile->octave_count, sizeof *profile->octaves);
    profile->octaves[profile->octave_count++] = octave;
    return STATUS_OK;
}

enum status profile_read_durations(const struct image *image, struct profile *profile,
                                   const profile_index *named)
{
    enum status status = STATUS_OK;
    uint64_t total = 0;
    struct chunk chunk = image_chunks(image);
    while (status == STATUS_OK && image_next_chunk(image, &chunk, &status)) {
        if (chunk.header.kind != PROFINST_CHUNK_DURATIONS)
            continue;
        if (chunk.header.thread == 0 || chunk.header.thread > profile->thread_count)
            return image_damaged(image, "durations at byte %" PRIu64 " of no thread", chunk.offset);
        uint64_t count;
        status = image_records(image, &chunk, sizeof(struct profinst_octave), &count);
        uint64_t offset = chunk.offset + sizeof chunk.header;
        for (uint64_t i = 0; status == STATUS_OK && i < count; i++)
            status = read_octave(image, profile, named, chunk.header.thread - 1,
                                 offset + i * sizeof(struct profinst_octave), &total);
    }
    return status;
}
