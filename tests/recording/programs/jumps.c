/* longjmp over frames, from a callee's callee, out of a signal handler; setjmp in a loop. */
#include "common.h"
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>

static jmp_buf target;
static sigjmp_buf signal_target;

NOINLINE static void mark(void)
{
    TOUCH();
}

NOINLINE static void jump(int value)
{
    TOUCH();
    longjmp(target, value);
}

NOINLINE static void through(int value)
{
    jump(value);
    TOUCH();
}

NOINLINE static int from_callees(void)
{
    switch (setjmp(target)) {
    case 0:
        mark();
        through(1);
        return 0;
    case 1:
        mark();
        through(2);
        return 0;
    default:
        mark();
        return 1;
    }
}

/* The function returns to a frame above the one that jumps, through frames without setjmp. */
NOINLINE static void no_setjmp(int value)
{
    through(value);
    TOUCH();
}

NOINLINE static int again_and_again(void)
{
    volatile int rounds = 0;
    if (setjmp(target) < 5) {
        rounds++;
        no_setjmp(rounds);
    }
    mark();
    return rounds;
}

NOINLINE static void handle(int number)
{
    TOUCH();
    siglongjmp(signal_target, number);
}

NOINLINE static void raises(void)
{
    raise(SIGUSR1);
    TOUCH();
}

NOINLINE static int out_of_handler(void)
{
    if (sigsetjmp(signal_target, 1) == 0)
        raises();
    mark();
    return 1;
}

int main(void)
{
    int sum = 0;
    signal(SIGUSR1, handle);
    for (int i = 0; i < 3; i++) {
        sum += from_callees();
        mark();
        sum += again_and_again();
        mark();
        sum += out_of_handler();
        mark();
    }
    printf("sum %d, touched %ld\n", sum, touched);
    return 0;
}

// path: main 1
// path: main mark 9
// path: main from_callees 3
// path: main from_callees mark 9
// path: main from_callees through 6
// path: main from_callees through jump 6
// path: main again_and_again 3
// path: main again_and_again mark 3
// path: main again_and_again no_setjmp 15
// path: main again_and_again no_setjmp through 15
// path: main again_and_again no_setjmp through jump 15
// path: main out_of_handler 3
// path: main out_of_handler mark 3
// path: main out_of_handler raises 3
// path: main out_of_handler raises handle 3
