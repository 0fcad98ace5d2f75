#include "nearest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: the edit distance with swaps, of which only three rows are needed. */
size_t nearest_distance(const char *a, const char *b)
{
    size_t a_length = strnlen(a, LONGEST), b_length = strnlen(b, LONGEST);
    size_t rows[3][LONGEST + 1];
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *here = rows[i % 3], *above = rows[(i - 1) % 3], *two_above = rows[(i + 1) % 3];
        here[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            here[j] =
                least(least(above[j], here[j - 1]) + 1, above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                here[j] = least(here[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

bool nearest_is_slip(const char *written, const char *meant)
{
    size_t allowed = strnlen(written, LONGEST) / 3;
    return nearest_distance(written, meant) <= (allowed > 1 ? allowed : 1);
}

const char *nearest_of(const char *written, const char *const *names)
{
    const char *nearest = NULL;
    size_t least_distance = SIZE_MAX;
    for (size_t i = 0; names[i]; i++) {
        size_t distance = nearest_distance(written, names[i]);
        if (distance >= least_distance || !nearest_is_slip(written, names[i]))
            continue;
        nearest = names[i];
        least_distance = distance;
    }
    return nearest;
}
