/* A function that nobody calls, and that could not be linked. */
#include "common.h"

int nowhere(int x);

NOINLINE int unused(int x)
{
    TOUCH();
    return nowhere(x) + 1;
}

NOINLINE int used(int x) // calls: used 10
{
    TOUCH();
    return x + 1;
}

int main(void) // calls: main 1
{
    int x = 0;
    for (int i = 0; i < 10; i++) // edge: main -> used 10
        x = used(x);
    return x - 10;
}
