/* forks_in_handler WAY: a timer's handler forks, 200 times, in the midst of a loop of calls. "ends":
 * the child ends in the handler. "returns": it returns to where it was interrupted, and ends from
 * there. Prints how often leaf was called by the parent. */
#include "common.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FORKS = 200 };

static volatile long leaves;
static volatile int forks, is_child, failed, returns;

NOINLINE static void leaf(void)
{
    leaves = leaves + 1;
}

NOINLINE static void in_child(void)
{
    TOUCH();
}

NOINLINE static void after(void)
{
    TOUCH();
}

NOINLINE static void handle(int number)
{
    (void)number;
    int status = 0;
    if (is_child || forks == FORKS)
        return;
    const pid_t child = fork();
    if (child == 0) {
        is_child = 1;
        in_child();
        if (!returns)
            _exit(0);
        return;
    }
    if (waitpid(child, &status, 0) != child || status != 0)
        failed = 1;
    forks = forks + 1;
}

int main(int count, char **arguments)
{
    const struct itimerval often = {{0, 200}, {0, 200}};
    struct sigaction action = {.sa_flags = SA_RESTART};
    returns = count > 1 && *arguments[1] == 'r';
    action.sa_handler = handle;
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
    while (forks < FORKS && !is_child)
        leaf();
    if (is_child) {
        for (int i = 0; i < 100; i++)
            after();
        _exit(0);
    }
    const struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_REAL, &never, NULL);
    printf("%ld\n", leaves);
    return failed;
}
