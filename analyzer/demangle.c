#include "load.h"

#include <ctype.h>
#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdbool.h>
#include <string.h>

/* A few bytes of linkage name can stand for gigabytes of name, each substitution doubling what came
 * before. What is longer than anybody will read is left as it is. */
enum { LONGEST_NAME = 16 * 1024, LEAST_LIMIT = 1024, LONGER_BY = 16, MOST_DOUBLED = 8 };

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

/* In the type that a conversion operator (cv) converts to, the demangler reads what stands behind a
 * template parameter (T_I, T0_I, ...) twice, and so on inside of it: each one doubles its time. */
static bool takes_long(const char *linkage_name)
{
    int doubled = 0;
    for (const char *at = linkage_name; (at = strstr(at, "_I")); at++) {
        const char *number = at;
        while (number > linkage_name && number[-1] != 'T' &&
               (isdigit((unsigned char)number[-1]) || isupper((unsigned char)number[-1])))
            number--;
        doubled += number > linkage_name && number[-1] == 'T';
    }
    return doubled > MOST_DOUBLED && strstr(linkage_name, "cv");
}

static bool demangle(struct name *name, const char *linkage_name)
{
    size_t limit = LEAST_LIMIT + LONGER_BY * strlen(linkage_name);
    name->limit = limit < LONGEST_NAME ? limit : LONGEST_NAME;
    name->length = 0;
    return !takes_long(linkage_name) && setjmp(name->too_long) == 0 &&
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
