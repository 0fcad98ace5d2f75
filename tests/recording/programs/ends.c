/* ends HOW: calls leaf 100 times and ends in one of many ways, three functions deep. */
#include "common.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

NOINLINE static void leaf(void) // calls: leaf 100
{
    TOUCH();
}

NOINLINE static void end(const char *how) // calls: end 1
{
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    if (strcmp(how, "exit") == 0)
        exit(3);
    if (strcmp(how, "_exit") == 0)
        _exit(3);
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "segv") == 0)
        *(volatile int *)8 = 1;
    if (strcmp(how, "kill") == 0)
        kill(getpid(), SIGKILL);
    TOUCH();
}

int main(int count, char **arguments) // calls: main 1
{
    for (int i = 0; i < 100; i++)
        leaf();
    end(count > 1 ? arguments[1] : "");
    TOUCH();
    return 3;
}

// edge: main -> leaf 100
// edge: main -> end 1
