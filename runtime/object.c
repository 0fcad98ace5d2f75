#define _GNU_SOURCE
#include "object.h"
#include "file.h"
#include "names.h"
#include "platform.h"
#include "section.h"
#include "system.h"
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <string.h>

/* A loaded executable or library. Kept for ever: an object that is unloaded and loaded again is the
 * same one, and so are its functions. */
struct object {
    struct object *next;
    uint32_t id; /* 0 until something in it is named */
    char path[];
};

static struct object *objects;

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

uint32_t profinst__object_id(const struct profinst_unit *unit)
{
    struct object *object = unit->object;
    if (object && !object->id)
        object->id = profinst__name_text(PROFINST_ENTRY_OBJECT, object->path);
    return object ? object->id : 0;
}
