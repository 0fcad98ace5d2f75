#include "pointers.h"
#include "hash.h"
#include <stdlib.h>
#include <string.h>

struct pointers_entry {
    const void *address; /* NULL: free */
    uint64_t number;
};

enum { FIRST_ROOM = 256 };

static struct pointers_entry *find(const struct pointers *pointers, const void *address)
{
    /* Only of the middle do all bits of the address have a say. */
    size_t i = (size_t)(mix(1, (uintptr_t)address) >> 32) & (pointers->room - 1);
    while (pointers->entries[i].address && pointers->entries[i].address != address)
        i = (i + 1) & (pointers->room - 1);
    return &pointers->entries[i];
}

static void grow(struct pointers *pointers)
{
    struct pointers larger = {.room = pointers->room ? 2 * pointers->room : FIRST_ROOM};
    larger.entries = calloc(larger.room, sizeof *larger.entries);
    if (!larger.entries)
        abort(); /* as LLVM does without memory */
    for (size_t i = 0; i < pointers->room; i++)
        if (pointers->entries[i].address)
            *find(&larger, pointers->entries[i].address) = pointers->entries[i];
    larger.count = pointers->count;
    free(pointers->entries);
    *pointers = larger;
}

uint64_t *pointers_at(struct pointers *pointers, const void *address)
{
    if (2 * pointers->count >= pointers->room)
        grow(pointers);
    struct pointers_entry *entry = find(pointers, address);
    if (!entry->address) {
        *entry = (struct pointers_entry){.address = address};
        pointers->count++;
    }
    return &entry->number;
}

void pointers_clear(struct pointers *pointers)
{
    /* After a large function the room is not cleared for every small one. */
    if (pointers->room > FIRST_ROOM && pointers->count < pointers->room / 16)
        pointers_free(pointers);
    else if (pointers->count > 0)
        memset(pointers->entries, 0, pointers->room * sizeof *pointers->entries);
    pointers->count = 0;
}

void pointers_free(struct pointers *pointers)
{
    free(pointers->entries);
    *pointers = (struct pointers){0};
}
