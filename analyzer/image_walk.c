/* The walk over what an image holds; whatever it returns lies in the image. */
#include <inttypes.h>
#include <string.h>

#include "image.h"

enum { CHUNK_ALIGNMENT = PROFINST_REFERENCE_UNIT, ENTRY_ALIGNMENT = 8 };

struct chunk image_chunks(const struct image *image)
{
    return (struct chunk){.next = image->header.header_size};
}

bool image_next_chunk(const struct image *image, struct chunk *chunk, enum status *status)
{
    struct profinst_chunk *header = &chunk->header;
    chunk->offset = chunk->next;
    if (chunk->offset == image->header.size)
        return false;
    if (!image_take(image, chunk->offset, header, sizeof *header)) {
        *status = image_damaged(image, "chunk at byte %" PRIu64 " crosses the end", chunk->offset);
        return false;
    }
    if (header->kind == 0)
        return false; /* was being made when the process died: the end of what there is */
    if (header->size < sizeof *header || header->size % CHUNK_ALIGNMENT != 0) {
        *status = image_damaged(image, "chunk at byte %" PRIu64 " has a size of %" PRIu64,
                                chunk->offset, header->size);
        return false;
    }
    if (header->size > image->size - chunk->offset) {
        *status = image_damaged(image, "chunk at byte %" PRIu64 " crosses the end", chunk->offset);
        return false;
    }
    if (header->used > header->size - sizeof *header) {
        *status = image_damaged(image, "chunk at byte %" PRIu64 " uses more than its size",
                                chunk->offset);
        return false;
    }
    chunk->next = chunk->offset + header->size;
    return true;
}

/* Fills in what an entry of text has. False if its strings do not end within it. */
static bool read_text_entry(const struct image *image, uint64_t offset, uint32_t size,
                            struct entry *entry)
{
    struct profinst_entry raw;
    if (size <= sizeof raw)
        return false;
    image_take(image, offset, &raw, sizeof raw);
    entry->object = raw.object;
    entry->source = raw.source;
    entry->line = raw.line;
    entry->flags = raw.flags;
    entry->text = (const char *)image->bytes + offset + sizeof raw;
    const char *end = entry->text + (size - sizeof raw);
    const char *name = memchr(entry->text, '\0', size - sizeof raw);
    if (!name)
        return false;
    if (raw.kind != PROFINST_ENTRY_FUNCTION || !(raw.flags & PROFINST_FUNCTION_NAMED))
        return true;
    entry->name = ++name;
    return memchr(name, '\0', (size_t)(end - name)) != NULL;
}

static bool read_code_entry(const struct image *image, uint64_t offset, uint32_t size,
                            struct entry *entry)
{
    struct profinst_code raw;
    if (size < sizeof raw)
        return false;
    image_take(image, offset, &raw, sizeof raw);
    entry->function = raw.function;
    entry->flags = raw.flags;
    entry->frame_count = raw.frame_count;
    entry->frames = offset + sizeof raw;
    return raw.frame_count <= (size - sizeof raw) / sizeof(struct profinst_code_frame);
}

bool image_next_entry(const struct image *image, const struct chunk *chunk, struct entry *entry,
                      enum status *status)
{
    uint64_t left = chunk->header.used - entry->next;
    if (left == 0)
        return false;
    uint64_t offset = chunk->offset + sizeof chunk->header + entry->next;
    struct {
        uint32_t size, kind, id; /* what the entries of all kinds begin with */
    } raw;
    if (left < sizeof raw || !image_take(image, offset, &raw, sizeof raw) ||
        raw.size < sizeof raw || raw.size % ENTRY_ALIGNMENT != 0 || raw.size > left) {
        *status =
            image_damaged(image, "name at byte %" PRIu64 " crosses the end of its chunk", offset);
        return false;
    }
    *entry =
        (struct entry){.next = entry->next + raw.size, .kind = raw.kind, .id = raw.id, .text = ""};
    bool whole = true;
    if (raw.kind == PROFINST_ENTRY_CODE)
        whole = read_code_entry(image, offset, raw.size, entry);
    else if (raw.kind <= PROFINST_ENTRY_FILTER)
        whole = read_text_entry(image, offset, raw.size, entry);
    if (!whole)
        *status = image_damaged(image, "name at byte %" PRIu64 " without an end", offset);
    return whole;
}

struct profinst_code_frame image_frame(const struct image *image, const struct entry *entry,
                                       uint32_t index)
{
    struct profinst_code_frame frame = {0};
    image_take(image, entry->frames + (uint64_t)index * sizeof frame, &frame, sizeof frame);
    return frame;
}

bool image_next_selection(const struct image *image, const struct chunk *chunk,
                          struct selection *selection, enum status *status)
{
    uint64_t left = chunk->header.used - selection->next;
    if (left == 0)
        return false;
    uint64_t offset = chunk->offset + sizeof chunk->header + selection->next;
    struct profinst_selection raw;
    if (left < sizeof raw || !image_take(image, offset, &raw, sizeof raw) ||
        raw.size < sizeof raw || raw.size % ENTRY_ALIGNMENT != 0 || raw.size > left ||
        raw.packed_size > raw.size - sizeof raw) {
        *status = image_damaged(image, "selection at byte %" PRIu64 " crosses the end of its chunk",
                                offset);
        return false;
    }
    *selection = (struct selection){selection->next + raw.size, raw.unit, raw.packed_size,
                                    raw.unpacked_size, image->bytes + offset + sizeof raw};
    return true;
}

enum status image_records(const struct image *image, const struct chunk *chunk, uint64_t size,
                          uint64_t *count)
{
    *count = chunk->header.used / size;
    if (chunk->header.used % size != 0)
        return image_damaged(image, "chunk at byte %" PRIu64 " ends within a record",
                             chunk->offset);
    return STATUS_OK;
}
