/* Ids go by content, so copies of one inline function in several units, and a library loaded again,
 * are one. */
#include "names.h"
#include "file.h"
#include "platform.h"
#include <string.h>

enum { CHUNK_ROOM = 64 * 1024 - sizeof(struct profinst_chunk), FIRST_SLOTS = 1024 };

/* How all entries begin. */
struct entry {
    uint32_t size, kind, id, fields[3];
};
static_assert(sizeof(struct entry) == offsetof(struct profinst_code, frames), "begins like that");
static_assert(sizeof(struct entry) == offsetof(struct profinst_entry, flags), "begins like that");

static struct profinst__chunk *chunk;

/* Hash table of all entries: open addressing, at most half full. */
static struct entry **slots;
static size_t slot_count, entry_count;
static uint32_t last_id[PROFINST_ENTRY_FILTER + 1];

/* ---- the table ---------------------------------------------------------------------------- */

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t hash(const struct profinst__name *name)
{
    const uint8_t *bytes = name->content;
    uint64_t value = 0xcbf29ce484222325u;
    for (size_t i = 0; i < name->content_size; i++)
        value = (value ^ bytes[i]) * 0x100000001b3u;
    value = (value ^ name->kind) * 0x100000001b3u;
    for (int i = 0; i < 3; i++)
        value = (value ^ name->fields[i]) * 0x100000001b3u;
    return value ^ value >> 32;
}

/* What an entry is known by. */
static struct profinst__name said_by(const struct entry *entry)
{
    struct profinst__name name = {
        .kind = entry->kind,
        .fields = {entry->fields[0], entry->fields[1], entry->fields[2]},
    };
    if (entry->kind == PROFINST_ENTRY_CODE) {
        const struct profinst_code *code = (const void *)entry;
        name.content = code->frames;
        name.content_size = code->frame_count * sizeof code->frames[0];
    } else {
        const struct profinst_entry *named = (const void *)entry;
        name.content = named->text;
        name.content_size = strlen(named->text) + 1;
    }
    return name;
}

static bool same(const struct profinst__name *a, const struct profinst__name *b)
{
    return a->kind == b->kind && memcmp(a->fields, b->fields, sizeof a->fields) == 0 &&
           a->content_size == b->content_size &&
           (a->content_size == 0 || memcmp(a->content, b->content, a->content_size) == 0);
}

/* The slot that holds the entry, or the free one where it belongs. */
static struct entry **find(const struct profinst__name *name)
{
    for (size_t i = hash(name);; i++) {
        struct entry **slot = &slots[i & (slot_count - 1)];
        if (!*slot)
            return slot;
        struct profinst__name said = said_by(*slot);
        if (same(&said, name))
            return slot;
    }
}

static bool make_room(void)
{
    if (2 * (entry_count + 1) <= slot_count)
        return true;
    struct entry **old = slots;
    size_t old_count = slot_count;
    size_t count = old ? 2 * old_count : FIRST_SLOTS;
    struct entry **larger = profinst__memory(count * sizeof *larger);
    if (!larger)
        return false;
    slots = larger;
    slot_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i]) {
            struct profinst__name name = said_by(old[i]);
            *find(&name) = old[i];
        }
    return true;
}

/* ---- the chunks --------------------------------------------------------------------------- */

static void *take(uint64_t size)
{
    void *entry = profinst__file_take(chunk, size);
    if (entry)
        return entry;
    struct profinst__chunk *next =
        profinst__file_append(PROFINST_CHUNK_NAMES, 0, size > CHUNK_ROOM ? size : CHUNK_ROOM, size);
    if (!next)
        return NULL;
    chunk = next;
    return profinst__file_take(chunk, size);
}

static void write_text(struct profinst_entry *entry, const struct profinst__name *name,
                       size_t shown_size)
{
    entry->flags = name->flags;
    memcpy(entry->text, name->content, name->content_size);
    if (name->shown)
        memcpy(entry->text + name->content_size, name->shown, shown_size);
}

/* NULL if there is no room. */
static struct entry *add(const struct profinst__name *name)
{
    bool is_code = name->kind == PROFINST_ENTRY_CODE;
    size_t shown_size = name->shown ? strlen(name->shown) + 1 : 0;
    size_t start = is_code ? sizeof(struct profinst_code) : sizeof(struct profinst_entry);
    uint64_t size = (start + name->content_size + shown_size + 7) & ~(uint64_t)7;
    struct entry *entry = take(size);
    if (!entry)
        return NULL;
    *entry =
        (struct entry){.size = (uint32_t)size, .kind = name->kind, .id = ++last_id[name->kind]};
    memcpy(entry->fields, name->fields, sizeof entry->fields);
    if (!is_code)
        write_text((struct profinst_entry *)entry, name, shown_size);
    else if (name->content_size > 0)
        memcpy(((struct profinst_code *)entry)->frames, name->content, name->content_size);
    profinst__file_publish(chunk, size);
    entry_count++;
    return entry;
}

uint32_t profinst__name_id(const struct profinst__name *name, bool *added)
{
    if (!make_room())
        return 0;
    struct entry **slot = find(name);
    if (*slot) {
        /* Calls before it was switched off have named it. */
        if (name->flags & PROFINST_FUNCTION_OFF)
            ((struct profinst_entry *)*slot)->flags |= PROFINST_FUNCTION_OFF;
        return (*slot)->id;
    }
    *slot = add(name);
    if (*slot && added)
        *added = true;
    return *slot ? (*slot)->id : 0;
}

uint32_t profinst__name_text(enum profinst_entry_kind kind, const char *text)
{
    struct profinst__name name = {.kind = kind, .content = text, .content_size = strlen(text) + 1};
    return profinst__name_id(&name, NULL);
}
