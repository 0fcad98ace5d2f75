/* With an argument, does what the sanitizer of that name reports. */
#include "common.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long shared;

NOINLINE static int read_at(const volatile char *memory, int index) // calls: read_at 9
{
    TOUCH();
    return memory[index];
}

NOINLINE static int past_the_end(int size) // calls: past_the_end 1
{
    char *memory = calloc(8, 1);
    int sum = 0;
    for (int i = 0; i <= 8; i++)
        sum += read_at(memory, i % size);
    free(memory);
    return sum;
}

NOINLINE static int add(int a, int b) // calls: add 2
{
    int sum = a + b;
    TOUCH();
    return sum;
}

NOINLINE static int judge(const volatile int *memory) // calls: judge 1
{
    if (*memory)
        TOUCH();
    TOUCH();
    return 0;
}

NOINLINE static void forget(int bytes) // calls: forget 3
{
    void *volatile memory = calloc((size_t)bytes, 1);
    if (bytes == 8)
        free(memory);
    memory = NULL;
    TOUCH();
}

NOINLINE static void *count(void *mutex) // calls: count 2
{
    if (mutex)
        pthread_mutex_lock(mutex);
    shared++;
    if (mutex)
        pthread_mutex_unlock(mutex);
    return mutex;
}

int main(int argc, char **argv) // calls: main 1
{
    const char *bug = argc > 1 ? argv[1] : "";
    volatile int big = strcmp(bug, "undefined") == 0 ? 0x7fffffff : 1;
    int *uninitialized = malloc(sizeof *uninitialized);
    if (strcmp(bug, "memory") != 0)
        *uninitialized = 1;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[2];

    puts("begin");
    fflush(stdout);
    past_the_end(strcmp(bug, "address") == 0 ? 9 : 8);
    add(1, 1);
    add(big, big);
    judge(uninitialized);
    free(uninitialized);
    for (int i = 0; i < 3; i++)
        forget(strcmp(bug, "leak") == 0 ? 9 : 8);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, count, strcmp(bug, "thread") == 0 ? NULL : &mutex);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    puts("end");
    return 0;
}
