/* A program with known answers: truth [ROUNDS [SPIN...]]
 *
 * Its functions spin for 20 ns to 1 ms, in shapes: called from a loop, nested, recursive, with one
 * callee of two callers, and in two threads at once. A spin is a chain of multiplications, each of
 * which needs the one before, between two fences, so that nothing around it overlaps it. How long
 * one takes is measured before and after each batch of calls, in functions that no profiler hooks,
 * because the pace of a processor changes. Prints as JSON, by function, its calls and the self time
 * that they must have taken; and by shape and spin what the batches took, which without a profiler
 * is the sum of those self times, and how much of that is in doubt, because the thread did not run
 * or the pace of spins changed. */
#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define APART __attribute__((noinline))
#define UNSEEN __attribute__((noinline, no_instrument_function))

/* Nanoseconds of processor time or of the wall. */
UNSEEN static double now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static inline __attribute__((always_inline, no_instrument_function)) void fence(void)
{
#if defined __x86_64__
    __asm__ volatile("lfence" ::: "memory");
#else
    __asm__ volatile("isb" ::: "memory");
#endif
}

/* A straight line where it is short: a loop's end, mispredicted, would take as long as some spins.
 */
static inline __attribute__((always_inline, no_instrument_function)) void spin(int steps, int times)
{
    uint64_t value = 1;
    fence();
#pragma clang loop unroll(disable)
    for (int i = 0; i < times; i++)
#pragma clang loop unroll(full)
        for (int j = 0; j < steps; j++) {
            value *= 6364136223846793005;
            __asm__ volatile("" : "+r"(value));
        }
    fence();
}

enum { RECURSION = 8 };

/* Functions of one spin. Those that a profiler does not see run a shape once. */
#define FUNCTIONS(SIZE, STEPS, TIMES)                                                              \
    UNSEEN static void reference_##SIZE(void)                                                      \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    APART static void flat_leaf_##SIZE(void)                                                       \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    UNSEEN static void flat_##SIZE(void)                                                           \
    {                                                                                              \
        flat_leaf_##SIZE();                                                                        \
    }                                                                                              \
    APART static void nested_inner_##SIZE(void)                                                    \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    APART static void nested_middle_##SIZE(void)                                                   \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
        nested_inner_##SIZE();                                                                     \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    APART static void nested_outer_##SIZE(void)                                                    \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
        nested_middle_##SIZE();                                                                    \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    UNSEEN static void nested_##SIZE(void)                                                         \
    {                                                                                              \
        nested_outer_##SIZE();                                                                     \
    }                                                                                              \
    APART static void recursive_call_##SIZE(int depth)                                             \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
        if (depth > 1)                                                                             \
            recursive_call_##SIZE(depth - 1);                                                      \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    UNSEEN static void recursive_##SIZE(void)                                                      \
    {                                                                                              \
        recursive_call_##SIZE(RECURSION);                                                          \
    }                                                                                              \
    APART static void shared_callee_##SIZE(int twice)                                              \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
        if (twice)                                                                                 \
            spin(STEPS, TIMES);                                                                    \
    }                                                                                              \
    APART static void shared_left_##SIZE(void)                                                     \
    {                                                                                              \
        shared_callee_##SIZE(0);                                                                   \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    APART static void shared_right_##SIZE(void)                                                    \
    {                                                                                              \
        shared_callee_##SIZE(1);                                                                   \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    UNSEEN static void shared_##SIZE(void)                                                         \
    {                                                                                              \
        shared_left_##SIZE();                                                                      \
        shared_right_##SIZE();                                                                     \
    }                                                                                              \
    APART static void threads_inner_##SIZE(void)                                                   \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    APART static void threads_outer_##SIZE(void)                                                   \
    {                                                                                              \
        spin(STEPS, TIMES);                                                                        \
        threads_inner_##SIZE();                                                                    \
        spin(STEPS, TIMES);                                                                        \
    }                                                                                              \
    UNSEEN static void threads_##SIZE(void)                                                        \
    {                                                                                              \
        threads_outer_##SIZE();                                                                    \
    }

/* Steps of some 0.7 ns on a processor of today; what one takes is measured, and printed. */
FUNCTIONS(20ns, 18, 1)
FUNCTIONS(50ns, 62, 1)
FUNCTIONS(100ns, 136, 1)
FUNCTIONS(1us, 146, 10)
FUNCTIONS(10us, 146, 100)
FUNCTIONS(100us, 146, 1000)
FUNCTIONS(1ms, 146, 10000)

/* What a function does each time that its shape is run. */
struct part {
    const char *function;
    int calls, spins;
};

enum { FLAT, NESTED, RECURSIVE, SHARED, THREADS, SHAPES };

static const struct shape {
    const char *name;
    struct part parts[4];
} shapes[SHAPES] = {
    {"flat", {{"leaf", 1, 1}}},
    {"nested", {{"outer", 1, 2}, {"middle", 1, 2}, {"inner", 1, 1}}},
    {"recursive", {{"call", RECURSION, 2 * RECURSION}}},
    {"shared", {{"callee", 2, 3}, {"left", 1, 1}, {"right", 1, 1}}},
    {"threads", {{"outer", 1, 2}, {"inner", 1, 1}}},
};

#define SIZE(SIZE, NS)                                                                             \
    {                                                                                              \
#SIZE, NS, reference_##SIZE,                                                               \
        {                                                                                          \
            flat_##SIZE, nested_##SIZE, recursive_##SIZE, shared_##SIZE, threads_##SIZE            \
        }                                                                                          \
    }

static const struct size {
    const char *name;
    int nanoseconds;
    void (*reference)(void);
    void (*run[SHAPES])(void);
} sizes[] = {SIZE(20ns, 20),    SIZE(50ns, 50),      SIZE(100ns, 100),  SIZE(1us, 1000),
             SIZE(10us, 10000), SIZE(100us, 100000), SIZE(1ms, 1000000)};

enum { SIZES = sizeof sizes / sizeof *sizes };

/* What a thread did, in nanoseconds. */
struct cell {
    double runs, spin, took; /* spin: of one spin in every run, summed */
    double doubt;            /* that the thread did not run, or that the pace of spins changed */
};

struct work {
    int rounds, first, last; /* shapes */
    char **names;            /* of sizes, until NULL; all if there is none */
    struct cell cells[SIZES][SHAPES];
};

/* Nanoseconds that the batch took. */
UNSEEN static double batch(clockid_t clock, void (*run)(void), int count)
{
    double start = now(clock);
    for (int i = 0; i < count; i++)
        run();
    return now(clock) - start;
}

UNSEEN static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Nanoseconds of one spin: the median of some batches, so one that was interrupted does not count.
 */
UNSEEN static double measure(const struct size *size)
{
    enum { BATCHES = 5, NANOSECONDS = 200000 };
    double times[BATCHES];
    int count = 1 + NANOSECONDS / size->nanoseconds;
    for (int i = 0; i < BATCHES; i++)
        times[i] = batch(CLOCK_THREAD_CPUTIME_ID, size->reference, count) / count;
    qsort(times, BATCHES, sizeof *times, compare);
    return times[BATCHES / 2];
}

UNSEEN static int spins(const struct shape *shape)
{
    int count = 0;
    for (int i = 0; i < 4; i++)
        count += shape->parts[i].spins;
    return count;
}

UNSEEN static int chosen(const struct size *size, char **names)
{
    if (!*names)
        return 1;
    while (*names && strcmp(*names, size->name) != 0)
        names++;
    return *names != NULL;
}

UNSEEN static void *work(void *argument)
{
    enum { NANOSECONDS = 2000000 };
    struct work *work = argument;
    for (int round = 0; round < work->rounds; round++)
        for (int i = 0; i < SIZES; i++) {
            if (!chosen(&sizes[i], work->names))
                continue;
            double before = measure(&sizes[i]);
            for (int j = work->first; j <= work->last; j++) {
                struct cell *cell = &work->cells[i][j];
                int count = 1 + NANOSECONDS / (sizes[i].nanoseconds * spins(&shapes[j]));
                double processor = now(CLOCK_THREAD_CPUTIME_ID);
                double took = batch(CLOCK_MONOTONIC, sizes[i].run[j], count);
                processor = now(CLOCK_THREAD_CPUTIME_ID) - processor;
                double after = measure(&sizes[i]);
                cell->runs += count;
                cell->spin += count * (before + after) / 2;
                cell->took += took;
                cell->doubt += (took > processor ? took - processor : 0) +
                               fabs(after - before) / 2 * count * spins(&shapes[j]);
                before = after;
            }
        }
    return NULL;
}

UNSEEN static void print(const struct cell *cell, const struct size *size,
                         const struct shape *shape)
{
    static const char *comma = "";
    printf("%s{\"shape\":\"%s\",\"size\":\"%s\",\"size_ns\":%d,\"spin_ns\":%.2f,\"took_ns\":%.0f,"
           "\"doubt_ns\":%.0f,\"functions\":[",
           comma, shape->name, size->name, size->nanoseconds, cell->spin / cell->runs, cell->took,
           cell->doubt);
    comma = ",\n";
    for (const struct part *part = shape->parts; part < shape->parts + 4 && part->calls; part++)
        printf("%s{\"function\":\"%s_%s_%s\",\"calls\":%.0f,\"self_ns\":%.0f}",
               part > shape->parts ? "," : "", shape->name, part->function, size->name,
               part->calls * cell->runs, part->spins * cell->spin);
    printf("]}");
}

UNSEEN static int is_known(const char *name)
{
    for (int i = 0; i < SIZES; i++)
        if (strcmp(name, sizes[i].name) == 0)
            return 1;
    return 0;
}

UNSEEN static void usage(void)
{
    fprintf(stderr, "usage: truth [ROUNDS [SPIN...]], with spins of");
    for (int i = 0; i < SIZES; i++)
        fprintf(stderr, " %s", sizes[i].name);
    fprintf(stderr, "\n");
    exit(2);
}

int main(int count, char **arguments)
{
    int rounds = count > 1 ? atoi(arguments[1]) : 10;
    char **names = arguments + (count > 1 ? 2 : 1);
    if (rounds < 1)
        usage();
    for (char **name = names; *name; name++)
        if (!is_known(*name))
            usage();

    static struct work alone, together[2];
    alone = (struct work){.rounds = rounds, .first = FLAT, .last = SHARED, .names = names};
    work(&alone);
    for (int i = 0; i < 2; i++)
        together[i] =
            (struct work){.rounds = rounds, .first = THREADS, .last = THREADS, .names = names};
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, &together[1]) != 0) {
        fprintf(stderr, "truth: no second thread\n");
        return 1;
    }
    work(&together[0]);
    pthread_join(thread, NULL);

    printf("[");
    for (int i = 0; i < SIZES; i++) {
        if (!chosen(&sizes[i], names))
            continue;
        for (int j = FLAT; j <= SHARED; j++)
            print(&alone.cells[i][j], &sizes[i], &shapes[j]);
        struct cell *cell = &together[0].cells[i][THREADS], *other = &together[1].cells[i][THREADS];
        cell->runs += other->runs;
        cell->spin += other->spin;
        cell->took += other->took;
        cell->doubt += other->doubt;
        print(cell, &sizes[i], &shapes[THREADS]);
    }
    printf("]\n");
    return 0;
}
