/* Functions that are known by their names. */
#ifndef PROFINST_ANALYZER_ADVICE_NAMES_H
#define PROFINST_ANALYZER_ADVICE_NAMES_H

#include <stdbool.h>

#include "memory.h"

/* What a function does that is worth asking how often. */
enum deed {
    DEED_NONE,
    DEED_INPUT_OUTPUT,
    DEED_WAIT,
    DEED_LOCK,
    DEED_MEMORY,
    DEED_STATEMENT,
    DEED_ROW,
    DEEDS
};

/* By the whole linkage name. */
enum deed names_deed(const char *linkage_name);

/* Whether it turns data into text or bytes, or back, by the words that its name consists of. */
bool names_is_serialization(struct pool *pool, const char *name);

/* Whether it allocates or frees memory, likewise. */
bool names_is_allocation(struct pool *pool, const char *name);

/* The names, for those who ask how functions are found; as sentences. */
const char *names_of_deeds(struct pool *pool);
const char *names_of_memory(struct pool *pool);
const char *names_of_waiting(struct pool *pool);
const char *names_of_serialization(struct pool *pool);

#endif
