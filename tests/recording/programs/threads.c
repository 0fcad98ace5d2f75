/* threads ALIVE ROUNDS: ROUNDS times, ALIVE threads at once, each of which calls branch 10 times. */
#include "common.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static pthread_barrier_t all_there;

NOINLINE static void leaf(void)
{
    __asm__ volatile("");
}

NOINLINE static void branch(int n)
{
    for (int i = 0; i < n; i++)
        leaf();
    __asm__ volatile("");
}

static void *body(void *unused)
{
    for (int i = 0; i < 10; i++)
        branch(100);
    pthread_barrier_wait(&all_there);
    return unused;
}

int main(int count, char **arguments)
{
    static pthread_t threads[1000];
    if (count < 3)
        return 2;
    const int alive = atoi(arguments[1]);
    pthread_barrier_init(&all_there, NULL, (unsigned)alive);
    for (int round = atoi(arguments[2]); round > 0; round--) {
        for (int i = 0; i < alive; i++)
            if (pthread_create(&threads[i], NULL, body, NULL) != 0)
                return 3;
        for (int i = 0; i < alive; i++)
            pthread_join(threads[i], NULL);
    }
    return 0;
}
