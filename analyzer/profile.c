#include "profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "profile_tree.h"

/* Of a profile, all together: two years of a call each nanosecond. More is damage, and the sum of
 * less fits 64 bits, also over a hundred profiles. */
#define MOST_CALLS (UINT64_C(1) << 56)

enum { LONGEST_NAME = 4096 };

/* FNV-1a over words: content is told apart, not protected. */
static uint64_t digest(const void *bytes, uint64_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (uint64_t offset = 0; offset < size; offset += sizeof(uint64_t)) {
        uint64_t word = 0;
        uint64_t left = size - offset;
        memcpy(&word, (const uint8_t *)bytes + offset, left < sizeof word ? left : sizeof word);
        hash = (hash ^ word) * UINT64_C(1099511628211);
        hash ^= hash >> 29; /* carries high bits down, which multiplication alone never does */
    }
    return hash;
}

/* Reports say names over and over, so one of megabytes would make gigabytes of them. What is longer
 * than anybody reads is cut; the digest keeps different names different. */
static const char *copy_name(struct pool *pool, const char *name)
{
    size_t length = strlen(name);
    if (length <= LONGEST_NAME)
        return pool_copy(pool, name);
    return pool_format(pool, "%.*s...%016" PRIx64, LONGEST_NAME, name, digest(name, length));
}

static enum status read_entry(const struct image *image, struct profile *profile,
                              const struct entry *entry)
{
    size_t *count = entry->kind == PROFINST_ENTRY_OBJECT     ? &profile->object_count
                    : entry->kind == PROFINST_ENTRY_SOURCE   ? &profile->source_count
                    : entry->kind == PROFINST_ENTRY_FUNCTION ? &profile->function_count
                                                             : NULL;
    if (!count)
        return STATUS_OK; /* a kind of a later profinst; it would be a feature if it mattered */
    if (entry->id != *count + 1)
        return image_damaged(image, "name %zu has the id %" PRIu32, *count + 1, entry->id);

    const char *text = copy_name(&profile->pool, entry->text);
    switch (entry->kind) {
    case PROFINST_ENTRY_OBJECT:
        profile->objects = memory_grow(profile->objects, &profile->object_capacity, *count,
                                       sizeof *profile->objects);
        profile->objects[(*count)++] = text;
        break;
    case PROFINST_ENTRY_SOURCE:
        profile->sources = memory_grow(profile->sources, &profile->source_capacity, *count,
                                       sizeof *profile->sources);
        profile->sources[(*count)++] = text;
        break;
    case PROFINST_ENTRY_FUNCTION:
        if (entry->object == 0 || entry->object > profile->object_count)
            return image_damaged(image, "function %" PRIu32 " of the unknown object %" PRIu32,
                                 entry->id, entry->object);
        if (entry->source > profile->source_count)
            return image_damaged(image, "function %" PRIu32 " of the unknown source file %" PRIu32,
                                 entry->id, entry->source);
        profile->functions = memory_grow(profile->functions, &profile->function_capacity, *count,
                                         sizeof *profile->functions);
        profile->functions[(*count)++] = (struct profile_function){
            .linkage_name = text,
            .object = entry->object - 1,
            .source = entry->source ? entry->source - 1 : PROFILE_NONE,
            .line = entry->line,
        };
        break;
    }
    return STATUS_OK;
}

static enum status read_names(const struct image *image, struct profile *profile)
{
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (image_next_chunk(image, &chunk, &status)) {
        if (chunk.header.kind != PROFINST_CHUNK_NAMES)
            continue;
        struct entry entry = {0};
        while (status == STATUS_OK && image_next_entry(image, &chunk, &entry, &status))
            status = read_entry(image, profile, &entry);
        if (status != STATUS_OK)
            break;
    }
    return status;
}

static enum status read_thread(const struct image *image, struct profile *profile, uint64_t offset)
{
    struct profile_thread thread = {
        .root = PROFILE_NONE, .folded = PROFILE_NONE, .current = PROFILE_NONE};
    if (!image_take(image, offset, &thread.raw, sizeof thread.raw))
        return image_damaged(image, "thread at byte %" PRIu64 " crosses the end", offset);
    if (thread.raw.number != profile->thread_count + 1)
        return image_damaged(image, "thread %zu has the number %" PRIu32, profile->thread_count + 1,
                             thread.raw.number);
    if (!memchr(thread.raw.name, '\0', sizeof thread.raw.name))
        return image_damaged(image, "name of thread %" PRIu32 " without an end", thread.raw.number);
    profile->threads = memory_grow(profile->threads, &profile->thread_capacity,
                                   profile->thread_count, sizeof *profile->threads);
    profile->threads[profile->thread_count++] = thread;
    return STATUS_OK;
}

static enum status read_threads(const struct image *image, struct profile *profile)
{
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (image_next_chunk(image, &chunk, &status)) {
        if (chunk.header.kind != PROFINST_CHUNK_THREADS)
            continue;
        uint64_t count;
        status = image_records(image, &chunk, sizeof(struct profinst_thread), &count);
        uint64_t offset = chunk.offset + sizeof chunk.header;
        for (uint64_t i = 0; status == STATUS_OK && i < count; i++)
            status = read_thread(image, profile, offset + i * sizeof(struct profinst_thread));
        if (status != STATUS_OK)
            break;
    }
    return status;
}

static int compare_reference(const void *key, const void *element)
{
    uint32_t wanted = *(const uint32_t *)key;
    uint32_t found = ((const struct profile_context *)element)->reference;
    return (wanted > found) - (wanted < found);
}

/* The context of a reference, among those read so far; they are in order, because chunks and
 * records are. So what is found stands before the record that refers to it. */
static size_t find_context(const struct profile *profile, uint32_t reference)
{
    if (profile->context_count == 0)
        return PROFILE_NONE;
    const struct profile_context *found =
        bsearch(&reference, profile->contexts, profile->context_count, sizeof *profile->contexts,
                compare_reference);
    return found ? (size_t)(found - profile->contexts) : PROFILE_NONE;
}

static enum status add_cross_call(const struct image *image, struct profile *profile,
                                  const struct profinst_context *raw,
                                  struct profile_cross_call call)
{
    call.target = find_context(profile, raw->target);
    if (call.caller == PROFILE_NONE || call.target == PROFILE_NONE ||
        profile->contexts[call.target].thread != profile->contexts[call.caller].thread ||
        profile->contexts[call.target].function != (size_t)raw->function - 1 || raw->self != 0)
        return image_damaged(image, "recursive call %" PRIu32 " that fits no context",
                             call.reference);
    profile->cross_calls = memory_grow(profile->cross_calls, &profile->cross_call_capacity,
                                       profile->cross_call_count, sizeof *profile->cross_calls);
    profile->cross_calls[profile->cross_call_count++] = call;
    return STATUS_OK;
}

static enum status read_context(const struct image *image, struct profile *profile, size_t thread,
                                uint64_t offset)
{
    struct profinst_context raw;
    if (!image_take(image, offset, &raw, sizeof raw))
        return image_damaged(image, "context at byte %" PRIu64 " crosses the end", offset);
    uint64_t reference = offset / PROFINST_REFERENCE_UNIT;
    if (reference > UINT32_MAX || raw.function > profile->function_count ||
        (raw.function == 0) != (raw.parent == 0) || raw.calls > MOST_CALLS - profile->calls)
        return image_damaged(image,
                             "context %" PRIu64 " (function %" PRIu32 ", caller %" PRIu32
                             ", %" PRIu64 " calls)",
                             reference, raw.function, raw.parent, raw.calls);
    profile->calls += raw.calls;

    size_t parent = raw.parent ? find_context(profile, raw.parent) : PROFILE_NONE;
    if (raw.parent && (parent == PROFILE_NONE || profile->contexts[parent].thread != thread))
        return image_damaged(image, "context %" PRIu64 " called from the unknown context %" PRIu32,
                             reference, raw.parent);
    if (raw.target)
        return add_cross_call(image, profile, &raw,
                              (struct profile_cross_call){.reference = (uint32_t)reference,
                                                          .caller = parent,
                                                          .calls = raw.calls});
    profile->contexts = memory_grow(profile->contexts, &profile->context_capacity,
                                    profile->context_count, sizeof *profile->contexts);
    profile->contexts[profile->context_count++] = (struct profile_context){
        .reference = (uint32_t)reference,
        .thread = thread,
        .function = raw.function ? raw.function - 1 : PROFILE_NONE,
        .parent = parent,
        .calls = raw.calls,
        .self_ticks = raw.self,
    };
    return STATUS_OK;
}

/* A row tells the thread's context by the address that the process has it at. */
static void find_current(const struct profile *profile, struct profile_thread *thread,
                         const struct chunk *chunk)
{
    uint64_t distance = thread->raw.current - chunk->header.address;
    uint64_t reference = (chunk->offset + distance) / PROFINST_REFERENCE_UNIT;
    if (distance < sizeof chunk->header + chunk->header.used &&
        distance % PROFINST_REFERENCE_UNIT == 0)
        thread->current = find_context(profile, (uint32_t)reference);
}

static enum status read_context_chunk(const struct image *image, struct profile *profile,
                                      const struct chunk *chunk)
{
    uint64_t count;
    enum status status = image_records(image, chunk, sizeof(struct profinst_context), &count);
    if (status != STATUS_OK)
        return status;
    if (chunk->offset % PROFINST_REFERENCE_UNIT != 0 || chunk->header.thread == 0 ||
        chunk->header.thread > profile->thread_count)
        return image_damaged(image, "contexts at byte %" PRIu64 " of no thread", chunk->offset);
    size_t index = chunk->header.thread - 1;
    uint64_t offset = chunk->offset + sizeof chunk->header;
    for (uint64_t i = 0; status == STATUS_OK && i < count; i++)
        status = read_context(image, profile, index, offset + i * sizeof(struct profinst_context));
    if (status == STATUS_OK)
        find_current(profile, &profile->threads[index], chunk);
    return status;
}

static enum status read_contexts(const struct image *image, struct profile *profile)
{
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (image_next_chunk(image, &chunk, &status)) {
        if (chunk.header.kind != PROFINST_CHUNK_CONTEXTS)
            continue;
        status = read_context_chunk(image, profile, &chunk);
        if (status != STATUS_OK)
            break;
    }
    return status;
}

/* Every thread's tree hangs on one root, the one its row names, and its folded contexts on another;
 * and the thread is somewhere in them; unless that is too new for the copy that the contexts come
 * from. */
static enum status find_places(const struct image *image, struct profile *profile)
{
    for (size_t i = 0; i < profile->context_count; i++) {
        struct profile_context *context = &profile->contexts[i];
        struct profile_thread *thread = &profile->threads[context->thread];
        if (context->parent != PROFILE_NONE) {
            context->folded = profile->contexts[context->parent].folded;
            continue;
        }
        context->folded = context->reference == thread->raw.folded;
        size_t *root = context->folded ? &thread->folded : &thread->root;
        if (*root != PROFILE_NONE ||
            (!context->folded && thread->raw.root != 0 && thread->raw.root != context->reference))
            return image_damaged(image, "thread %" PRIu32 " has two roots", thread->raw.number);
        *root = i;
    }
    for (size_t i = 0; !profile->changing && i < profile->thread_count; i++) {
        const struct profile_thread *thread = &profile->threads[i];
        if (thread->root == PROFILE_NONE && thread->raw.root != 0)
            return image_damaged(image, "thread %" PRIu32 " has lost its root %" PRIu32,
                                 thread->raw.number, thread->raw.root);
        if (thread->current == PROFILE_NONE && thread->raw.running)
            return image_damaged(image, "thread %" PRIu32 " is in none of its contexts",
                                 thread->raw.number);
    }
    return STATUS_OK;
}

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* The end of the process; of one that did not say that it ended, the latest event. */
static void find_end(const struct image *image, struct profile *profile)
{
    const struct profinst_header *header = &image->header;
    uint64_t end = header->ended ? profinst_latest(header).ticks : header->start.ticks;
    for (size_t i = 0; i < profile->thread_count; i++) {
        const struct profinst_thread *thread = &profile->threads[i].raw;
        end = later(end, later(thread->last, thread->started));
    }
    profile->end_ticks = end;
}

/* A process may still be writing. Its contexts come from the first copy, names and threads from a
 * later one: a function and a thread are written down before the first context that refers to them,
 * and what the first copy has of a thread's time is in its life as the later one shows it. */
static enum status read_later_copy(const struct image *first, struct profile *profile)
{
    struct image later_copy;
    enum status status = image_open(&later_copy, first->path);
    if (status != STATUS_OK)
        return status;
    profile->changing = !image_same(first, &later_copy);
    status = image_check(&later_copy);
    if (status == STATUS_OK)
        status = read_names(&later_copy, profile);
    if (status == STATUS_OK)
        status = read_threads(&later_copy, profile);
    image_close(&later_copy);
    return status;
}

static enum status decode(const struct image *image, struct profile *profile)
{
    enum status status = image_check(image);
    if (status == STATUS_OK)
        status = read_later_copy(image, profile);
    if (status == STATUS_OK)
        status = read_contexts(image, profile);
    if (status == STATUS_OK)
        status = find_places(image, profile);
    if (status == STATUS_OK)
        status = profile_check_trees(image, profile);
    if (status != STATUS_OK)
        return status;
    find_end(image, profile);
    profile->digest = digest(image->bytes, image->size);
    return profile_settle(image, profile);
}

enum status profile_open(struct profile *profile, const char *path)
{
    struct image image;
    *profile = (struct profile){.path = path};
    enum status status = image_open(&image, path);
    if (status != STATUS_OK)
        return status;
    profile->header = image.header;
    status = decode(&image, profile);
    image_close(&image);
    if (status != STATUS_OK)
        profile_close(profile);
    return status;
}

void profile_close(struct profile *profile)
{
    pool_free(&profile->pool);
    free(profile->objects);
    free(profile->sources);
    free(profile->functions);
    free(profile->threads);
    free(profile->contexts);
    free(profile->cross_calls);
    *profile = (struct profile){0};
}
