#include "load.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

/* A few bytes of linkage name can stand for gigabytes of name, each substitution doubling what came
 * before. What is longer than anybody will read is left as it is. */
enum { LONGEST_NAME = 16 * 1024, LEAST_LIMIT = 1024, LONGER_BY = 16 };

struct name {
    size_t length, limit;
    jmp_buf too_long;
    char text[LONGEST_NAME];
};

/* The demangler would go on until it has said everything, which may be never. It owns no memory, so
 * it can be left from here. */
static void append(const char *part, size_t length, void *opaque)
{
    struct name *name = opaque;
    if (length >= name->limit - name->length)
        longjmp(name->too_long, 1);
    memcpy(name->text + name->length, part, length);
    name->length += length;
}

static bool demangle(struct name *name, const char *linkage_name)
{
    size_t limit = LEAST_LIMIT + LONGER_BY * strlen(linkage_name);
    name->limit = limit < LONGEST_NAME ? limit : LONGEST_NAME;
    name->length = 0;
    return setjmp(name->too_long) == 0 &&
           cplus_demangle_v3_callback(linkage_name, DMGL_PARAMS | DMGL_ANSI, append, name) &&
           name->length > 0;
}

char *load_demangle(struct pool *pool, const char *linkage_name)
{
    struct name name; /* not initialized as a whole: it is large, and there are many names */
    if (!demangle(&name, linkage_name))
        return pool_copy(pool, linkage_name);
    name.text[name.length] = '\0';
    return pool_copy(pool, name.text);
}
