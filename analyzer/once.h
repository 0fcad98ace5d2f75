/* Texts in the order in which they come, each once, as one text. */
#ifndef PROFINST_ANALYZER_ONCE_H
#define PROFINST_ANALYZER_ONCE_H

#include <stddef.h>

#include "memory.h"

struct once {
    size_t length; /* bytes so far */
    /* The rest is its own. */
    const char *between;
    struct pool pool;
    void *known;
    const char **texts;
    size_t count, capacity;
};

/* `between`: what stands between two; borrowed. Each begin ends in one end. */
void once_begin(struct once *once, const char *between);
void once_add(struct once *once, const char *text);

/* All of them, in the pool; NULL: there was none. */
const char *once_end(struct once *once, struct pool *pool);

#endif
