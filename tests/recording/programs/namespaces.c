/* Loads a library into namespaces of its own, where it has a libc of its own. */
#define _GNU_SOURCE
#include "common.h"
#include <dlfcn.h>
#include <stdio.h>

NOINLINE static int use(void)
{
    void *library = dlmopen(LM_ID_NEWLM, "./libone.so", RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return -1;
    }
    int (*function)(int);
    *(void **)&function = dlsym(library, "one");
    return function(3);
}

int main(void)
{
    printf("%d\n", use());
    printf("%d\n", use());
    return 0;
}
