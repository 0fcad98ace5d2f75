#define _GNU_SOURCE
#include "sparkline.h"

#include <math.h>
#include <string.h>

static const char *const bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
static const char gap[] = "·";

enum { HEIGHTS = sizeof bars / sizeof *bars, BYTES = 4 };

/* Of those that are known. */
static double mean_of(const double *values, size_t begin, size_t end)
{
    double sum = 0, known = 0;
    for (size_t i = begin; i < end; i++) {
        if (isfinite(values[i])) {
            sum += values[i];
            known++;
        }
    }
    return known > 0 ? sum / known : NAN;
}

char *sparkline_draw(struct pool *pool, const double *values, size_t count, size_t width)
{
    size_t columns = count < width ? count : width;
    double least = INFINITY, greatest = -INFINITY;
    for (size_t i = 0; i < columns; i++) {
        double value = mean_of(values, i * count / columns, (i + 1) * count / columns);
        least = fmin(least, value);
        greatest = fmax(greatest, value);
    }
    least = fmin(least, 0.75 * greatest);
    char *line = pool_take(pool, columns * BYTES + 1), *end = line;
    *end = '\0';
    for (size_t i = 0; i < columns; i++) {
        double value = mean_of(values, i * count / columns, (i + 1) * count / columns);
        double share = greatest > least ? (value - least) / (greatest - least) : 0;
        end = stpcpy(end, isnan(value) ? gap : bars[(size_t)(share * (HEIGHTS - 1) + 0.5)]);
    }
    return line;
}
