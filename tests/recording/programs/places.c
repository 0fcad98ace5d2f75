/* places THREADS: threads that all walk at the same time, so that first calls of functions meet. */
#include "places.h"
#include <pthread.h>
#include <stdlib.h>

static pthread_barrier_t all_there;

static void *body(void *unused)
{
    pthread_barrier_wait(&all_there);
    walk();
    return unused;
}

int main(int count, char **arguments)
{
    pthread_t threads[64];
    const int number = count > 1 ? atoi(arguments[1]) : 1;
    pthread_barrier_init(&all_there, NULL, (unsigned)number);
    for (int i = 0; i < number; i++)
        pthread_create(&threads[i], NULL, body, NULL);
    for (int i = 0; i < number; i++)
        pthread_join(threads[i], NULL);
    return 0;
}
