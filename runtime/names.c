/* A function gets its id with its first call: start-up costs nothing for what is never called, and
 * the profile holds what was. Ids go by content (object, source, line, linkage name), so copies of
 * one inline function in several units, and a library loaded again, are one function. */
#define _GNU_SOURCE
#include "names.h"
#include "file.h"
#include "platform.h"
#include "section.h"
#include "system.h"
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_ROOM = 64 * 1024 - sizeof(struct profinst_chunk), FIRST_SLOTS = 1024 };

struct profinst__object {
    struct profinst__object *next;
    uint32_t id; /* 0 until one of its functions is called */
    char path[];
};

static struct profinst__object *objects;

static struct profinst__chunk *chunk;

/* Hash table of all entries: open addressing, at most half full. */
static struct profinst_entry **slots;
static size_t slot_count, entry_count;
static uint32_t last_id[PROFINST_ENTRY_FUNCTION + 1];

/* ---- objects ------------------------------------------------------------------------------ */

struct search {
    uintptr_t address;
    char path[PATH_MAX];
};

static int holds_address(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || search->address - start >= segment->p_memsz)
            continue;
        /* The dynamic linker has the name as somebody wrote it, and none for the program. */
        if (info->dlpi_name && *info->dlpi_name &&
            !profinst__system.realpath(info->dlpi_name, search->path))
            snprintf(search->path, sizeof search->path, "%s", info->dlpi_name);
        return 1;
    }
    return 0;
}

static struct profinst__object *object_with_path(const char *path)
{
    for (struct profinst__object *object = objects; object; object = object->next)
        if (strcmp(object->path, path) == 0)
            return object;
    size_t length = strlen(path) + 1;
    struct profinst__object *object = profinst__memory(sizeof *object + length);
    if (!object)
        return NULL;
    memcpy(object->path, path, length);
    object->next = objects;
    return objects = object;
}

/* A function of its own: the path is large, and handlers that call from new places may have a small
 * stack. */
static __attribute__((noinline)) void find_object(struct profinst_unit *unit)
{
    struct search search = {(uintptr_t)unit, ""};
    profinst__system.dl_iterate_phdr(holds_address, &search);
    profinst__lock();
    unit->object = object_with_path(*search.path ? search.path : profinst__header->program);
    profinst__unlock();
}

void profinst__object_of(struct profinst_unit *unit)
{
    if (!unit->object)
        find_object(unit);
}

/* ---- entries ------------------------------------------------------------------------------ */

static uint64_t hash(const struct profinst_entry *key, const char *text)
{
    /* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
    uint64_t value = 0xcbf29ce484222325u;
    for (const char *p = text; *p; p++)
        value = (value ^ (uint8_t)*p) * 0x100000001b3u;
    value = (value ^ key->kind) * 0x100000001b3u;
    value = (value ^ key->object) * 0x100000001b3u;
    value = (value ^ key->source) * 0x100000001b3u;
    value = (value ^ key->line) * 0x100000001b3u;
    return value ^ value >> 32;
}

static bool same(const struct profinst_entry *entry, const struct profinst_entry *key,
                 const char *text)
{
    return entry->kind == key->kind && entry->object == key->object &&
           entry->source == key->source && entry->line == key->line &&
           strcmp(entry->text, text) == 0;
}

/* The slot that holds the entry, or the free one where it belongs. */
static struct profinst_entry **find(const struct profinst_entry *key, const char *text)
{
    size_t i = hash(key, text) & (slot_count - 1);
    while (slots[i] && !same(slots[i], key, text))
        i = (i + 1) & (slot_count - 1);
    return &slots[i];
}

static bool make_room(void)
{
    if (2 * (entry_count + 1) <= slot_count)
        return true;
    struct profinst_entry **old = slots;
    size_t old_count = slot_count;
    size_t count = old ? 2 * old_count : FIRST_SLOTS;
    struct profinst_entry **larger = profinst__memory(count * sizeof *larger);
    if (!larger)
        return false;
    slots = larger;
    slot_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i])
            *find(old[i], old[i]->text) = old[i];
    return true;
}

/* The id of the entry like `key` with this text, which is added if there is none; 0 on failure. */
static uint32_t id_of(const struct profinst_entry *key, const char *text)
{
    if (!make_room())
        return 0;
    struct profinst_entry **slot = find(key, text);
    if (*slot)
        return (*slot)->id;
    size_t length = strlen(text) + 1;
    uint64_t size = (sizeof *key + length + 7) & ~(uint64_t)7;
    struct profinst_entry *entry = profinst__file_take(chunk, size);
    if (!entry) {
        struct profinst__chunk *next = profinst__file_append(
            PROFINST_CHUNK_NAMES, 0, size > CHUNK_ROOM ? size : CHUNK_ROOM, size);
        if (!next)
            return 0;
        chunk = next;
        entry = profinst__file_take(chunk, size);
    }
    *entry = *key;
    entry->size = (uint32_t)size;
    entry->id = ++last_id[key->kind];
    memcpy(entry->text, text, length);
    profinst__file_publish(chunk, size);
    *slot = entry;
    entry_count++;
    return entry->id;
}

uint32_t profinst__name_function(struct profinst_function *function)
{
    struct profinst__object *object = function->unit->object;
    struct profinst_entry key = {.kind = PROFINST_ENTRY_OBJECT};
    if (!object)
        return 0;
    if (!object->id)
        object->id = id_of(&key, object->path);
    key.kind = PROFINST_ENTRY_SOURCE;
    uint32_t source = *function->file ? id_of(&key, function->file) : 0;
    if (!object->id || (*function->file && !source))
        return 0;
    key = (struct profinst_entry){.kind = PROFINST_ENTRY_FUNCTION,
                                  .object = object->id,
                                  .source = source,
                                  .line = function->line};
    uint32_t id = id_of(&key, function->linkage_name);
    __atomic_store_n(&function->id, id, __ATOMIC_RELAXED);
    return id;
}
