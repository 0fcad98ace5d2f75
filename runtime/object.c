#define _GNU_SOURCE
#include "object.h"
#include "file.h"
#include "names.h"
#include "platform.h"
#include "section.h"
#include "system.h"
#include "thread.h"
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

/* A loaded executable or library. Kept for ever: an object that is unloaded and loaded again is the
 * same one, and so are its functions. */
struct object {
    struct object *next;
    uintptr_t start, end; /* in memory, when it was loaded last */
    uint32_t id;          /* 0 until something in it is named */
    char path[];
};

static struct object *objects;

struct search {
    uintptr_t address;
    uintptr_t start, end;
    char path[PATH_MAX];
};

static int holds_address(struct dl_phdr_info *info, size_t size, void *data)
{
    struct search *search = data;
    bool holds = false;
    (void)size;
    search->start = UINTPTR_MAX;
    search->end = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + segment->p_vaddr, end = start + segment->p_memsz;
        if (segment->p_type != PT_LOAD)
            continue;
        holds = holds || search->address - start < segment->p_memsz;
        search->start = start < search->start ? start : search->start;
        search->end = end > search->end ? end : search->end;
    }
    /* The dynamic linker has the name as somebody wrote it, and none for the program. */
    if (holds && info->dlpi_name && *info->dlpi_name &&
        !profinst__system.realpath(info->dlpi_name, search->path))
        snprintf(search->path, sizeof search->path, "%s", info->dlpi_name);
    return holds;
}

/* Something that is not loaded any more was there, and this unit is the first of what is now. */
static bool is_reused(const struct profinst_unit *unit, const struct search *search)
{
    bool found = false;
    for (const struct object *object = objects; object; object = object->next)
        found = found || (search->start < object->end && object->start < search->end);
    return found && unit->hooks->here >= 0;
}

static struct object *object_with_path(const char *path)
{
    for (struct object *object = objects; object; object = object->next)
        if (strcmp(object->path, path) == 0)
            return object;
    size_t length = strlen(path) + 1;
    struct object *object = profinst__memory(sizeof *object + length);
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
    struct search search = {.address = (uintptr_t)unit};
    profinst__system.dl_iterate_phdr(holds_address, &search);
    profinst__lock();
    if (is_reused(unit, &search))
        profinst__threads_forget(search.start, search.end);
    struct object *object =
        object_with_path(*search.path ? search.path : profinst__header->program);
    if (object) {
        object->start = search.start;
        object->end = search.end;
    }
    unit->object = object;
    profinst__unlock();
}

void profinst__object_of(struct profinst_unit *unit)
{
    if (!unit->object)
        find_object(unit);
}

uint32_t profinst__object_id(const struct profinst_unit *unit)
{
    struct object *object = unit->object;
    if (object && !object->id)
        object->id = profinst__name_text(PROFINST_ENTRY_OBJECT, object->path);
    return object ? object->id : 0;
}

const char *profinst__object_path(const struct profinst_unit *unit)
{
    const struct object *object = unit->object;
    return object ? object->path : "";
}
