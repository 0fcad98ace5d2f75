/* Which name somebody may have meant who wrote another. */
#ifndef PROFINST_ANALYZER_NEAREST_H
#define PROFINST_ANALYZER_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes must be put in, taken out, changed or swapped with their neighbour to make one of
 * the other. Only the first 64 bytes of each are looked at. */
size_t nearest_distance(const char *a, const char *b);

/* Is the distance small enough, for a name of this length, to be a slip of the pen? */
bool nearest_is_slip(const char *written, const char *meant);

/* The nearest of these, which end in NULL; NULL if none is near enough. */
const char *nearest_of(const char *written, const char *const *names);

#endif
