/* What a program sees that waits for signals and for others: signals by sigwait and signalfd; reads
 * and sleeps that nobody interrupts; a mask that stays as it was across first calls from 12,286
 * places. */
#define _GNU_SOURCE
#include "places.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

static int ends[2];

UNHOOKED static void show_mask(const char *when)
{
    sigset_t mask, pending;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    sigpending(&pending);
    printf("%s:", when);
    for (int i = 1; i < NSIG; i++)
        if (sigismember(&mask, i) == 1)
            printf(" %d%s", i, sigismember(&pending, i) == 1 ? " pending" : "");
    puts("");
}

/* Calls from new places while main waits for it. */
static void *writer(void *unused)
{
    left_10();
    right_11();
    if (write(ends[1], "x", 1) != 1)
        exit(3);
    return unused;
}

NOINLINE static void waits_for_writer(void)
{
    pthread_t thread;
    char byte = 0;
    pthread_create(&thread, NULL, writer, NULL);
    const ssize_t got = read(ends[0], &byte, 1);
    printf("read %zd %c, errno %d\n", got, byte, errno);
    pthread_join(thread, NULL);
}

int main(void)
{
    sigset_t chosen;
    int number = 0;
    struct signalfd_siginfo info = {0};
    const struct timespec moment = {0, 1000000};
    if (pipe(ends) != 0)
        return 2;
    show_mask("at first");
    sigemptyset(&chosen);
    sigaddset(&chosen, SIGUSR1);
    sigaddset(&chosen, SIGUSR2);
    sigaddset(&chosen, SIGSEGV);
    sigaddset(&chosen, SIGBUS);
    pthread_sigmask(SIG_BLOCK, &chosen, NULL);
    raise(SIGUSR1);
    show_mask("before");
    left_12();
    show_mask("after");
    sigwait(&chosen, &number);
    printf("sigwait %d\n", number);
    const int signals = signalfd(-1, &chosen, 0);
    raise(SIGUSR2);
    right_12();
    if (read(signals, &info, sizeof info) == sizeof info)
        printf("signalfd %d is %u\n", signals, info.ssi_signo);
    waits_for_writer();
    errno = 0;
    printf("nanosleep %d, poll %d, errno %d\n", nanosleep(&moment, NULL), poll(NULL, 0, 1), errno);
    show_mask("at last");
    return 0;
}
