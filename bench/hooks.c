/* What a hooked call costs beside two bare readings of the clock, in the same run. The shapes are
 * those that a calling context tree finds easy and hard. Compiled with the plugin; main and what it
 * needs are not hooked. Prints a line a shape: nanoseconds a call, and the ratio to the floor.
 *
 * hooks SHAPE CALLS only makes that many calls of one shape; bench/instructions.py counts what is
 * executed meanwhile. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BARE __attribute__((no_instrument_function, noinline))
#define HOOKED __attribute__((noinline))

enum { CALLS = 1 << 21, ROUNDS = 15, SHAPES = 6 };

static volatile unsigned sink;

/* ---- the shapes --------------------------------------------------------------------------- */

HOOKED static void leaf(void)
{
    sink++;
}

BARE static void bare_leaf(void)
{
    sink++;
}

HOOKED static void recursive(unsigned depth)
{
    sink++;
    if (depth > 1)
        recursive(depth - 1);
    sink++;
}

#define REPEAT_8(m, p) m(p##0) m(p##1) m(p##2) m(p##3) m(p##4) m(p##5) m(p##6) m(p##7)
#define REPEAT_64(m)                                                                               \
    REPEAT_8(m, 0)                                                                                 \
    REPEAT_8(m, 1)                                                                                 \
    REPEAT_8(m, 2) REPEAT_8(m, 3) REPEAT_8(m, 4) REPEAT_8(m, 5) REPEAT_8(m, 6) REPEAT_8(m, 7)

#define DEFINE_CALLEE(n)                                                                           \
    HOOKED static void callee_##n(void)                                                            \
    {                                                                                              \
        sink++;                                                                                    \
    }
REPEAT_64(DEFINE_CALLEE)

#define CALL_CALLEE(n) callee_##n();
HOOKED static void call_64(void)
{
    REPEAT_64(CALL_CALLEE)
}

static void link_77(void);
#define NEXT_IN_CHAIN(from, to)                                                                    \
    static void link_##to(void);                                                                   \
    HOOKED static void link_##from(void)                                                           \
    {                                                                                              \
        sink++;                                                                                    \
        link_##to();                                                                               \
        sink++;                                                                                    \
    }
#define CHAIN_7(p)                                                                                 \
    NEXT_IN_CHAIN(p##0, p##1)                                                                      \
    NEXT_IN_CHAIN(p##1, p##2)                                                                      \
    NEXT_IN_CHAIN(p##2, p##3)                                                                      \
    NEXT_IN_CHAIN(p##3, p##4)                                                                      \
    NEXT_IN_CHAIN(p##4, p##5) NEXT_IN_CHAIN(p##5, p##6) NEXT_IN_CHAIN(p##6, p##7)
CHAIN_7(0)
NEXT_IN_CHAIN(07, 10)
CHAIN_7(1)
NEXT_IN_CHAIN(17, 20)
CHAIN_7(2) NEXT_IN_CHAIN(27, 30) CHAIN_7(3) NEXT_IN_CHAIN(37, 40) CHAIN_7(4) NEXT_IN_CHAIN(47, 50)
    CHAIN_7(5) NEXT_IN_CHAIN(57, 60) CHAIN_7(6) NEXT_IN_CHAIN(67, 70) CHAIN_7(7) HOOKED
    static void link_77(void)
{
    sink++;
}

/* ---- driving them ------------------------------------------------------------------------- */

static inline uint64_t read_clock(void)
{
#if defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#else
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#endif
}

BARE static void two_readings(unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        sink = (unsigned)read_clock();
        sink = (unsigned)read_clock();
    }
}

BARE static void leaves(unsigned calls)
{
    for (unsigned i = 0; i < calls; i++)
        leaf();
}

BARE static void bare_leaves(unsigned calls)
{
    for (unsigned i = 0; i < calls; i++)
        bare_leaf();
}

BARE static void recursions(unsigned calls)
{
    for (unsigned i = 0; i < calls; i += 64)
        recursive(64);
}

BARE static void sixty_four(unsigned calls)
{
    for (unsigned i = 0; i < calls; i += 65)
        call_64();
}

BARE static void chains(unsigned calls)
{
    for (unsigned i = 0; i < calls; i += 64)
        link_00();
}

static const struct {
    const char *name;
    void (*run)(unsigned calls);
} shapes[SHAPES] = {
    {"two clock readings", two_readings},
    {"leaf without hooks", bare_leaves},
    {"leaf", leaves},
    {"recursion", recursions},
    {"64 callees", sixty_four},
    {"chain of 64", chains},
};

BARE static double nanoseconds_a_call(void (*run)(unsigned))
{
    struct timespec start, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start);
    run(CALLS);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    return ((double)(end.tv_sec - start.tv_sec) * 1e9 + (double)(end.tv_nsec - start.tv_nsec)) /
           CALLS;
}

BARE static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

BARE static int run_one(const char *name, unsigned calls)
{
    for (int shape = 0; shape < SHAPES; shape++)
        if (strcmp(shapes[shape].name, name) == 0) {
            shapes[shape].run(calls);
            return 0;
        }
    fprintf(stderr, "hooks: no shape '%s'\n", name);
    return 2;
}

BARE int main(int count, char **arguments)
{
    if (count == 3)
        return run_one(arguments[1], (unsigned)strtoul(arguments[2], NULL, 10));
    static double cost[SHAPES][ROUNDS], ratio[SHAPES][ROUNDS];
    for (int shape = 0; shape < SHAPES; shape++)
        nanoseconds_a_call(shapes[shape].run);
    for (int round = 0; round < ROUNDS; round++)
        for (int shape = 0; shape < SHAPES; shape++) {
            cost[shape][round] = nanoseconds_a_call(shapes[shape].run);
            ratio[shape][round] = cost[shape][round] / cost[0][round];
        }
    printf("%-20s %8s %8s %8s   (medians of %d interleaved rounds)\n", "", "ns/call", "ratio",
           "spread", ROUNDS);
    for (int shape = 0; shape < SHAPES; shape++) {
        qsort(cost[shape], ROUNDS, sizeof(double), by_value);
        qsort(ratio[shape], ROUNDS, sizeof(double), by_value);
        printf("%-20s %8.2f %8.3f %8.3f\n", shapes[shape].name, cost[shape][ROUNDS / 2],
               ratio[shape][ROUNDS / 2], ratio[shape][ROUNDS - 1 - 2] - ratio[shape][2]);
    }
}
