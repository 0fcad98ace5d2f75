#define _GNU_SOURCE
#include "sources.h"
#include "bridge.h"
#include <ctype.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct source_function {
    struct source_place place;
    char name[]; /* plain, see below */
};

static void *functions; /* a tree of tsearch(3) */
static bool known;

/* Copies a linkage name without what the code generator may choose otherwise: the mark \1 with
 * which it tells LLVM to take the name as it is, and the numbers of types without a name, as in
 * 3$_0 for a lambda, which it gives in the order in which it meets them. */
static void write_plain(char *plain, const char *name, size_t length)
{
    const char *end = name + length;
    if (*name == '\1')
        name++;
    while (name < end) {
        if (name[0] != '$' || name + 1 == end || name[1] != '_') {
            *plain++ = *name++;
            continue;
        }
        while (isdigit((unsigned char)plain[-1]))
            plain--;
        *plain++ = '$';
        for (name += 2; name < end && isdigit((unsigned char)*name); name++)
            ;
    }
    *plain = '\0';
}

static int compare(const void *a, const void *b)
{
    const struct source_function *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static struct source_function *make(const char *name, size_t length)
{
    struct source_function *function = calloc(1, sizeof *function + length + 1);
    if (!function)
        abort(); /* as LLVM does */
    write_plain(function->name, name, length);
    return function;
}

/* File names come many times over; each is kept once. */
static const char *keep(const char *file)
{
    static void *files;
    const char **found = tsearch(file, &files, (int (*)(const void *, const void *))strcmp);
    char *copy = found ? *found == file ? strdup(file) : NULL : NULL;
    if (!found || (*found == file && !copy))
        abort();
    if (copy)
        *found = copy;
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
    struct source_function *function = make(linkage_name, strlen(linkage_name));
    function->place = (struct source_place){keep(file), line};
    struct source_function **found = tsearch(function, &functions, compare);
    if (!found)
        abort();
    if (*found == function)
        return;
    /* Lambdas of one type in one function: which is which is not known from the name. */
    if ((*found)->place.line != line)
        (*found)->place.line = 0;
    free(function);
}

bool sources_known(void)
{
    return known;
}

static const struct source_place *find(const char *name, size_t length)
{
    struct source_function *key = make(name, length);
    struct source_function *const *found = tfind(key, &functions, compare);
    free(key);
    return found ? &(*found)->place : NULL;
}

/* Pieces that the compiler cut out of a function, called by nothing but the rest of it. */
static bool is_made_up(const char *suffix)
{
    static const char *const pieces[] = {".cold", ".__await_suspend_wrapper__"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (strncmp(suffix, pieces[i], strlen(pieces[i])) == 0)
            return true;
    return false;
}

const struct source_place *sources_find(const char *linkage_name)
{
    const struct source_place *place = find(linkage_name, strlen(linkage_name));
    if (place)
        return place;
    /* Parts of a coroutine, versions for processors and clones are named after the function, with a
     * suffix. */
    const char *suffix = strchr(linkage_name, '.');
    if (!suffix || is_made_up(suffix))
        return NULL;
    return find(linkage_name, (size_t)(suffix - linkage_name));
}
