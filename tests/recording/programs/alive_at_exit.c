/* The program ends while a thread waits deep inside its calls. */
#include "common.h"
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

static sem_t deep_enough;

NOINLINE static void waits(void)
{
    sem_post(&deep_enough);
    for (;;)
        pause();
}

NOINLINE static void calls(void)
{
    waits();
    TOUCH();
}

static void *body(void *unused)
{
    calls();
    return unused;
}

int main(void)
{
    pthread_t thread;
    sem_init(&deep_enough, 0, 0);
    pthread_create(&thread, NULL, body, NULL);
    sem_wait(&deep_enough);
    return 0;
}

// path: main 1
// path: body 1
// path: body calls 1
// path: body calls waits 1
