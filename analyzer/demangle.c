#include "load.h"

#include <libiberty/demangle.h>
#include <string.h>

/* A few bytes of linkage name can stand for gigabytes of name, each substitution doubling what came
 * before. What is longer than anybody will read is left as it is. */
enum { LONGEST_NAME = 64 * 1024 };

struct name {
    size_t length;
    int too_long;
    char text[LONGEST_NAME];
};

static void append(const char *part, size_t length, void *opaque)
{
    struct name *name = opaque;
    name->too_long |= length >= sizeof name->text - name->length;
    if (name->too_long)
        return;
    memcpy(name->text + name->length, part, length);
    name->length += length;
}

char *load_demangle(struct pool *pool, const char *linkage_name)
{
    struct name name; /* not initialized as a whole: it is large, and there are many names */
    name.length = 0;
    name.too_long = 0;
    if (!cplus_demangle_v3_callback(linkage_name, DMGL_PARAMS | DMGL_ANSI, append, &name) ||
        name.length == 0 || name.too_long)
        return pool_copy(pool, linkage_name);
    name.text[name.length] = '\0';
    return pool_copy(pool, name.text);
}
