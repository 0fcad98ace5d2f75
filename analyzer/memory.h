/* Memory of a short-lived command. Nothing here returns NULL: a command that is out of memory says
 * so and exits with STATUS_INTERNAL. */
#ifndef PROFINST_ANALYZER_MEMORY_H
#define PROFINST_ANALYZER_MEMORY_H

#include <stddef.h>
#include <stdint.h>

void *memory_take(size_t size);

/* Room for one more element behind `count` of them; returns the array, which may have moved. */
void *memory_grow(void *array, size_t *capacity, size_t count, size_t element_size);

/* Zeroed room for `count` elements; the caller frees it. */
void *memory_array(size_t count, size_t element_size);

/* A pool owns many small strings that live equally long. Zero it to begin; its strings are valid
 * until pool_free, which leaves it empty and usable. */
struct pool {
    struct pool_block *blocks;
};

char *pool_take(struct pool *pool, size_t size);
char *pool_copy(struct pool *pool, const char *text);
char *pool_format(struct pool *pool, const char *format, ...) __attribute__((format(printf, 2, 3)));
void pool_free(struct pool *pool);

/* Spreads pairs of numbers, also those in regular order, over the places of a hash table. */
static inline uint64_t memory_hash(uint64_t a, uint64_t b)
{
    uint64_t hash = a * UINT64_C(0x9E3779B97F4A7C15) + b;
    hash = (hash ^ hash >> 32) * UINT64_C(0xD6E8FEB86659FD93);
    return hash ^ hash >> 32;
}

#endif
