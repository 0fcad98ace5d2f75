/* Arguments in all registers that there are for them. Prints their sum. */
#include "common.h"
#include <stdio.h>

NOINLINE static long leaf(long a, long b, long c, long d, long e, long f) // calls: leaf 2000
{
    TOUCH();
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

NOINLINE static long caller(long a, long b, long c, long d, long e, long f) // calls: caller 1000
{
    TOUCH();
    return a ^ leaf(b, c, d, e, f, a);
}

int main(void) // calls: main 1
{
    long sum = 0;
    // edge: main -> leaf 1000, edge: main -> caller 1000, edge: caller -> leaf 1000
    for (long i = 0; i < 1000; i++)
        sum += leaf(i, i + 1, i + 2, i + 3, i + 4, i + 5) +
               caller(i, i + 1, i + 2, i + 3, i + 4, i + 5);
    printf("%ld\n", sum);
    return 0;
}
