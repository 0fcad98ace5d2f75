/* Threads that end within their calls: 50 by pthread_exit, 50 cancelled at a cancellation point; with an
 * argument 300 more, cancelled at any moment. */
#include "common.h"
#include <pthread.h>
#include <unistd.h>

static volatile int ready;

NOINLINE static void leaf(void)
{
    __asm__ volatile("");
}

NOINLINE static void exits(void)
{
    leaf();
    pthread_exit(NULL);
}

NOINLINE static void waits(void)
{
    leaf();
    ready = 1;
    for (;;)
        pause();
}

NOINLINE static void spins(void)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    ready = 1;
    for (;;)
        leaf();
}

static void *body(void *function)
{
    ((void (*)(void))function)();
    return NULL;
}

UNHOOKED static void repeat(int times, void (*function)(void), int cancel)
{
    while (times-- > 0) {
        pthread_t thread;
        ready = 0;
        pthread_create(&thread, NULL, body, (void *)function);
        while (cancel && !ready)
            ;
        if (cancel)
            pthread_cancel(thread);
        pthread_join(thread, NULL);
    }
}

int main(int count, char **arguments)
{
    (void)arguments;
    repeat(50, exits, 0);
    repeat(50, waits, 1);
    if (count > 1)
        repeat(300, spins, 1);
    return 0;
}
