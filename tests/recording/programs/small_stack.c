/* Prints how many bytes of its stack a signal's handler has used that calls from new places, the kernel's
 * frame included. */
#include "places.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

static void handle(int number)
{
    left_6();
    touched = number;
}

int main(void)
{
    static char stack[64 * 1024];
    const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    size_t unused = 0;
    action.sa_handler = handle;
    sigaltstack(&own, NULL);
    sigaction(SIGUSR1, &action, NULL);
    memset(stack, 0x5a, sizeof stack);
    raise(SIGUSR1);
    while (stack[unused] == 0x5a)
        unused++;
    printf("%zu\n", sizeof stack - unused);
    return 0;
}
