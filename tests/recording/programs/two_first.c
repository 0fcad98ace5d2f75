/* With two_second.c: static functions of the same name in two files. */
#include "common.h"
#include <stdio.h>

long second(int x);

NOINLINE static long helper(int x)
{
    TOUCH();
    return x;
}

int main(void)
{
    long sum = 0;
    for (int i = 0; i < 4; i++)
        sum += helper(i);
    printf("%ld\n", sum + second(3));
    return 0;
}
