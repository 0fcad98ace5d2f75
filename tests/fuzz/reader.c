/* Fuzzes the reader with whole files: what it accepts keeps all that profile.h promises.
 *
 * Nearly every blind change of a file is refused at once. So most changes here are made to one
 * field of a record, and the rest adds or takes away whole records and mends what refers to them.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static void look_at_functions(const struct profile *profile)
{
    for (size_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];
        RULE(function->object < profile->object_count);
        RULE(function->source == PROFILE_NONE || function->source < profile->source_count);
    }
}

static void look_at_contexts(const struct profile *profile)
{
    int64_t *below = memory_array(profile->context_count, sizeof *below);
    for (size_t i = profile->context_count; i-- > 0;) {
        const struct profile_context *context = &profile->contexts[i];
        RULE(context->thread < profile->thread_count);
        RULE((context->function == PROFILE_NONE) == (context->parent == PROFILE_NONE));
        RULE(i == 0 || context->reference > context[-1].reference);
        RULE(context->self_ns >= 0 && context->cumulative_ns == context->self_ns + below[i]);
        if (context->parent == PROFILE_NONE)
            continue;
        RULE(context->function < profile->function_count && context->parent < i);
        RULE(context->thread == profile->contexts[context->parent].thread);
        below[context->parent] += context->cumulative_ns;
        for (size_t up = context->parent; up != PROFILE_NONE; up = profile->contexts[up].parent)
            RULE(profile->contexts[up].function != context->function);
    }
    free(below);
}

static void look_at_cross_calls(const struct profile *profile)
{
    for (size_t i = 0; i < profile->cross_call_count; i++) {
        const struct profile_cross_call *call = &profile->cross_calls[i];
        RULE(call->caller < profile->context_count && call->target < profile->context_count);
        RULE(profile->contexts[call->target].function != PROFILE_NONE);
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
        RULE(thread->self_ticks <= thread->lifetime_ticks);
        RULE(thread->self_ns >= 0 && thread->self_ns <= thread->lifetime_ns);
        RULE(thread->current == PROFILE_NONE || thread->current < profile->context_count);
        RULE(thread->current == PROFILE_NONE || profile->contexts[thread->current].thread == i);
        RULE(time_below(profile, thread->root, i) + time_below(profile, thread->folded, i) ==
             thread->self_ns);
    }
}

static void look(const struct profile *profile)
{
    RULE(profile->duration_ns >= 0 && profile->ticks_per_second >= 0);
    look_at_functions(profile);
    look_at_contexts(profile);
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

/* The part of a file that the mutator works on: its chunks, as far as they make sense. */
enum { MOST_CHUNKS = 64 };
struct layout {
    size_t count;
    size_t at[MOST_CHUNKS];
    struct profinst_chunk chunks[MOST_CHUNKS];
};

static struct layout find_layout(const uint8_t *data, size_t size)
{
    struct layout layout = {0};
    uint32_t at = 0;
    if (size >= sizeof(struct profinst_header))
        memcpy(&at, data + offsetof(struct profinst_header, header_size), sizeof at);
    size_t offset = at;
    while (at && layout.count < MOST_CHUNKS) {
        struct profinst_chunk *chunk = &layout.chunks[layout.count];
        if (offset > size || size - offset < sizeof *chunk)
            break;
        memcpy(chunk, data + offset, sizeof *chunk);
        if (chunk->size < sizeof *chunk || chunk->size > size - offset ||
            chunk->used > chunk->size - sizeof *chunk)
            break;
        layout.at[layout.count++] = offset;
        offset += chunk->size;
    }
    return layout;
}

static unsigned pick(unsigned below)
{
    return below ? (unsigned)rand() % below : 0;
}

/* Where there is a field worth changing, and how wide it is. */
static size_t pick_field(const struct layout *layout, size_t *width)
{
    static const struct {
        size_t offset, width;
    } header[] = {{8, 4},    {12, 4},   {16, 4},   {20, 4},  {24, 8},  {40, 8},  {56, 8},
                  {64, 4},   {72, 4},   {76, 4},   {80, 8},  {88, 8},  {96, 8},  {104, 8},
                  {112, 8},  {120, 8},  {128, 4},  {136, 8}, {144, 8}, {152, 8}, {1168, 8},
                  {1176, 4}, {1180, 4}, {1184, 8}, {3224, 8}};
    if (layout->count == 0 || pick(5) == 0) {
        unsigned i = pick(sizeof header / sizeof *header);
        *width = header[i].width;
        return header[i].offset;
    }
    unsigned i = pick((unsigned)layout->count);
    const struct profinst_chunk *chunk = &layout->chunks[i];
    size_t begin = layout->at[i];
    *width = pick(2) ? 8 : 4;
    if (chunk->used < 32 || pick(8) == 0)
        return begin + pick((unsigned)(32 / *width)) * *width;
    return begin + sizeof *chunk + pick((unsigned)(chunk->used / *width)) * *width;
}

static void change_field(uint8_t *data, size_t size, const struct layout *layout)
{
    size_t width, other_width;
    size_t at = pick_field(layout, &width);
    size_t other = pick_field(layout, &other_width);
    if (at + width > size || other + width > size)
        return;
    uint64_t value = 0;
    memcpy(&value, data + at, width);
    switch (pick(8)) {
    case 0:
        value = pick(4);
        break;
    case 1:
        value += pick(2) ? 1 : UINT64_MAX;
        break;
    case 2:
        value = UINT64_C(1) << pick(64);
        break;
    case 3:
        value = (UINT64_C(1) << pick(64)) - 1;
        break;
    case 4:
        value = (uint64_t)rand() << pick(33);
        break;
    case 5:
        value ^= UINT64_C(1) << pick((unsigned)(8 * width));
        break;
    default:
        memcpy(&value, data + other, width); /* references often fit elsewhere */
    }
    memcpy(data + at, &value, width);
}

/* A reference to what stands behind `at` moves with it. */
static void move_reference(uint8_t *field, size_t at, int64_t by)
{
    uint32_t reference;
    memcpy(&reference, field, sizeof reference);
    if ((size_t)reference * PROFINST_REFERENCE_UNIT >= at)
        reference = (uint32_t)(reference + by / PROFINST_REFERENCE_UNIT);
    memcpy(field, &reference, sizeof reference);
}

static void move_references(uint8_t *data, const struct layout *layout, size_t at, int64_t by)
{
    for (size_t i = 0; i < layout->count; i++) {
        uint8_t *content = data + layout->at[i] + sizeof(struct profinst_chunk);
        const struct profinst_chunk *chunk = &layout->chunks[i];
        if (chunk->kind == PROFINST_CHUNK_THREADS)
            for (size_t o = 0; o + sizeof(struct profinst_thread) <= chunk->used;
                 o += sizeof(struct profinst_thread)) {
                move_reference(content + o + offsetof(struct profinst_thread, root), at, by);
                move_reference(content + o + offsetof(struct profinst_thread, folded), at, by);
            }
        if (chunk->kind == PROFINST_CHUNK_CONTEXTS)
            for (size_t o = 0; o + sizeof(struct profinst_context) <= chunk->used;
                 o += sizeof(struct profinst_context)) {
                move_reference(content + o + offsetof(struct profinst_context, parent), at, by);
                move_reference(content + o + offsetof(struct profinst_context, target), at, by);
            }
    }
}

static void add(uint8_t *data, size_t at, int64_t by)
{
    uint64_t value;
    memcpy(&value, data + at, sizeof value);
    value += (uint64_t)by;
    memcpy(data + at, &value, sizeof value);
}

/* Doubles a record, or takes one away. Where records are counted, the new one gets its number. */
static size_t change_records(uint8_t *data, size_t size, size_t max_size,
                             const struct layout *layout)
{
    if (layout->count == 0)
        return size;
    unsigned i = pick((unsigned)layout->count);
    const struct profinst_chunk *chunk = &layout->chunks[i];
    size_t unit = chunk->kind == PROFINST_CHUNK_THREADS ? sizeof(struct profinst_thread)
                                                        : sizeof(struct profinst_context);
    size_t records = chunk->used / unit;
    bool grow = pick(4) > 0;
    if (records == 0 || (grow && size + unit > max_size))
        return size;
    size_t content = layout->at[i] + sizeof *chunk;
    size_t from = content + pick((unsigned)records) * unit;
    size_t end = content + records * unit;
    int64_t by = grow ? (int64_t)unit : -(int64_t)unit;
    move_references(data, layout, end, by);
    add(data, layout->at[i] + offsetof(struct profinst_chunk, size), by);
    add(data, layout->at[i] + offsetof(struct profinst_chunk, used), by);
    add(data, offsetof(struct profinst_header, size), by);
    if (!grow) { /* the last one, to which the least refers */
        memmove(data + end - unit, data + end, size - end);
        return size - unit;
    }
    uint8_t record[sizeof(struct profinst_thread)];
    memcpy(record, data + from, unit);
    memmove(data + end + unit, data + end, size - end);
    if (chunk->kind == PROFINST_CHUNK_THREADS) {
        uint32_t number = (uint32_t)records + 1;
        memcpy(record, &number, sizeof number);
        memset(record + offsetof(struct profinst_thread, running), 0, 12); /* and no roots */
    }
    memcpy(data + end, record, unit);
    return size + unit;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    srand(seed);
    if (pick(16) == 0)
        return LLVMFuzzerMutate(data, size, max_size);
    for (unsigned left = 1 + pick(3); left > 0; left--) {
        struct layout layout = find_layout(data, size);
        if (pick(4) == 0)
            size = change_records(data, size, max_size, &layout);
        else
            change_field(data, size, &layout);
    }
    return size;
}
