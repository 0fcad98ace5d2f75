#include "external.h"
#include "platform.h"
#include "unit.h"

enum { FIRST_SLOTS = 1024 };

/* Hash table of hashes: open addressing, at most half full; 0 is a free slot. */
static uint64_t *slots;
static size_t slot_count, used;

static uint64_t *find(uint64_t hash)
{
    size_t i = hash & (slot_count - 1);
    while (slots[i] && slots[i] != hash)
        i = (i + 1) & (slot_count - 1);
    return &slots[i];
}

static bool make_room(void)
{
    if (2 * (used + 1) <= slot_count)
        return true;
    uint64_t *old = slots;
    size_t old_count = slot_count;
    size_t count = old ? 2 * old_count : FIRST_SLOTS;
    uint64_t *larger = profinst__memory(count * sizeof *larger);
    if (!larger)
        return false;
    slots = larger;
    slot_count = count;
    for (size_t i = 0; i < old_count; i++)
        if (old[i])
            *find(old[i]) = old[i];
    return true;
}

void profinst__external_remember(const struct profinst_unit *unit)
{
    for (uint64_t i = 0; i < unit->function_count && make_room(); i++) {
        const struct profinst_function *function = profinst__unit_function(unit, i);
        uint64_t hash = function->name_hash;
        if (function->flags & (PROFINST_INLINED | PROFINST_EXTERNAL) || !hash || *find(hash))
            continue;
        *find(hash) = hash;
        used++;
    }
}

bool profinst__external_is_hooked(const struct profinst_function *function)
{
    return slot_count > 0 && function->name_hash && *find(function->name_hash);
}
