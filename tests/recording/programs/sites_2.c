/* Another unit of sites.c. */
#include "common.h"
#include "sites.h"

NOINLINE static int helper(void)
{
    TOUCH();
    return 2;
}

NOINLINE void elsewhere(void)
{
    helper(); // site: elsewhere -> helper direct 1/1 exact
    in_header(1); // site: elsewhere -> in_header direct 1/1 exact
    TOUCH();
}

void elsewhere_itself(void)
{
    TOUCH();
}

void elsewhere_by_another_name(void) __attribute__((alias("elsewhere_itself")));
