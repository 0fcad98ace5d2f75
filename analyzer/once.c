#define _GNU_SOURCE
#include "once.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

void once_begin(struct once *once, const char *between)
{
    *once = (struct once){.between = between};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

void once_add(struct once *once, const char *text)
{
    if (tfind(text, &once->known, by_text))
        return;
    const char *copy = pool_copy(&once->pool, text);
    if (!tsearch(copy, &once->known, by_text))
        out_of_memory();
    once->length += strlen(copy) + (once->count > 0 ? strlen(once->between) : 0);
    once->texts = memory_grow(once->texts, &once->capacity, once->count, sizeof *once->texts);
    once->texts[once->count++] = copy;
}

static void keep(void *text)
{
    (void)text; /* it is the pool's */
}

const char *once_end(struct once *once, struct pool *pool)
{
    char *result = once->count > 0 ? pool_take(pool, once->length + 1) : NULL, *end = result;
    for (size_t i = 0; i < once->count; i++)
        end = stpcpy(i ? stpcpy(end, once->between) : end, once->texts[i]);
    tdestroy(once->known, keep);
    free(once->texts);
    pool_free(&once->pool);
    return result;
}
