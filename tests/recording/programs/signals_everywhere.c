/* signals_everywhere WAY: signals that meet hooks at every moment. Prints how often each function was
 * called.
 * "places": a timer every 100 microseconds while the program walks to new places, whose handler walks
 * to others.
 * "nested": two timers, whose handlers interrupt each other and themselves, on a stack of their own.
 * "storm": four threads that send each other signals and call in between. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static atomic_long leaves, handled, inner;
#define LEAF() atomic_fetch_add(&leaves, 1)
#include "places.h"

/* What the handler calls, one after the other; each has places of its own. */
#define MORE(n)                                                                                      \
    NOINLINE static void more_##n(void)                                                              \
    {                                                                                                \
        left_3();                                                                                    \
        __asm__ volatile("");                                                                        \
    }
MORE(0) MORE(1) MORE(2) MORE(3) MORE(4) MORE(5) MORE(6) MORE(7)
static void (*const more[])(void) = {more_0, more_1, more_2, more_3, more_4, more_5, more_6, more_7};

NOINLINE static void handle(int number)
{
    const long n = atomic_fetch_add(&handled, 1);
    (void)number;
    more[n % 8]();
}

NOINLINE static void in_handler(void)
{
    atomic_fetch_add(&inner, 1);
}

NOINLINE static void handle_nested(int number)
{
    atomic_fetch_add(&handled, 1);
    in_handler();
    if (number == SIGUSR1)
        raise(SIGUSR2);
    in_handler();
}

UNHOOKED static void on(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = handler;
    sigaction(number, &action, NULL);
}

UNHOOKED static timer_t timer(int number, long microseconds)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = number};
    const struct itimerspec often = {{0, microseconds * 1000}, {0, microseconds * 1000}};
    timer_t made;
    if (timer_create(CLOCK_MONOTONIC, &event, &made) != 0 || timer_settime(made, 0, &often, NULL) != 0)
        exit(3);
    return made;
}

UNHOOKED static void places(void)
{
    on(SIGALRM, handle, 0);
    const timer_t often = timer(SIGALRM, 100);
    for (int i = 0; i < 5 || handled < 100; i++)
        walk();
    timer_delete(often);
}

UNHOOKED static void nested(void)
{
    static char stack[1024 * 1024];
    const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&own, NULL);
    on(SIGUSR1, handle_nested, SA_ONSTACK | SA_NODEFER);
    on(SIGUSR2, handle_nested, SA_ONSTACK);
    const timer_t first = timer(SIGUSR1, 150), second = timer(SIGUSR2, 170);
    while (handled < 3000)
        leaf();
    timer_delete(first);
    timer_delete(second);
}

enum { THREADS = 4, SIGNALS = 5000 };
static pthread_t threads[THREADS];
static pthread_barrier_t all_there, all_done;

static void *body(void *number)
{
    const long mine = (long)number;
    pthread_barrier_wait(&all_there);
    for (int i = 0; handled < SIGNALS; i++) {
        pthread_kill(threads[(mine + 1 + i % (THREADS - 1)) % THREADS], SIGUSR1);
        leaf();
    }
    pthread_barrier_wait(&all_done);
    return NULL;
}

UNHOOKED static void storm(void)
{
    on(SIGUSR1, handle, 0);
    pthread_barrier_init(&all_there, NULL, THREADS);
    pthread_barrier_init(&all_done, NULL, THREADS);
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, body, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    if (arguments[1][0] == 'p')
        places();
    else if (arguments[1][0] == 'n')
        nested();
    else
        storm();
    printf("leaf %ld\nhandled %ld\nin_handler %ld\n", leaves, handled, inner);
    return 0;
}
