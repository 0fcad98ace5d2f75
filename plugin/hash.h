/* A hash of words and bytes, one after another; begin with any number but 0. */
#ifndef PROFINST_HASH_H
#define PROFINST_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

static inline uint64_t mix_bytes(uint64_t hash, const void *bytes, size_t size)
{
    const char *at = bytes;
    hash = mix(hash, size);
    for (uint64_t word; size >= sizeof word; size -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = mix(hash, word);
    }
    uint64_t rest = 0;
    memcpy(&rest, at, size);
    return mix(hash, rest);
}

#endif
