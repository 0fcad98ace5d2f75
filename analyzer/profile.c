#include "profile.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile_steps.h"
#include "progress.h"

uint64_t profile_digest(const void *bytes, uint64_t size)
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
        profile_index *root = context->folded ? &thread->folded : &thread->root;
        if (*root != PROFILE_NONE ||
            (!context->folded && thread->raw.root != 0 && thread->raw.root != context->reference))
            return image_damaged(image, "thread %" PRIu32 " has two roots", thread->raw.number);
        *root = (profile_index)i;
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

static enum status read_names_and_threads(const struct image *image, struct profile *profile)
{
    enum status status = profile_read_names(image, profile);
    return status == STATUS_OK ? read_threads(image, profile) : status;
}

/* A process may still be writing. Its contexts come from the first copy, names and threads from a
 * later one: a function and a thread are written down before the first context that refers to them,
 * and what the first copy has of a thread's time is in its life as the later one shows it. */
static enum status read_later_copy(const struct image *first, struct profile *profile)
{
    profile->changing = !image_unchanged(first);
    if (!profile->changing)
        return read_names_and_threads(first, profile);
    struct image later_copy;
    enum status status = image_open(&later_copy, first->path);
    if (status != STATUS_OK)
        return status;
    status = image_check(&later_copy);
    if (status == STATUS_OK)
        status = read_names_and_threads(&later_copy, profile);
    image_close(&later_copy);
    return status;
}

static enum status decode(const struct image *image, struct profile *profile)
{
    enum { STEPS = 5 };
    progress_file_part(0, 0.5);
    enum status status = image_check(image);
    if (status == STATUS_OK)
        status = read_later_copy(image, profile);
    progress_step(1, STEPS);
    if (status == STATUS_OK)
        status = profile_read_selections(image, profile);
    if (status == STATUS_OK)
        status = profile_read_contexts(image, profile);
    progress_step(2, STEPS);
    if (status == STATUS_OK)
        status = find_places(image, profile);
    if (status == STATUS_OK)
        status = profile_check_trees(image, profile);
    progress_step(3, STEPS);
    if (status != STATUS_OK)
        return status;
    find_end(image, profile);
    profile->digest = profile_digest(image->bytes, image->size);
    status = profile_settle(image, profile);
    progress_step(STEPS, STEPS);
    return status;
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
    free(profile->codes);
    free(profile->frames);
    free(profile->threads);
    free(profile->contexts);
    free(profile->cross_calls);
    free(profile->times);
    free(profile->timings);
    free(profile->octaves);
    free(profile->units);
    free(profile->selections);
    *profile = (struct profile){0};
}
