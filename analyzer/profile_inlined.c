/* Contexts of inlined calls. Records and the counts of frames may both speak of the same one, so
 * they are looked up in a hash table. */
#include <stdlib.h>

#include "profile_steps.h"

/* Where the one of this parent and function is, or belongs. */
static uint32_t *find_slot(const struct profile *profile, const struct inlined_contexts *known,
                           profile_index parent, profile_index function)
{
    for (size_t at = memory_hash(parent, function);; at++) {
        uint32_t *slot = &known->slots[at & (known->capacity - 1)];
        if (*slot == 0)
            return slot;
        const struct profile_context *context = &profile->contexts[*slot - 1];
        if (context->parent == parent && context->function == function)
            return slot;
    }
}

static void make_room(const struct profile *profile, struct inlined_contexts *known)
{
    if (2 * known->count < known->capacity)
        return;
    struct inlined_contexts old = *known;
    known->capacity = old.capacity ? 2 * old.capacity : 64;
    known->slots = memory_array(known->capacity, sizeof *known->slots);
    for (size_t i = 0; i < old.capacity; i++) {
        if (old.slots[i] == 0)
            continue;
        const struct profile_context *context = &profile->contexts[old.slots[i] - 1];
        *find_slot(profile, known, context->parent, context->function) = old.slots[i];
    }
    free(old.slots);
}

profile_index profile_inlined_context(struct profile *profile, struct inlined_contexts *known,
                                      profile_index parent, profile_index function)
{
    make_room(profile, known);
    uint32_t *slot = find_slot(profile, known, parent, function);
    if (*slot)
        return *slot - 1;
    profile_index made = profile_new_context(profile);
    const struct profile_context *caller = &profile->contexts[parent];
    profile->contexts[made] = (struct profile_context){
        .thread = caller->thread,
        .function = function,
        .parent = parent,
        .host = caller->host == PROFILE_NONE ? parent : caller->host,
        .depth = caller->depth + 1,
    };
    known->count++;
    *slot = made + 1;
    return made;
}
