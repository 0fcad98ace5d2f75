#define _GNU_SOURCE
#include "fault.h"
#include "file.h"
#include "system.h"
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>

static struct sigaction former;

/* As if we were not here. A fault comes again when its instruction is repeated, and then ends the
 * program; a signal that somebody sent has to be sent again. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    if (former.sa_handler == SIG_DFL) {
        profinst__system.sigaction(number, &former, NULL);
        if (info->si_code <= 0)
            raise(number);
    } else if (former.sa_flags & SA_SIGINFO) {
        former.sa_sigaction(number, info, context);
    } else {
        former.sa_handler(number);
    }
}

static void on_bus_error(int number, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    if (info->si_code <= 0 || !profinst__file_cover(info->si_addr))
        pass_on(number, info, context);
    errno = saved_errno;
}

void profinst__fault_prepare(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    if (profinst__system.sigaction(SIGBUS, NULL, &former) != 0)
        return;
    /* Ignored signals stay ignored in a program that is executed, caught ones do not. */
    if (former.sa_handler != SIG_IGN)
        profinst__system.sigaction(SIGBUS, &action, NULL);
}
