/* Linked into another program: from its start a timer fires every 100 microseconds, whose handler
 * calls. Says at the end, in a file "fired", how often it was called. */
#include "common.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

static volatile long fired;

NOINLINE static void under_fire_leaf(void)
{
    fired = fired + 1;
}

NOINLINE static void under_fire(int number)
{
    (void)number;
    under_fire_leaf();
    TOUCH();
}

UNHOOKED static void cease(void)
{
    const struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    FILE *file = fopen("fired", "w");
    fprintf(file, "%ld", fired);
    fclose(file);
}

UNHOOKED __attribute__((constructor)) static void begin(void)
{
    const struct itimerval often = {{0, 100}, {0, 100}};
    struct sigaction action = {.sa_flags = SA_RESTART};
    action.sa_handler = under_fire;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (fired == 0)
        ;
    atexit(cease);
}
