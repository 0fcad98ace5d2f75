#include "places.h"

#include <stdlib.h>

#include "memory.h"

static int by_id(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

void places_add(struct places *places, int64_t id, size_t at)
{
    places->rows =
        memory_grow(places->rows, &places->capacity, places->count, sizeof *places->rows);
    places->rows[places->count++] = (struct place){id, at};
}

void places_sort(struct places *places)
{
    if (places->count > 1)
        qsort(places->rows, places->count, sizeof *places->rows, by_id);
}

size_t places_find(const struct places *places, int64_t id)
{
    const struct place key = {.id = id};
    const struct place *found =
        places->count ? bsearch(&key, places->rows, places->count, sizeof key, by_id) : NULL;
    return found ? found->at : PLACES_NONE;
}
