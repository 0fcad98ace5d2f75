/* A program with functions of libc's names, which the dynamic linker gives to all: also to the runtime,
 * in the midst of whose work they must not be counted, nor wait for it. */
#include "common.h"
#include <stddef.h>
#include <stdio.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
int strcmp(const char *a, const char *b);

NOINLINE void *memcpy(void *restrict to, const void *restrict from, size_t size) // calls: memcpy 20
{
    volatile char *out = to;
    for (const volatile char *in = from; size-- > 0;)
        *out++ = *in++;
    return to;
}

NOINLINE int strcmp(const char *a, const char *b) // calls: strcmp 30
{
    const volatile char *p = a, *q = b;
    while (*p && *p == *q)
        p++, q++;
    return (unsigned char)*p - (unsigned char)*q;
}

NOINLINE static int work(int x) // calls: work 10
{
    char copy[16];
    memcpy(copy, "one", 4);
    memcpy(copy + 4, "two", 4);
    TOUCH();
    return strcmp(copy, "one") + strcmp(copy + 4, "two") + strcmp(copy, copy) + x;
}

int main(void) // calls: main 1
{
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += work(i);
    return sum != 45;
}
