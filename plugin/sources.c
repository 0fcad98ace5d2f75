#define _GNU_SOURCE
#include "sources.h"
#include "bridge.h"
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct source_function {
    struct source_place place;
    char name[];
};

static void *functions; /* a tree of tsearch(3) */
static bool known;

/* The mark with which clang tells LLVM to take a name as it is. */
static const char *without_mark(const char *name)
{
    return *name == '\1' ? name + 1 : name;
}

static int compare(const void *a, const void *b)
{
    const struct source_function *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static struct source_function *make(const char *name, size_t length)
{
    struct source_function *function = calloc(1, sizeof *function + length + 1);
    if (function)
        memcpy(function->name, name, length);
    return function;
}

/* File names come many times over; each is kept once. */
static const char *keep(const char *file)
{
    static void *files;
    const char *const *found = tsearch(file, &files, (int (*)(const void *, const void *))strcmp);
    if (!found)
        return "";
    if (*found == file) {
        char *copy = strdup(file);
        *(const char **)found = copy ? copy : "";
    }
    return *found;
}

void profinst_sources_begin(void)
{
    tdestroy(functions, free);
    functions = NULL;
    known = true;
}

void profinst_sources_add(const char *linkage_name, const char *file, unsigned line)
{
    linkage_name = without_mark(linkage_name);
    struct source_function *function = make(linkage_name, strlen(linkage_name));
    if (!function)
        return;
    function->place = (struct source_place){keep(file), line};
    struct source_function *const *found = tsearch(function, &functions, compare);
    if (!found || *found != function)
        free(function);
}

bool sources_known(void)
{
    return known;
}

static const struct source_place *find(const char *name, size_t length)
{
    struct source_function *key = make(name, length);
    struct source_function *const *found = key ? tfind(key, &functions, compare) : NULL;
    free(key);
    return found ? &(*found)->place : NULL;
}

const struct source_place *sources_find(const char *linkage_name)
{
    linkage_name = without_mark(linkage_name);
    const struct source_place *place = find(linkage_name, strlen(linkage_name));
    if (place)
        return place;
    /* Parts of a coroutine, versions for processors and clones are named after the function, with a
     * suffix. What was split off as cold is not called by anybody but the rest. */
    const char *suffix = strchr(linkage_name, '.');
    if (!suffix || strncmp(suffix, ".cold", 5) == 0)
        return NULL;
    return find(linkage_name, (size_t)(suffix - linkage_name));
}
