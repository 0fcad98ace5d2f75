/* Where in an array things are, by their ids in the database. */
#ifndef PROFINST_ANALYZER_PLACES_H
#define PROFINST_ANALYZER_PLACES_H

#include <stddef.h>
#include <stdint.h>

struct place {
    int64_t id;
    size_t at;
};

/* Zero it to begin; `rows` is to be freed. */
struct places {
    struct place *rows;
    size_t count, capacity;
};

void places_add(struct places *places, int64_t id, size_t at);

/* To be called once all are there, unless they came in the order of their ids. */
void places_sort(struct places *places);

/* PLACES_NONE: there is none. */
#define PLACES_NONE SIZE_MAX
size_t places_find(const struct places *places, int64_t id);

#endif
