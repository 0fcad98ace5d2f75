/* overflows COUNTER [HANDLER]: recurs until the stack ends, and counts its calls in the mapped file
 * COUNTER. With HANDLER a handler on a stack of its own calls leaf 10 times and ends the process. */
#include "common.h"
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static volatile uint64_t *counter;

NOINLINE static long deeper(long n)
{
    *counter = *counter + 1;
    const long below = deeper(n + 1);
    TOUCH();
    return below;
}

NOINLINE static void leaf(void)
{
    TOUCH();
}

NOINLINE static void handle(int number)
{
    for (int i = 0; i < 10; i++)
        leaf();
    _exit(number);
}

int main(int count, char **arguments)
{
    static char stack[64 * 1024];
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open(arguments[1], O_RDWR), 0);
    if (count > 2) {
        const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
        struct sigaction action = {.sa_flags = SA_ONSTACK};
        action.sa_handler = handle;
        sigaltstack(&own, NULL);
        sigaction(SIGSEGV, &action, NULL);
    }
    return deeper(0) == 0;
}
