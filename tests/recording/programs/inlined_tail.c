/* Tail calls out of what is inlined into functions without hooks: on a stack that would not hold the
 * callers. */
#include "common.h"
#include <stdio.h>

UNHOOKED NOINLINE long odd(long n);

static inline long less(long n) // calls: less 1000000
{
    return odd(n - 1);
}

UNHOOKED NOINLINE long even(long n)
{
    return n == 0 ? 1 : less(n);
}

UNHOOKED NOINLINE long odd(long n)
{
    return n == 0 ? 0 : even(n - 1);
}

int main(void) // calls: main 1
{
    printf("%ld\n", even(2000000));
    return 0;
}
