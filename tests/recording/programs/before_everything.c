/* Calls that come before the first constructor of the object: out of a function that the dynamic linker
 * calls first, out of constructors of a library (before_everything_library.c), out of the resolver of an
 * ifunc while the linker is at work, and out of a constructor of the highest priority. */
#include "common.h"
#include <stdio.h>

int called_back(int x);
int from_resolver(int x);

NOINLINE static int leaf(int x) // calls: leaf 23
{
    TOUCH();
    return x;
}

NOINLINE int called_back(int x) // calls: called_back 5
{
    leaf(x);
    TOUCH();
    return x;
}

NOINLINE static int while_linking(int x) // calls: while_linking 1
{
    TOUCH();
    return x;
}

NOINLINE static int implementation(int x) // calls: implementation 2
{
    TOUCH();
    return x;
}

static int (*resolve(void))(int)
{
    volatile int one = 1;
    return while_linking(one) ? implementation : NULL;
}

int from_resolver(int x) __attribute__((ifunc("resolve")));

static void at_the_very_first(void) // calls: at_the_very_first 1
{
    for (int i = 0; i < 10; i++)
        leaf(i);
    TOUCH();
}

__attribute__((section(".preinit_array"), used)) static void (*const very_first)(void) =
    at_the_very_first;

__attribute__((constructor(0))) static void first(void) // calls: first 1
{
    leaf(1);
    TOUCH();
}

int main(void) // calls: main 1
{
    for (int i = 0; i < 7; i++)
        leaf(i);
    from_resolver(from_resolver(1));
    printf("touched %ld\n", touched);
    return 0;
}
