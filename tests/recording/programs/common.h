/* What keeps the optimizer from folding a function that a test counts. */
#ifndef COMMON_H
#define COMMON_H

#define NOINLINE __attribute__((noinline))
#define UNHOOKED __attribute__((no_instrument_function))

/* Written and read in every counted function: no call of it can be merged, moved or dropped, and none
 * before it in a function can be a tail call. */
static volatile long touched;
#define TOUCH() (touched = touched + 1)

#endif
