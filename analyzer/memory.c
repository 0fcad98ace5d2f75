#include "memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

void *memory_take(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory)
        out_of_memory();
    return memory;
}

void *memory_array(size_t count, size_t element_size)
{
    void *memory = calloc(count ? count : 1, element_size);
    if (!memory)
        out_of_memory();
    return memory;
}

void *memory_grow(void *array, size_t *capacity, size_t count, size_t element_size)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity ? *capacity * 2 : 16;
    void *grown = reallocarray(array, wanted, element_size);
    if (!grown)
        out_of_memory();
    *capacity = wanted;
    return grown;
}

struct pool_block {
    struct pool_block *next;
    size_t size;
    size_t used;
    char bytes[];
};

enum { POOL_BLOCK_SIZE = 64 * 1024 };

char *pool_take(struct pool *pool, size_t size)
{
    struct pool_block *block = pool->blocks;
    if (!block || block->size - block->used < size) {
        size_t room = size > POOL_BLOCK_SIZE ? size : POOL_BLOCK_SIZE;
        block = memory_take(sizeof *block + room);
        block->size = room;
        block->used = 0;
        block->next = pool->blocks;
        pool->blocks = block;
    }
    char *memory = block->bytes + block->used;
    block->used += size;
    return memory;
}

char *pool_copy(struct pool *pool, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(pool_take(pool, size), text, size);
}

char *pool_format(struct pool *pool, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        out_of_memory();
    size_t size = (size_t)length + 1;
    char *text = pool_take(pool, size);
    va_start(arguments, format);
    vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return text;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks) {
        struct pool_block *next = pool->blocks->next;
        free(pool->blocks);
        pool->blocks = next;
    }
}
