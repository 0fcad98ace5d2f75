/* Linked with library.c as `one` and as `two`; has a static function of the name that theirs have. */
#include "common.h"
#include <stdio.h>

int one(int x);
int two(int x);

NOINLINE static int helper(int x)
{
    TOUCH();
    return x;
}

int main(void)
{
    int sum = helper(1);
    for (int i = 0; i < 3; i++)
        sum += one(i + 1);
    for (int i = 0; i < 2; i++)
        sum += two(10);
    printf("%d\n", sum);
    return 0;
}
