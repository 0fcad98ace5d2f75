/* A row of numbers as a row of bars, each one column wide. */
#ifndef PROFINST_ANALYZER_SPARKLINE_H
#define PROFINST_ANALYZER_SPARKLINE_H

#include <stddef.h>

#include "memory.h"

/* Bars of eight heights: from the least value, or three quarters of the greatest if that is less,
 * so that noise stays flat, to the greatest. A NAN is a point. Values that are more than `width`
 * columns share them, as means. In the pool. */
char *sparkline_draw(struct pool *pool, const double *values, size_t count, size_t width);

#endif
