/* Hooks leave the processor as they find it: rounding, precision, exception flags of both floating point
 * units, with traps for all of them; upper halves of vectors. Also with the first call of a function and of
 * a thread. */
#include "common.h"
#include "many.h"
#include <fenv.h>
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>

static int wrong;
#define EXPECT(condition)                                                                            \
    do {                                                                                             \
        if (!(condition)) {                                                                          \
            printf("line %d\n", __LINE__);                                                           \
            wrong++;                                                                                 \
        }                                                                                            \
    } while (0)

struct state {
    uint16_t control, status; /* x87 */
    uint32_t vectors;         /* mxcsr */
};

static UNHOOKED inline struct state read_state(void)
{
    struct state state;
    __asm__ volatile("fnstcw %0\n\tfnstsw %1\n\tstmxcsr %2"
                     : "=m"(state.control), "=m"(state.status), "=m"(state.vectors));
    return state;
}

static UNHOOKED inline void write_state(uint16_t control, uint32_t vectors)
{
    __asm__ volatile("fnclex\n\tfldcw %0\n\tldmxcsr %1" : : "m"(control), "m"(vectors));
}

NOINLINE static void leaf(void)
{
    TOUCH();
}

NOINLINE static struct state changes_rounding(int mode)
{
    leaf();
    fesetround(mode);
    TOUCH();
    return read_state();
}

static void *body(void *unused)
{
    write_state(0x340, 0);
    const struct state before = read_state();
    leaf();
    const struct state after = read_state();
    EXPECT(before.control == after.control && before.status == after.status &&
           before.vectors == after.vectors);
    return unused;
}

/* Everything is called for the first time under one of the states, and again under the others. */
static void check(uint16_t control, uint32_t vectors)
{
    write_state(control, vectors);
    const struct state before = read_state();
    leaf();
    ALL(CALL)
    const struct state after = read_state();
    write_state(0x37f, 0x1f80);
    EXPECT(before.control == after.control && after.control == control);
    EXPECT(before.status == after.status);
    EXPECT(before.vectors == after.vectors && after.vectors == vectors);
}

/* The only functions that may change what the flags say do. */
NOINLINE static double divides(double a, double b)
{
    double quotient = a / b;
    TOUCH();
    return quotient;
}

typedef double wide __attribute__((vector_size(32)));

__attribute__((target("avx"))) NOINLINE static wide scale(wide a, double by)
{
    leaf();
    wide result = a * by;
    TOUCH();
    return result;
}

__attribute__((target("avx"))) NOINLINE static void check_wide(void)
{
    wide sum = {0, 0, 0, 0};
    for (int i = 0; i < 4; i++)
        sum += scale((wide){1, 2, 3, 4}, i);
    EXPECT(sum[0] == 6 && sum[1] == 12 && sum[2] == 18 && sum[3] == 24);
}

int main(void)
{
    pthread_t thread;
    for (unsigned rounding = 0; rounding < 4; rounding++) {
        check(0x340 | (uint16_t)(rounding << 10), rounding << 13); /* all traps on */
        check(0x07f | (uint16_t)(rounding << 10), 0x1f80 | rounding << 13); /* low precision */
    }
    check(0x37f, 0x9fc0); /* denormal numbers are zeros */
    check(0x37f, 0x1f80 | 0x3f); /* all flags raised */
    pthread_create(&thread, NULL, body, NULL);
    pthread_join(thread, NULL);

    const struct state inside = changes_rounding(FE_DOWNWARD);
    EXPECT(fegetround() == FE_DOWNWARD);
    EXPECT(read_state().control == inside.control && read_state().vectors == inside.vectors);
    fesetround(FE_TONEAREST);

    feclearexcept(FE_ALL_EXCEPT);
    divides(1, 2);
    EXPECT(fetestexcept(FE_ALL_EXCEPT) == 0);
    divides(1, 3);
    EXPECT(fetestexcept(FE_ALL_EXCEPT) == FE_INEXACT);
    EXPECT(isinf(divides(1, 0)));
    EXPECT(fetestexcept(FE_ALL_EXCEPT) == (FE_INEXACT | FE_DIVBYZERO));
    feclearexcept(FE_ALL_EXCEPT);
    check_wide();
    printf("wrong %d\n", wrong);
    return 0;
}
