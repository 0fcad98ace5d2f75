/* 100,000 frames deep, directly and through each other. */
#include "common.h"
#include <stdio.h>

NOINLINE static long direct(long n) // calls: direct 100001
{
    long below = n > 0 ? direct(n - 1) : 0;
    TOUCH();
    return below + 1;
}

NOINLINE static long second(long n);

NOINLINE static long first(long n) // calls: first 50001
{
    long below = n > 0 ? second(n - 1) : 0;
    TOUCH();
    return below + 1;
}

NOINLINE static long second(long n) // calls: second 50000
{
    long below = n > 0 ? first(n - 1) : 0;
    TOUCH();
    return below + 1;
}

NOINLINE static long tree(int depth) // calls: tree 65535
{
    long sum = 1;
    if (depth > 1)
        sum += tree(depth - 1) + tree(depth - 1);
    TOUCH();
    return sum;
}

int main(void) // calls: main 1
{
    printf("%ld %ld %ld\n", direct(100000), first(100000), tree(16));
    return 0;
}

// edge: main -> direct 1
// edge: direct -> direct 100000
// edge: main -> first 1
// edge: first -> second 50000
// edge: second -> first 50000
// edge: main -> tree 1
// edge: tree -> tree 65534
