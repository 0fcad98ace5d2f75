/* A timer interrupts a loop that calls hooked functions all the time; its handler jumps out. */
#include "common.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

enum { JUMPS = 2000 };

static sigjmp_buf target;
static volatile long handled, leaves;

NOINLINE static void handle(int number)
{
    (void)number;
    handled = handled + 1;
    siglongjmp(target, 1);
}

NOINLINE static void leaf(void)
{
    leaves = leaves + 1;
}

NOINLINE static void branch(void)
{
    leaf();
    TOUCH();
}

int main(void)
{
    const struct itimerval often = {{0, 100}, {0, 100}}, never = {{0, 0}, {0, 0}};
    signal(SIGALRM, handle);
    sigsetjmp(target, 1);
    if (handled == 0)
        setitimer(ITIMER_REAL, &often, NULL);
    while (handled < JUMPS)
        branch();
    setitimer(ITIMER_REAL, &never, NULL);
    printf("handled %ld\nleaves %ld\n", handled, leaves);
    return 0;
}
