/* ring STEPS: forty-eight functions, each of which calls the next, the last the first, to a depth of STEPS;
 * entered once from each of them. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>

#define TEN(X, n) X(n##0) X(n##1) X(n##2) X(n##3) X(n##4) X(n##5) X(n##6) X(n##7) X(n##8) X(n##9)
#define ALL(X) TEN(X, 1) TEN(X, 2) TEN(X, 3) TEN(X, 4) X(50) X(51) X(52) X(53) X(54) X(55) X(56) X(57)

enum { MEMBERS = 48 };

typedef long member(long steps);
static member *const members[];

#define DEFINE(n)                                                                                    \
    NOINLINE static long member_##n(long steps)                                                      \
    {                                                                                                \
        const long below = steps > 0 ? members[(n - 10 + 1) % MEMBERS](steps - 1) : 0;               \
        TOUCH();                                                                                     \
        return below + 1;                                                                            \
    }
#define NAME(n) member_##n,
ALL(DEFINE)
static member *const members[] = {ALL(NAME)};

int main(int count, char **arguments)
{
    long sum = 0;
    const long steps = count > 1 ? atol(arguments[1]) : 0;
    for (int i = 0; i < MEMBERS; i++)
        sum += members[i](steps);
    printf("%ld\n", sum);
    return 0;
}
