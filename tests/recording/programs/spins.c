/* spins CALLS SECONDS: so many short calls, and a function that uses so much processor time; then a
 * child that calls once. */
#include "common.h"
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

NOINLINE static void leaf(void)
{
    TOUCH();
}

NOINLINE static void calls_leaf(long calls)
{
    while (calls-- > 0)
        leaf();
}

NOINLINE static void spin(double seconds)
{
    struct timespec now;
    do {
        for (int i = 0; i < 100000; i++)
            TOUCH();
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    } while ((double)now.tv_sec + (double)now.tv_nsec / 1e9 < seconds);
}

NOINLINE static void in_child(void)
{
    leaf();
    TOUCH();
}

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    calls_leaf(atol(arguments[1]));
    spin(atof(arguments[2]));
    pid_t child = fork();
    if (child == 0) {
        in_child();
        exit(0);
    }
    waitpid(child, NULL, 0);
    leaf();
}
