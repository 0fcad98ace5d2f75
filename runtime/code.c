/* A function gets its id with its first call: start-up costs nothing for what is never called, and
 * the profile holds what was. */
#include "code.h"
#include "external.h"
#include "names.h"
#include "object.h"
#include "platform.h"
#include <string.h>

enum { FIRST_ROOM = 64 };

/* By id. Arrays that grow get a new place; the old one stays. */
static struct profinst__code first_codes[FIRST_ROOM], *codes = first_codes;
static uint32_t first_latest[FIRST_ROOM], *latest = first_latest;
static size_t code_room = FIRST_ROOM, latest_room = FIRST_ROOM;
static uint32_t code_count = 1; /* that of roots among them */

/* For the frames of the code that is being named. */
static struct profinst_code_frame *frames;
static size_t frame_room;

/* ---- arrays ------------------------------------------------------------------------------- */

/* An array of `*room` elements, or a longer copy, so that there is room for `count`; `*room` is
 * changed. NULL without memory. */
static void *with_room(void *array, size_t *room, size_t count, size_t element)
{
    if (count <= *room)
        return array;
    size_t larger = 2 * *room > count ? 2 * *room : count;
    void *copy = profinst__memory(larger * element);
    if (copy && *room > 0)
        memcpy(copy, array, *room * element);
    if (copy)
        *room = larger;
    return copy;
}

const struct profinst__code *profinst__code(uint32_t id)
{
    return &codes[id];
}

uint32_t profinst__code_latest(uint32_t function)
{
    return latest[function];
}

/* Room for one code more, of the function. False without memory. */
static bool make_room(uint32_t function)
{
    struct profinst__code *more_codes = with_room(codes, &code_room, code_count + 1, sizeof *codes);
    uint32_t *more_latest = with_room(latest, &latest_room, function + 1u, sizeof *latest);
    codes = more_codes ? more_codes : codes;
    latest = more_latest ? more_latest : latest;
    return more_codes && more_latest;
}

/* ---- functions ---------------------------------------------------------------------------- */

static uint32_t function_id(const struct profinst_function *function, uint32_t flags)
{
    struct profinst__name name = {
        .kind = PROFINST_ENTRY_FUNCTION,
        .content = function->linkage_name,
        .content_size = strlen(function->linkage_name) + 1,
        .flags = flags | (function->name ? PROFINST_FUNCTION_NAMED : 0),
        .shown = function->name,
    };
    if (function->flags & PROFINST_EXTERNAL) {
        name.flags |= PROFINST_FUNCTION_EXTERNAL;
        return profinst__name_id(&name, NULL);
    }
    uint32_t object = profinst__object_id(function->unit);
    uint32_t source =
        *function->file ? profinst__name_text(PROFINST_ENTRY_SOURCE, function->file) : 0;
    if (!object || (*function->file && !source))
        return 0;
    memcpy(name.fields, (uint32_t[]){object, source, function->line}, sizeof name.fields);
    return profinst__name_id(&name, NULL);
}

void profinst__code_switch_off(struct profinst_function *function)
{
    function_id(function, PROFINST_FUNCTION_OFF);
    __atomic_store_n(&function->id, PROFINST__OFF, __ATOMIC_RELAXED);
}

/* ---- code --------------------------------------------------------------------------------- */

/* Fills in `frames`. False if there is no room. */
static bool name_frames(const struct profinst_function *function)
{
    struct profinst_code_frame *more =
        with_room(frames, &frame_room, function->frame_count, sizeof *frames);
    if (!more)
        return function->frame_count == 0;
    frames = more;
    for (uint32_t i = 0; i < function->frame_count; i++) {
        const struct profinst_frame *frame = &function->frames[i];
        bool off = frame->function->id == PROFINST__OFF;
        frames[i] =
            (struct profinst_code_frame){off ? 0 : function_id(frame->function, 0), frame->caller};
        if (!off && !frames[i].function)
            return false;
    }
    return true;
}

static uint32_t name_code(const struct profinst_function *function)
{
    bool added = false, inlined = function->flags & PROFINST_INLINED;
    uint32_t id_of_function = function_id(function, 0);
    if (!id_of_function || !name_frames(function) || !make_room(id_of_function))
        return 0;
    struct profinst__name name = {
        .kind = PROFINST_ENTRY_CODE,
        .fields = {id_of_function, inlined ? PROFINST_CODE_INLINED : 0, function->frame_count},
        .content = frames,
        .content_size = function->frame_count * sizeof *frames,
    };
    uint32_t id = profinst__name_id(&name, &added);
    if (!added)
        return id;
    codes[id] = (struct profinst__code){
        .function = id_of_function,
        .frame_count = function->frame_count,
        .before = inlined ? 0 : latest[id_of_function],
        .inlined = inlined,
    };
    code_count = id + 1;
    if (!inlined)
        latest[id_of_function] = id;
    return id;
}

uint32_t profinst__code_id(struct profinst_function *function)
{
    if (function->id)
        return function->id;
    bool hooked = function->flags & PROFINST_EXTERNAL && profinst__external_is_hooked(function);
    uint32_t id = hooked ? PROFINST__OFF : name_code(function);
    __atomic_store_n(&function->id, id, __ATOMIC_RELAXED);
    return id;
}
