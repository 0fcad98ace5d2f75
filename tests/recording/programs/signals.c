/* A timer interrupts, every 100 microseconds, a loop that is in hooks most of the time; its handler calls
 * hooked functions too. Prints what was counted. */
#include "common.h"
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

enum { INTERRUPTS = 3000 };

static volatile long handled, leaves, branches;

NOINLINE static void leaf(void)
{
    leaves = leaves + 1;
}

NOINLINE static void in_handler(int n)
{
    TOUCH();
    if (n > 0)
        in_handler(n - 1);
    TOUCH();
}

NOINLINE static void handle(int number)
{
    (void)number;
    handled = handled + 1;
    in_handler(3);
    TOUCH();
}

NOINLINE static void branch(void)
{
    branches = branches + 1;
    leaf();
    TOUCH();
}

int main(void)
{
    const struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    signal(SIGALRM, handle);
    setitimer(ITIMER_REAL, &often, NULL);
    while (handled < INTERRUPTS)
        branch();
    setitimer(ITIMER_REAL, &never, NULL);
    printf("handle %ld\nleaf %ld\nbranch %ld\n", handled, leaves, branches);
    return 0;
}
