/* walk() goes every way through twelve levels of two functions each, to leaf: left_k and right_k are called
 * 2^(12-k) times each, leaf 4,096 times, each from a place of its own: 12,286 contexts. */
#ifndef PLACES_H
#define PLACES_H

#include "common.h"

/* What leaf does. */
#ifndef LEAF
#define LEAF() __asm__ volatile("")
#endif

NOINLINE static void leaf(void)
{
    LEAF();
}

#define LEVEL(n, left_below, right_below)                                                            \
    NOINLINE static void left_##n(void)                                                              \
    {                                                                                                \
        left_below();                                                                                \
        right_below();                                                                               \
        __asm__ volatile("");                                                                        \
    }                                                                                                \
    NOINLINE static void right_##n(void)                                                             \
    {                                                                                                \
        right_below();                                                                               \
        left_below();                                                                                \
        __asm__ volatile("" : : "r"(0));                                                             \
    }
UNHOOKED static inline void nothing(void)
{
}
LEVEL(1, leaf, nothing)
LEVEL(2, left_1, right_1)
LEVEL(3, left_2, right_2)
LEVEL(4, left_3, right_3)
LEVEL(5, left_4, right_4)
LEVEL(6, left_5, right_5)
LEVEL(7, left_6, right_6)
LEVEL(8, left_7, right_7)
LEVEL(9, left_8, right_8)
LEVEL(10, left_9, right_9)
LEVEL(11, left_10, right_10)
LEVEL(12, left_11, right_11)

UNHOOKED static void walk(void)
{
    left_12();
    right_12();
}

#endif
