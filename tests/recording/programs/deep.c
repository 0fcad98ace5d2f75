/* deep WAY DEPTH: recursion so deep, in a thread whose stack has room for it; prints how many bytes of the
 * stack one call of it took. "self" calls itself, "pair" is two functions in turn. */
#include "common.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static const size_t room = (size_t)1 << 30;
static char *top;
static char *volatile bottom;
static long depth;
static long (*way)(long);

NOINLINE static long self(long n)
{
    if (n > 0)
        return self(n - 1) + TOUCH();
    bottom = __builtin_frame_address(0);
    return 0;
}

NOINLINE static long first(long n);

NOINLINE static long second(long n)
{
    return first(n - 1) + TOUCH();
}

NOINLINE static long first(long n)
{
    if (n > 0)
        return second(n - 1) + TOUCH();
    bottom = __builtin_frame_address(0);
    return 0;
}

static void *body(void *result)
{
    top = __builtin_frame_address(0);
    *(long *)result = way(depth);
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_attr_t attributes;
    pthread_t thread;
    long sum = 0;
    if (count < 3)
        return 2;
    way = arguments[1][0] == 's' ? self : first;
    depth = atol(arguments[2]);
    void *stack = mmap(NULL, room, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    pthread_attr_init(&attributes);
    pthread_attr_setstack(&attributes, stack, room);
    if (pthread_create(&thread, &attributes, body, &sum) != 0)
        return 3;
    pthread_join(thread, NULL);
    printf("touched %ld\n", touched);
    printf("%ld\n", (top - bottom) / depth);
    return 0;
}
