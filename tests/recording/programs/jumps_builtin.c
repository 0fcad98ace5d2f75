/* setjmp and longjmp as the compiler has them built in. */
#include "common.h"

static void *target[5];

NOINLINE static void mark(void)
{
    TOUCH();
}

NOINLINE static void jumps(void)
{
    TOUCH();
    __builtin_longjmp(target, 1);
}

NOINLINE static void lands(void)
{
    if (__builtin_setjmp(target) == 0)
        jumps();
    mark();
}

int main(void)
{
    for (int i = 0; i < 3; i++) {
        lands();
        mark();
    }
    return 0;
}

// path: main 1
// path: main mark 3
// path: main lands 3
// path: main lands mark 3
// path: main lands jumps 3
