/* loads_busy ROUNDS: loads libone.so and libtwo.so in turn, calls and unloads them, ROUNDS times in
 * all, while a thread does the same with libthree.so and two threads call busy. Prints how often they
 * did. */
#include "common.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_bool finished;
static int rounds;

NOINLINE static void busy(void)
{
    __asm__ volatile("");
}

static void *keeps_busy(void *result)
{
    long calls = 0;
    for (; !finished || calls < 1000; calls++)
        busy();
    *(long *)result = calls;
    return NULL;
}

NOINLINE static void use(const char *path, const char *name)
{
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        exit(3);
    }
    int (*function)(int);
    *(void **)&function = dlsym(library, name);
    function(2);
    dlclose(library);
}

static void *loads(void *unused)
{
    for (int i = 0; i < rounds; i++)
        use("./libthree.so", "three");
    return unused;
}

int main(int count, char **arguments)
{
    pthread_t threads[2], loader;
    long calls[2];
    if (count < 2)
        return 2;
    rounds = atoi(arguments[1]);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, keeps_busy, &calls[i]);
    pthread_create(&loader, NULL, loads, NULL);
    for (int i = 0; i < rounds; i++)
        use(i % 2 ? "./libtwo.so" : "./libone.so", i % 2 ? "two" : "one");
    pthread_join(loader, NULL);
    finished = 1;
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    printf("%ld\n", calls[0] + calls[1]);
    return 0;
}
