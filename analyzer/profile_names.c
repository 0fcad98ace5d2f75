/* Reading the names: each refers only to what stands before it. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "profile_steps.h"

/* Reports say names over and over, so one of megabytes would make gigabytes of them. What is longer
 * than anybody reads is cut; the digest keeps different names different. */
const char *profile_copy_name(struct pool *pool, const char *name)
{
    size_t length = strlen(name);
    if (length <= PROFILE_LONGEST_NAME)
        return pool_copy(pool, name);
    return pool_format(pool, "%.*s...%016" PRIx64, PROFILE_LONGEST_NAME, name,
                       profile_digest(name, length));
}

static enum status read_function(const struct image *image, struct profile *profile,
                                 const struct entry *entry)
{
    bool external = entry->flags & PROFINST_FUNCTION_EXTERNAL;
    if ((entry->object == 0) != external || entry->object > profile->object_count)
        return image_damaged(image, "function %" PRIu32 " of the unknown object %" PRIu32,
                             entry->id, entry->object);
    if (entry->source > profile->source_count)
        return image_damaged(image, "function %" PRIu32 " of the unknown source file %" PRIu32,
                             entry->id, entry->source);
    profile->functions = memory_grow(profile->functions, &profile->function_capacity,
                                     profile->function_count, sizeof *profile->functions);
    profile->functions[profile->function_count++] = (struct profile_function){
        .linkage_name = profile_copy_name(&profile->pool, entry->text),
        .name = entry->name && *entry->name ? profile_copy_name(&profile->pool, entry->name) : NULL,
        .object = external ? PROFILE_NONE : entry->object - 1,
        .source = entry->source ? entry->source - 1 : PROFILE_NONE,
        .line = entry->line,
        .off = entry->flags & PROFINST_FUNCTION_OFF,
    };
    return STATUS_OK;
}

static enum status read_code(const struct image *image, struct profile *profile,
                             const struct entry *entry)
{
    if (entry->function == 0 || entry->function > profile->function_count)
        return image_damaged(image, "code %" PRIu32 " of the unknown function %" PRIu32, entry->id,
                             entry->function);
    profile->codes = memory_grow(profile->codes, &profile->code_capacity, profile->code_count,
                                 sizeof *profile->codes);
    profile->codes[profile->code_count++] = (struct profile_code){
        .function = entry->function - 1,
        .first_frame = profile->frame_count,
        .frame_count = entry->frame_count,
        .inlined = entry->flags & PROFINST_CODE_INLINED,
    };
    for (uint32_t i = 0; i < entry->frame_count; i++) {
        struct profinst_code_frame frame = image_frame(image, entry, i);
        if (frame.function > profile->function_count || frame.caller > i)
            return image_damaged(image,
                                 "code %" PRIu32 " has frame %" PRIu32 " of function %" PRIu32
                                 " in frame %" PRIu32,
                                 entry->id, i + 1, frame.function, frame.caller);
        profile->frames = memory_grow(profile->frames, &profile->frame_capacity,
                                      profile->frame_count, sizeof *profile->frames);
        profile->frames[profile->frame_count++] = (struct profile_frame){
            frame.function ? frame.function - 1 : PROFILE_NONE, frame.caller};
    }
    return STATUS_OK;
}

static void add_text(struct profile *profile, const char *text, const char ***texts, size_t *count,
                     size_t *capacity)
{
    *texts = memory_grow(*texts, capacity, *count, sizeof **texts);
    (*texts)[(*count)++] = profile_copy_name(&profile->pool, text);
}

static enum status read_unit(const struct image *image, struct profile *profile,
                             const struct entry *entry)
{
    if (entry->object == 0 || entry->object > profile->object_count)
        return image_damaged(image, "unit %" PRIu32 " of the unknown object %" PRIu32, entry->id,
                             entry->object);
    profile->units = memory_grow(profile->units, &profile->unit_capacity, profile->unit_count,
                                 sizeof *profile->units);
    profile->units[profile->unit_count++] = entry->object - 1;
    return STATUS_OK;
}

/* The filter is of no concern here; a kind of a later profinst would be a feature if it mattered.
 */
static enum status read_entry(const struct image *image, struct profile *profile,
                              const struct entry *entry)
{
    size_t count = entry->kind == PROFINST_ENTRY_OBJECT     ? profile->object_count
                   : entry->kind == PROFINST_ENTRY_SOURCE   ? profile->source_count
                   : entry->kind == PROFINST_ENTRY_FUNCTION ? profile->function_count
                   : entry->kind == PROFINST_ENTRY_CODE     ? profile->code_count
                   : entry->kind == PROFINST_ENTRY_UNIT     ? profile->unit_count
                                                            : PROFILE_NONE;
    if (count == PROFILE_NONE)
        return STATUS_OK;
    if (entry->id != count + 1)
        return image_damaged(image, "name %zu has the id %" PRIu32, count + 1, entry->id);
    switch (entry->kind) {
    case PROFINST_ENTRY_OBJECT:
        add_text(profile, entry->text, &profile->objects, &profile->object_count,
                 &profile->object_capacity);
        return STATUS_OK;
    case PROFINST_ENTRY_SOURCE:
        add_text(profile, entry->text, &profile->sources, &profile->source_count,
                 &profile->source_capacity);
        return STATUS_OK;
    case PROFINST_ENTRY_FUNCTION:
        return read_function(image, profile, entry);
    case PROFINST_ENTRY_UNIT:
        return read_unit(image, profile, entry);
    default:
        return read_code(image, profile, entry);
    }
}

enum status profile_read_names(const struct image *image, struct profile *profile)
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

static enum status read_selection(const struct image *image, struct profile *profile, bool *seen,
                                  const struct selection *selection)
{
    if (selection->unit == 0 || selection->unit > profile->unit_count)
        return image_damaged(image, "selection of the unknown unit %" PRIu32, selection->unit);
    if (seen[selection->unit - 1])
        return image_damaged(image, "unit %" PRIu32 " has two selections", selection->unit);
    seen[selection->unit - 1] = true;
    profile->selections = memory_grow(profile->selections, &profile->selection_capacity,
                                      profile->selection_count, sizeof *profile->selections);
    profile->selections[profile->selection_count++] = (struct profile_selection){
        .object = profile->units[selection->unit - 1],
        .unit = selection->unit,
        .packed_size = selection->packed_size,
        .unpacked_size = selection->unpacked_size,
        .packed = memcpy(pool_take(&profile->pool, selection->packed_size), selection->packed,
                         selection->packed_size),
    };
    return STATUS_OK;
}

enum status profile_read_selections(const struct image *image, struct profile *profile)
{
    bool *seen = memory_array(profile->unit_count, sizeof *seen);
    enum status status = STATUS_OK;
    struct chunk chunk = image_chunks(image);
    while (status == STATUS_OK && image_next_chunk(image, &chunk, &status)) {
        struct selection selection = {0};
        while (chunk.header.kind == PROFINST_CHUNK_SELECTIONS && status == STATUS_OK &&
               image_next_selection(image, &chunk, &selection, &status))
            status = read_selection(image, profile, seen, &selection);
    }
    free(seen);
    return status;
}
