/* Reading the records of contexts. Whatever a record refers to stands before it, so one pass does:
 * parents get their places before their children. */
#include <inttypes.h>
#include <stdlib.h>

#include "profile_steps.h"

struct reader {
    const struct image *image;
    struct profile *profile;
    profile_index *named; /* which context a reference names, and one; 0: none */
    struct inlined_contexts inlined;
    struct place *places; /* of a code's frames, behind that of the code itself */
};

/* Of a frame, in one record. */
struct place {
    uint64_t calls;
    bool needed; /* it has calls, or one that stands in it has */
    profile_index context;
};

/* A record: the fields of struct profinst_context, and what they mean. */
struct record {
    uint32_t reference, code_id, parent_reference, target;
    uint64_t calls, self;
    struct profile_timing timing;
    uint64_t counts; /* offset of those of the frames */
    uint64_t size;
    profile_index parent;
    const struct profile_code *code; /* NULL: a root */
};

/* Recursion that became a loop is counted one less when it begins, and its rounds when it ends. In
 * between, its count may be less than nothing. */
static uint64_t inlined_calls(uint64_t count)
{
    return count > INT64_MAX ? 0 : count;
}

profile_index profile_new_context(struct profile *profile)
{
    if (profile->context_count == PROFILE_NONE)
        out_of_memory(); /* which is so before */
    profile->contexts = memory_grow(profile->contexts, &profile->context_capacity,
                                    profile->context_count, sizeof *profile->contexts);
    return (profile_index)profile->context_count++;
}

/* How many references there can be. */
static size_t reference_count(const struct image *image)
{
    return image->size / PROFINST_REFERENCE_UNIT + 1;
}

profile_index profile_find_context(const struct image *image, const profile_index *named,
                                   uint32_t reference)
{
    if (reference >= reference_count(image) || named[reference] == 0)
        return PROFILE_NONE;
    return named[reference] - 1;
}

/* Among the contexts read so far: so what is found stands before the record that refers to it.
 * Cross records are none. */
static profile_index find_context(const struct reader *reader, uint32_t reference)
{
    return profile_find_context(reader->image, reader->named, reference);
}

/* The reference is that of a record in the image. */
static void name_context(struct reader *reader, uint32_t reference, profile_index context)
{
    reader->named[reference] = context + 1;
}

static profile_index add_context(struct reader *reader, const struct record *record,
                                 profile_index thread)
{
    struct profile *profile = reader->profile;
    profile_index context = profile_new_context(profile);
    profile->contexts[context] = (struct profile_context){
        .reference = record->reference,
        .thread = thread,
        .function = record->code ? record->code->function : PROFILE_NONE,
        .parent = record->parent,
        .host = PROFILE_NONE,
        .depth = record->code ? profile->contexts[record->parent].depth + 1 : 0,
        .calls = record->calls,
        .self_ticks = record->self,
    };
    name_context(reader, record->reference, context);
    return context;
}

static enum status add_inlined(struct reader *reader, const struct record *record,
                               profile_index *context)
{
    struct profile *profile = reader->profile;
    *context =
        profile_inlined_context(profile, &reader->inlined, record->parent, record->code->function);
    struct profile_context *inlined = &profile->contexts[*context];
    if (find_context(reader, record->target) != inlined->host || record->self != 0)
        return image_damaged(reader->image,
                             "inlined context %" PRIu32 " with time, or another host than %" PRIu32,
                             record->reference, record->target);
    if (inlined->reference == 0)
        inlined->reference = record->reference;
    inlined->calls += record->calls;
    name_context(reader, record->reference, *context);
    return STATUS_OK;
}

/* Calls of other code of a function that the same caller has called before are the former's. Where
 * else a cross record leads is checked in the whole tree. */
static enum status add_cross_call(struct reader *reader, const struct record *record,
                                  profile_index *context)
{
    struct profile *profile = reader->profile;
    *context = find_context(reader, record->target);
    struct profile_context *target = *context == PROFILE_NONE ? NULL : &profile->contexts[*context];
    if (!target || target->host != PROFILE_NONE ||
        target->thread != profile->contexts[record->parent].thread ||
        target->function != record->code->function || record->self != 0)
        return image_damaged(reader->image, "cross call %" PRIu32 " that fits no context",
                             record->reference);
    if (target->parent == record->parent) {
        target->calls += record->calls;
        return STATUS_OK;
    }
    profile->cross_calls = memory_grow(profile->cross_calls, &profile->cross_call_capacity,
                                       profile->cross_call_count, sizeof *profile->cross_calls);
    profile->cross_calls[profile->cross_call_count++] = (struct profile_cross_call){
        record->reference,          record->parent,        *context, record->calls,
        record->timing.timed_calls, record->timing.counted};
    return STATUS_OK;
}

/* Gives the calls of the code's frames, made from `context`, to the contexts of the inlined
 * functions. What is switched off has none: what stands in it hangs where it would. */
static enum status add_frames(struct reader *reader, const struct record *record,
                              profile_index context)
{
    struct profile *profile = reader->profile;
    size_t count = record->code ? record->code->frame_count : 0;
    struct place *places = reader->places;
    for (size_t i = 1; i <= count; i++) {
        uint64_t calls = 0;
        image_take(reader->image, record->counts + (i - 1) * sizeof calls, &calls, sizeof calls);
        calls = inlined_calls(calls);
        if (calls > PROFILE_MOST_CALLS - profile->calls)
            return image_damaged(reader->image,
                                 "context %" PRIu32 " has %" PRIu64 " calls of frame %zu",
                                 record->reference, calls, i);
        profile->calls += calls;
        places[i] = (struct place){.calls = calls, .needed = calls > 0};
    }
    if (count == 0)
        return STATUS_OK;
    const struct profile_frame *frames = &profile->frames[record->code->first_frame];
    for (size_t i = count; i >= 1; i--)
        places[frames[i - 1].caller].needed |= places[i].needed;
    places[0].context = context;
    for (size_t i = 1; i <= count; i++) {
        const struct profile_frame *frame = &frames[i - 1];
        profile_index caller = places[frame->caller].context;
        places[i].context = caller;
        if (!places[i].needed || frame->function == PROFILE_NONE)
            continue;
        places[i].context =
            profile_inlined_context(profile, &reader->inlined, caller, frame->function);
        profile->contexts[places[i].context].calls += places[i].calls;
    }
    return STATUS_OK;
}

/* Notes what there is of samples, and of when the clock was given up. Samples in a record that has
 * its time elsewhere belong there. A copy of a record that is being written may be older in one
 * part than in another. */
static enum status add_timing(struct reader *reader, struct record *record, profile_index context)
{
    struct profile *profile = reader->profile;
    struct profile_timing *timing = &record->timing;
    bool possible = timing->timed_calls <= record->calls && timing->timed_self <= record->self;
    if (!possible && !profile->changing)
        return image_damaged(reader->image,
                             "context %" PRIu32 " gave the clock up after more calls or time than "
                             "it has",
                             record->reference);
    if (record->target || !record->code)
        timing->counted = false;
    if (!possible || !timing->counted)
        timing->timed_calls = timing->timed_self = 0;
    if (timing->samples == 0 && !timing->counted)
        return STATUS_OK;
    profile_index host = profile->contexts[context].host;
    timing->context = host == PROFILE_NONE ? context : host;
    profile->timings = memory_grow(profile->timings, &profile->timing_capacity,
                                   profile->timing_count, sizeof *profile->timings);
    profile->timings[profile->timing_count++] = *timing;
    struct profile_thread *thread = &profile->threads[profile->contexts[context].thread];
    thread->samples += timing->samples;
    thread->hook_samples += timing->hook_samples;
    return STATUS_OK;
}

static enum status read_record(struct reader *reader, struct record *record, profile_index thread)
{
    const struct image *image = reader->image;
    struct profile *profile = reader->profile;
    bool root = record->code == NULL;
    if (root != (record->parent_reference == 0) || (root && record->target != 0) ||
        record->calls > PROFILE_MOST_CALLS - profile->calls)
        return image_damaged(
            image, "context %" PRIu32 " (code %" PRIu32 ", caller %" PRIu32 ", %" PRIu64 " calls)",
            record->reference, record->code_id, record->parent_reference, record->calls);
    profile->calls += record->calls;
    record->parent = root ? PROFILE_NONE : find_context(reader, record->parent_reference);
    if (!root &&
        (record->parent == PROFILE_NONE || profile->contexts[record->parent].thread != thread))
        return image_damaged(image, "context %" PRIu32 " called from the unknown context %" PRIu32,
                             record->reference, record->parent_reference);

    if (profile->header.timing == PROFINST_TIMING_COUNTS && record->self > 0)
        return image_damaged(image, "context %" PRIu32 " has time, but none was taken",
                             record->reference);

    enum status status = STATUS_OK;
    profile_index context;
    if (!root && record->code->inlined)
        status = add_inlined(reader, record, &context);
    else if (record->target)
        status = add_cross_call(reader, record, &context);
    else
        context = add_context(reader, record, thread);
    if (status == STATUS_OK && profile->header.timing == PROFINST_TIMING_AUTO)
        status = add_timing(reader, record, context);
    return status == STATUS_OK ? add_frames(reader, record, context) : status;
}

/* A row tells the thread's context by the address that the process has it at. */
static void find_current(const struct reader *reader, struct profile_thread *thread,
                         const struct chunk *chunk)
{
    uint64_t distance = thread->raw.current - chunk->header.address;
    uint64_t reference = (chunk->offset + distance) / PROFINST_REFERENCE_UNIT;
    if (distance < sizeof chunk->header + chunk->header.used &&
        distance % PROFINST_REFERENCE_UNIT == 0 && reference <= UINT32_MAX)
        thread->current = find_context(reader, (uint32_t)reference);
}

/* Takes the record at `offset`, of which `left` bytes are in its chunk. */
static enum status take_record(const struct reader *reader, uint64_t offset, uint64_t left,
                               struct record *record)
{
    const struct image *image = reader->image;
    const struct profile *profile = reader->profile;
    struct profinst_context raw;
    if (left < sizeof raw || offset / PROFINST_REFERENCE_UNIT > UINT32_MAX ||
        !image_take(image, offset, &raw, sizeof raw))
        return image_damaged(image, "context at byte %" PRIu64 " crosses the end of its chunk",
                             offset);
    *record = (struct record){
        .reference = (uint32_t)(offset / PROFINST_REFERENCE_UNIT),
        .code_id = raw.code,
        .parent_reference = raw.parent,
        .target = raw.target,
        .calls = raw.calls,
        .self = raw.self,
        .timing = {.samples = raw.samples,
                   .hook_samples = raw.hook_samples < raw.samples ? raw.hook_samples : raw.samples,
                   .counted = raw.counted,
                   .timed_calls = raw.timed_calls,
                   .timed_self = raw.timed_self},
        .counts = offset + sizeof raw,
    };
    if (raw.code > profile->code_count)
        return image_damaged(image, "context %" PRIu32 " of the unknown code %" PRIu32,
                             record->reference, raw.code);
    record->code = raw.code ? &profile->codes[raw.code - 1] : NULL;
    if (record->code && record->code->inlined)
        record->calls = inlined_calls(raw.calls);
    record->size = PROFINST_RECORD_SIZE(record->code ? record->code->frame_count : 0);
    if (record->size > left)
        return image_damaged(image, "context at byte %" PRIu64 " crosses the end of its chunk",
                             offset);
    return STATUS_OK;
}

static enum status read_chunk(struct reader *reader, const struct chunk *chunk)
{
    struct profile *profile = reader->profile;
    if (chunk->offset % PROFINST_REFERENCE_UNIT != 0 || chunk->header.thread == 0 ||
        chunk->header.thread > profile->thread_count)
        return image_damaged(reader->image, "contexts at byte %" PRIu64 " of no thread",
                             chunk->offset);
    profile_index thread = chunk->header.thread - 1;
    uint64_t offset = chunk->offset + sizeof chunk->header;
    uint64_t left = chunk->header.used;
    while (left > 0) {
        struct record record = {0};
        enum status status = take_record(reader, offset, left, &record);
        if (status == STATUS_OK)
            status = read_record(reader, &record, thread);
        if (status != STATUS_OK)
            return status;
        offset += record.size;
        left -= record.size;
    }
    find_current(reader, &profile->threads[thread], chunk);
    return STATUS_OK;
}

enum status profile_read_contexts(const struct image *image, struct profile *profile)
{
    size_t most_frames = 0;
    for (size_t i = 0; i < profile->code_count; i++)
        if (profile->codes[i].frame_count > most_frames)
            most_frames = profile->codes[i].frame_count;
    struct reader reader = {.image = image, .profile = profile};
    reader.places = memory_array(most_frames + 1, sizeof *reader.places);
    reader.named = memory_array(reference_count(image), sizeof *reader.named);
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (status == STATUS_OK && image_next_chunk(image, &chunk, &status))
        if (chunk.header.kind == PROFINST_CHUNK_CONTEXTS)
            status = read_chunk(&reader, &chunk);
    if (status == STATUS_OK)
        status = profile_read_durations(image, profile, reader.named);
    free(reader.named);
    free(reader.inlined.slots);
    free(reader.places);
    return status;
}
