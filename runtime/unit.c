#include "unit.h"
#include "code.h"
#include "external.h"
#include "file.h"
#include "filter.h"
#include "names.h"
#include "object.h"
#include "ranges.h"
#include "section.h"
#include <string.h>

enum { CHUNK_ROOM = 64 * 1024 - sizeof(struct profinst_chunk) };

static struct profinst__chunk *selections;

static void filter(struct profinst_unit *unit)
{
    for (uint64_t i = 0; i < unit->function_count; i++) {
        struct profinst_function *function = profinst__unit_function(unit, i);
        if (!profinst__filter_excludes(function))
            continue;
        profinst__lock();
        profinst__code_switch_off(function);
        profinst__unlock();
    }
}

/* The id of the unit if it has not been seen before; 0 otherwise, or if there is no room. */
static uint32_t name_unit(const struct profinst_unit *unit)
{
    bool added = false;
    struct profinst__name name = {
        .kind = PROFINST_ENTRY_UNIT,
        .fields = {profinst__object_id(unit), 0, unit->selection_digest},
        .content = unit->source,
        .content_size = strlen(unit->source) + 1,
    };
    uint32_t id = name.fields[0] ? profinst__name_id(&name, &added) : 0;
    return added ? id : 0;
}

static void *take(uint64_t size)
{
    void *room = profinst__file_take(selections, size);
    if (room)
        return room;
    struct profinst__chunk *next = profinst__file_append(
        PROFINST_CHUNK_SELECTIONS, 0, size > CHUNK_ROOM ? size : CHUNK_ROOM, size);
    if (!next)
        return NULL;
    selections = next;
    return profinst__file_take(selections, size);
}

static void keep_selection(const struct profinst_unit *unit)
{
    uint64_t size = (sizeof(struct profinst_selection) + unit->selection_size + 7) & ~(uint64_t)7;
    struct profinst_selection *selection = take(size);
    uint32_t id = selection ? name_unit(unit) : 0;
    if (!id)
        return;
    *selection = (struct profinst_selection){
        .size = (uint32_t)size,
        .unit = id,
        .packed_size = unit->selection_size,
        .unpacked_size = unit->selection_unpacked,
    };
    memcpy(selection->packed, unit->selection, unit->selection_size);
    profinst__file_publish(selections, size);
}

void profinst__unit_attach(struct profinst_unit *unit)
{
    profinst__object_of(unit);
    if (profinst__header->sample_ns > 0)
        profinst__ranges_learn(unit);
    if (profinst__filter_is_set())
        filter(unit);
    profinst__lock();
    if (unit->flags & PROFINST_UNIT_EXTERNAL)
        profinst__external_remember(unit);
    if (unit->selection)
        keep_selection(unit);
    profinst__unlock();
}
