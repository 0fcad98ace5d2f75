/* Changes profiles for reader.c.
 *
 * Nearly every blind change of a file is refused at once. So most changes here are made to one
 * field of a record, and the rest adds or takes away whole records and mends what refers to them.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "profinst_format.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* The part of a file that the mutator works on: its chunks, as far as they make sense. */
enum { MOST_CHUNKS = 64, MOST_CODES = 64, MOST_RECORDS = 256 };
struct layout {
    size_t count;
    size_t at[MOST_CHUNKS];
    struct profinst_chunk chunks[MOST_CHUNKS];
    size_t code_count;
    uint32_t frames[MOST_CODES]; /* of each code */
};

/* The records of a chunk; of names: the entries. */
struct records {
    size_t count;
    size_t at[MOST_RECORDS];
    size_t size[MOST_RECORDS];
};

static size_t record_size(const uint8_t *record, const struct layout *layout, uint32_t kind)
{
    uint32_t first;
    memcpy(&first, record, sizeof first);
    if (kind == PROFINST_CHUNK_THREADS)
        return sizeof(struct profinst_thread);
    if (kind == PROFINST_CHUNK_DURATIONS)
        return sizeof(struct profinst_octave);
    if (kind != PROFINST_CHUNK_CONTEXTS)
        return first;
    return first && first <= layout->code_count ? PROFINST_RECORD_SIZE(layout->frames[first - 1])
                                                : sizeof(struct profinst_context);
}

static struct records find_records(const uint8_t *data, const struct layout *layout, size_t chunk)
{
    struct records records = {0};
    size_t at = layout->at[chunk] + sizeof(struct profinst_chunk);
    size_t end = at + layout->chunks[chunk].used;
    while (end - at >= sizeof(struct profinst_code) && records.count < MOST_RECORDS) {
        size_t size = record_size(data + at, layout, layout->chunks[chunk].kind);
        if (size < 8 || size > end - at)
            break;
        records.at[records.count] = at;
        records.size[records.count++] = size;
        at += size;
    }
    return records;
}

static void find_codes(const uint8_t *data, struct layout *layout)
{
    for (size_t i = 0; i < layout->count; i++) {
        if (layout->chunks[i].kind != PROFINST_CHUNK_NAMES)
            continue;
        struct records records = find_records(data, layout, i);
        for (size_t r = 0; r < records.count && layout->code_count < MOST_CODES; r++) {
            struct profinst_code code;
            memcpy(&code, data + records.at[r], sizeof code);
            if (code.kind == PROFINST_ENTRY_CODE)
                layout->frames[layout->code_count++] = code.frame_count;
        }
    }
}

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
    find_codes(data, &layout);
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
    } header[] = {{8, 4},    {12, 4},   {16, 4},  {20, 4},  {24, 8},  {40, 8},   {56, 8},
                  {64, 4},   {72, 4},   {76, 4},  {80, 8},  {88, 8},  {96, 8},   {104, 8},
                  {112, 8},  {120, 8},  {128, 4}, {136, 8}, {144, 8}, {152, 4},  {156, 4},
                  {160, 8},  {168, 8},  {176, 8}, {184, 8}, {192, 8}, {200, 8},  {208, 8},
                  {216, 8},  {224, 8},  {232, 8}, {240, 8}, {248, 8}, {1264, 8}, {1272, 4},
                  {1276, 4}, {1280, 8}, {3320, 8}};
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
        uint32_t kind = layout->chunks[i].kind;
        if (kind != PROFINST_CHUNK_THREADS && kind != PROFINST_CHUNK_CONTEXTS &&
            kind != PROFINST_CHUNK_DURATIONS)
            continue;
        bool threads = kind == PROFINST_CHUNK_THREADS;
        struct records records = find_records(data, layout, i);
        for (size_t r = 0; kind == PROFINST_CHUNK_DURATIONS && r < records.count; r++)
            move_reference(data + records.at[r] + offsetof(struct profinst_octave, context), at,
                           by);
        if (kind == PROFINST_CHUNK_DURATIONS)
            continue;
        for (size_t r = 0; r < records.count; r++) {
            uint8_t *record = data + records.at[r];
            move_reference(record + (threads ? offsetof(struct profinst_thread, root)
                                             : offsetof(struct profinst_context, parent)),
                           at, by);
            move_reference(record + (threads ? offsetof(struct profinst_thread, folded)
                                             : offsetof(struct profinst_context, target)),
                           at, by);
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

/* What is counted gets the next number: an entry among those of its kind, a thread. */
static void renumber(const uint8_t *data, const struct records *records, uint32_t chunk_kind,
                     uint8_t *record)
{
    if (chunk_kind == PROFINST_CHUNK_THREADS) {
        uint32_t number = (uint32_t)records->count + 1;
        memcpy(record, &number, sizeof number);
        memset(record + offsetof(struct profinst_thread, running), 0, 12); /* and no roots */
    } else if (chunk_kind == PROFINST_CHUNK_NAMES) {
        uint32_t id = 1;
        for (size_t i = 0; i < records->count; i++)
            id += memcmp(data + records->at[i] + offsetof(struct profinst_entry, kind),
                         record + offsetof(struct profinst_entry, kind), sizeof id) == 0;
        memcpy(record + offsetof(struct profinst_entry, id), &id, sizeof id);
    }
}

/* Doubles a record, or takes the last one away, to which the least refers. */
static size_t change_records(uint8_t *data, size_t size, size_t max_size,
                             const struct layout *layout)
{
    if (layout->count == 0)
        return size;
    unsigned i = pick((unsigned)layout->count);
    const struct profinst_chunk *chunk = &layout->chunks[i];
    struct records records = find_records(data, layout, i);
    if (records.count == 0)
        return size;
    bool grow = pick(4) > 0;
    size_t from = grow ? pick((unsigned)records.count) : records.count - 1;
    size_t unit = records.size[from];
    size_t content = layout->at[i] + sizeof *chunk;
    size_t used = records.at[records.count - 1] + records.size[records.count - 1] - content;
    used = grow ? used + unit : used - unit;
    size_t old_end = layout->at[i] + chunk->size;
    size_t new_end = (content + used + PROFINST_REFERENCE_UNIT - 1) / PROFINST_REFERENCE_UNIT *
                     PROFINST_REFERENCE_UNIT;
    if (size - old_end + new_end > max_size || old_end % PROFINST_REFERENCE_UNIT != 0)
        return size;

    uint8_t record[4096];
    if (unit > sizeof record)
        return size;
    memcpy(record, data + records.at[from], unit);
    renumber(data, &records, chunk->kind, record);
    int64_t by = (int64_t)new_end - (int64_t)old_end;
    move_references(data, layout, old_end, by);
    add(data, layout->at[i] + offsetof(struct profinst_chunk, size), by);
    add(data, layout->at[i] + offsetof(struct profinst_chunk, used),
        (int64_t)used - (int64_t)chunk->used);
    add(data, offsetof(struct profinst_header, size), by);
    memmove(data + new_end, data + old_end, size - old_end);
    if (grow)
        memcpy(data + content + used - unit, record, unit);
    memset(data + content + used, 0, new_end - content - used);
    return size - old_end + new_end;
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
