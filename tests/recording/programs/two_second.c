#include "common.h"

long second(int x);

NOINLINE static long helper(int x)
{
    TOUCH();
    return x;
}

long second(int x)
{
    long sum = 0;
    for (int i = 0; i < x * 3; i++)
        sum += helper(i);
    TOUCH();
    return sum;
}
