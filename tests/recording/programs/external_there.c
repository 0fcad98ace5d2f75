/* Part of the build, not all of it hooked. */
#include "common.h"
#include "external.h"

int hooked_there(int x) // calls: hooked_there 5
{
    TOUCH();
    return x;
}

UNHOOKED int unhooked_there(int x)
{
    TOUCH();
    return x;
}

int alias_there(int x) __attribute__((alias("hooked_there")));

static int chosen(int x) // calls: chosen 4
{
    TOUCH();
    return x;
}

static int (*choose(void))(int)
{
    return chosen;
}

int chosen_there(int x) __attribute__((ifunc("choose")));
