/* Functions that cannot or may not be hooked. Of all these only the ones that say so are. */
#include "common.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

__attribute__((naked)) int naked(void)
{
    __asm__("movl $7, %eax\n\tret");
}

UNHOOKED NOINLINE static int refused(int x)
{
    TOUCH();
    return x;
}

static int implementation(int x) // calls: implementation 3
{
    TOUCH();
    return x;
}

static int (*resolve(void))(int)
{
    return implementation;
}

int indirect(int x) __attribute__((ifunc("resolve")));

/* C99: this definition is for inlining only; the external one is elsewhere (not_selected_2.c). */
inline int available(int x)
{
    TOUCH();
    return x;
}

/* A macro of a system header makes functions, but they stand here. */
struct node {
    SLIST_ENTRY(node) next;
};
SLIST_HEAD(list, node);

__attribute__((constructor)) static void early(void) // calls: early 1
{
    TOUCH();
}

__attribute__((destructor)) static void late(void) // calls: late 1
{
    TOUCH();
}

static int compare(const void *a, const void *b) // calls: compare 1
{
    TOUCH();
    return *(const int *)a - *(const int *)b;
}

int main(void) // calls: main 1
{
    int values[] = {2, 1};
    int sum = naked() + refused(1) + available(1);
    for (int i = 0; i < 3; i++)
        sum += indirect(i);
    qsort(values, 2, sizeof *values, compare);
    printf("sum %d, first %d, %d\n", sum, values[0], toupper('a'));
    return 0;
}

// edge: main -> implementation 3
// edge: main -> compare 1
