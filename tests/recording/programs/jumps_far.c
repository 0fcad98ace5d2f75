/* longjmp over ten thousand frames; out of two handlers at once, on a stack of their own; into a function
 * that is not hooked; setcontext as a jump. */
#define _GNU_SOURCE
#include "common.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>

static jmp_buf target;
static sigjmp_buf signal_target;
static ucontext_t context;

NOINLINE static void mark(void)
{
    TOUCH();
}

/* ---- many frames -------------------------------------------------------------------------- */

NOINLINE static void deep(int depth)
{
    if (depth == 0)
        longjmp(target, 1);
    deep(depth - 1);
    TOUCH();
}

NOINLINE static void far(void)
{
    if (setjmp(target) == 0)
        deep(10000);
    mark();
}

/* ---- handlers ----------------------------------------------------------------------------- */

NOINLINE static void second(int number)
{
    TOUCH();
    siglongjmp(signal_target, number);
}

NOINLINE static void first(int number)
{
    raise(SIGUSR2);
    touched += number;
}

NOINLINE static void out_of_two_handlers(void)
{
    if (sigsetjmp(signal_target, 1) == 0)
        raise(SIGUSR1);
    mark();
}

/* ---- other ways --------------------------------------------------------------------------- */

NOINLINE static void sets_context(void)
{
    TOUCH();
    setcontext(&context);
}

NOINLINE static void by_setcontext(void)
{
    volatile int rounds = 0;
    getcontext(&context);
    if (rounds++ < 3)
        sets_context();
    mark();
}

/* The function that the jump leads to has no hooks; the hooked one that called it sees it return. */
UNHOOKED NOINLINE static void lands(void)
{
    if (setjmp(target) == 0)
        deep(3);
    TOUCH();
}

NOINLINE static void calls_unhooked(void)
{
    lands();
    TOUCH();
}

int main(void)
{
    static char stack[64 * 1024];
    const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_flags = SA_ONSTACK};
    sigaltstack(&own, NULL);
    action.sa_handler = first;
    sigaction(SIGUSR1, &action, NULL);
    action.sa_handler = second;
    sigaction(SIGUSR2, &action, NULL);
    for (int i = 0; i < 3; i++) {
        far();
        mark();
        out_of_two_handlers();
        mark();
        by_setcontext();
        mark();
        calls_unhooked();
        mark();
    }
    printf("touched %ld\n", touched);
    return 0;
}

// path: main 1
// path: main mark 12
// path: main far 3
// path: main far mark 3
// path: main far deep 30003
// path: main out_of_two_handlers 3
// path: main out_of_two_handlers mark 3
// path: main out_of_two_handlers first 3
// path: main out_of_two_handlers first second 3
// path: main by_setcontext 3
// path: main by_setcontext mark 3
// path: main by_setcontext sets_context 9
// path: main calls_unhooked 3
// path: main calls_unhooked deep 12
