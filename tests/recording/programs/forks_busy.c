/* forks_busy FORKS: as many forks while four threads do nothing but call, one of them in a new thread
 * each time. Each child calls from places of its own. Prints how often the threads called busy. */
#include "places.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4 };

static atomic_bool finished;

NOINLINE static void busy(void)
{
    __asm__ volatile("");
}

static void *keeps_busy(void *result)
{
    long calls = 0;
    left_5();
    for (; !finished; calls++)
        busy();
    *(long *)result = calls;
    return NULL;
}

static void *calls_once(void *unused)
{
    busy();
    return unused;
}

/* Threads that begin and end are what the forking one has to wait for. */
UNHOOKED static void *breeds(void *result)
{
    long calls = 0;
    for (; !finished; calls++) {
        pthread_t thread;
        pthread_create(&thread, NULL, calls_once, NULL);
        pthread_join(thread, NULL);
    }
    *(long *)result = calls;
    return NULL;
}

NOINLINE static void in_child(void)
{
    for (int i = 0; i < 10; i++)
        busy();
    left_4();
}

int main(int count, char **arguments)
{
    pthread_t threads[THREADS];
    long calls[THREADS], sum = 0;
    int failed = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, i > 0 ? keeps_busy : breeds, &calls[i]);
    for (int i = count > 1 ? atoi(arguments[1]) : 1; i > 0; i--) {
        int status = 0;
        const pid_t child = fork();
        if (child == 0) {
            in_child();
            _exit(0);
        }
        failed |= waitpid(child, &status, 0) != child || status != 0;
    }
    finished = 1;
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        sum += calls[i];
    }
    printf("%ld\n", sum);
    return failed;
}
