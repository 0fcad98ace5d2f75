/* Two stacks in one thread: what each calls hangs under the functions on its own stack. */
#include "common.h"
#include <stdio.h>
#include <ucontext.h>

static ucontext_t here, there;
static char stack[64 * 1024] __attribute__((aligned(16)));

NOINLINE static void mark(void)
{
    TOUCH();
}

NOINLINE static void work(void)
{
    for (int i = 0; i < 10; i++) {
        swapcontext(&there, &here);
        mark();
    }
}

static void fiber(void)
{
    work();
    TOUCH();
}

NOINLINE static void resume(void)
{
    swapcontext(&here, &there);
    mark();
}

int main(void)
{
    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof stack;
    there.uc_link = &here;
    makecontext(&there, fiber, 0);
    for (int i = 0; i < 11; i++)
        resume();
    mark();
    printf("touched %ld\n", touched);
    return 0;
}

// path: main 1
// path: main mark 1
// path: main resume 11
// path: main resume mark 11
// path: main resume fiber 1
// path: main resume fiber work 1
// path: main resume fiber work mark 10
