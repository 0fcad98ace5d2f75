/* A shared library; -DNAME=... names its one function. */
#include "common.h"

int NAME(int x);

NOINLINE static int helper(int x)
{
    TOUCH();
    return x;
}

int NAME(int x)
{
    int sum = 0;
    for (int i = 0; i < x; i++)
        sum += helper(i);
    TOUCH();
    return sum;
}
