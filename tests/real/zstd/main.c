/* Compresses and decompresses text that is the same in every run, at levels that use each of zstd's
 * strategies: main [KILOBYTES]. Prints sizes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/* Words of a vocabulary in which low numbers are frequent, as in a language. */
static void make_text(char *text, size_t size)
{
    unsigned state = 1;
    size_t at = 0;
    while (at < size) {
        state = state * 1664525 + 1013904223;
        unsigned word = (state >> 8) % 4096;
        word = word * word / 4096 * (word % 7) / 7;
        char spelled[32];
        int length = snprintf(spelled, sizeof spelled, "%x%s%c", word * 2654435761u,
                              word % 3 ? "ing" : "", word % 11 ? ' ' : '\n');
        size_t fits = (size_t)length < size - at ? (size_t)length : size - at;
        memcpy(text + at, spelled, fits);
        at += fits;
    }
}

static void *must(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

int main(int count, char **arguments)
{
    static const int levels[] = {-5, 1, 3, 5, 7, 12, 16, 19};
    size_t size = (count > 1 ? strtoul(arguments[1], NULL, 10) : 64) * 1024;
    size_t bound = ZSTD_compressBound(size);
    char *text = must(malloc(size)), *packed = must(malloc(bound)), *again = must(malloc(size));
    make_text(text, size);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        size_t length = ZSTD_compress(packed, bound, text, size, levels[i]);
        size_t unpacked = ZSTD_decompress(again, size, packed, length);
        if (unpacked != size || memcmp(text, again, size) != 0) {
            fprintf(stderr, "level %d does not give back what went in\n", levels[i]);
            return 1;
        }
        printf("%d: %zu\n", levels[i], length);
    }
    free(again);
    free(packed);
    free(text);
    return 0;
}
