/* Numbers by address. */
#ifndef PROFINST_POINTERS_H
#define PROFINST_POINTERS_H

#include <stddef.h>
#include <stdint.h>

struct pointers {
    struct pointers_entry *entries;
    size_t count, room; /* room: a power of two */
};

/* The number of an address, 0 at first; good until the next address is asked for. */
uint64_t *pointers_at(struct pointers *pointers, const void *address);

/* Forgets all addresses, and keeps the room. */
void pointers_clear(struct pointers *pointers);

void pointers_free(struct pointers *pointers);

#endif
