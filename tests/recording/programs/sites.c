/* Where calls are made: each line tells what its database says of it, CALLS/LINES, where that many
 * calls are those of so many lines together. */
#define _GNU_SOURCE
#include "common.h"
#include "sites.h"
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>

#define LEAF_TWICE() (leaf(1), leaf(2))

NOINLINE void leaf(int n)
{
    TOUCH();
    (void)n;
}

NOINLINE static int helper(void) // another one is in sites_2.c
{
    TOUCH();
    return 1;
}

NOINLINE int by_pointer(int n)
{
    TOUCH();
    return n;
}

NOINLINE int both_ways(int n)
{
    TOUCH();
    return n;
}

NOINLINE static void once(void)
{
    leaf(0); // site: once -> leaf direct 1/1 exact
    TOUCH();
}

NOINLINE static void several(void)
{
    for (int i = 0; i < 3; i++)
        leaf(i); // site: several -> leaf direct 8/3
    leaf(0); // site: several -> leaf direct 8/3
    LEAF_TWICE(), LEAF_TWICE(); // site: several -> leaf direct 8/3
    TOUCH();
}

NOINLINE static void from_elsewhere(void)
{
#include "sites_inside.h"
    TOUCH();
}

NOINLINE static int calls_pointer(int (*function)(int), int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += function(i); // site: calls_pointer -> by_pointer pointer 5/1 exact
    TOUCH();
    return sum;
}

/* `both_ways` may have been called in either line, `by_pointer` in neither by its name. */
NOINLINE static int calls_both(int (*function)(int))
{
    int sum = both_ways(1); // site: calls_both -> both_ways direct 3/1
    sum += function(2);
    sum += function(3);
    TOUCH();
    return sum;
}

NOINLINE static int calls_two_pointers(int (*first)(int), int (*second)(int))
{
    int sum = first(1); // site: calls_two_pointers -> by_pointer pointer 2/2
    sum += second(2); // site: calls_two_pointers -> by_pointer pointer 2/2
    TOUCH();
    return sum;
}

NOINLINE static int compare(const void *a, const void *b)
{
    TOUCH();
    return *(const int *)a - *(const int *)b;
}

NOINLINE static int sorts(void)
{
    int numbers[] = {2, 1};
    qsort(numbers, 2, sizeof *numbers, compare); // site: sorts -> compare through=qsort 1/1 exact
    TOUCH();
    return numbers[0];
}

/* Not measured; what it calls is called by who called it. */
UNHOOKED NOINLINE static int leads_to_leaf(int n)
{
    leaf(n);
    TOUCH();
    return n;
}

UNHOOKED NOINLINE static int leads_anywhere(int n)
{
    if (n > 0)
        leaf(n);
    TOUCH();
    return helper();
}

NOINLINE static int calls_unhooked(void)
{
    int sum = leads_to_leaf(1); // site: calls_unhooked -> leaf direct 2/1
    TOUCH();
    return sum + leads_anywhere(1); // site: calls_unhooked -> helper through=leads_anywhere 1/1 exact
}

NOINLINE static int tail(int n)
{
    TOUCH();
    return by_pointer(n); // site: tail -> by_pointer direct 1/1 exact
}

NOINLINE static int recursive(int n)
{
    int below = n > 0 ? recursive(n - 1) : 0; // site: recursive -> recursive direct 4/1 exact
    TOUCH();
    return below + 1;
}

static void on_trap(int number, siginfo_t *information, void *context)
{
    TOUCH();
#if defined(__aarch64__)
    ((ucontext_t *)context)->uc_mcontext.pc += 4;
#endif
    (void)number, (void)information, (void)context;
}

NOINLINE static void prepare(void)
{
    struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
    sigaction(SIGTRAP, &action, NULL);
    TOUCH();
}

/* Nobody has called the handler through the pointer, but it seems so. */
NOINLINE static void interrupted(int (*function)(int))
{
    __builtin_debugtrap();
    function(1); // site: interrupted -> on_trap pointer 1/1 // site: interrupted -> by_pointer pointer 1/1 exact
    TOUCH();
}

NOINLINE static void calls_another_name(void)
{
    elsewhere_by_another_name(); // site: calls_another_name -> elsewhere_itself through=elsewhere_by_another_name 1/1 exact
    TOUCH();
}

int main(void)
{
    once(); // site: main -> once direct 1/1 exact
    several(); // site: main -> several direct 1/1 exact
    from_elsewhere(); // site: main -> from_elsewhere direct 1/1 exact
    calls_pointer(by_pointer, 5); // site: main -> calls_pointer direct 1/1 exact
    calls_both(both_ways); // site: main -> calls_both direct 1/1 exact
    calls_two_pointers(by_pointer, by_pointer); // site: main -> calls_two_pointers direct 1/1 exact
    sorts(); // site: main -> sorts direct 1/1 exact
    calls_unhooked(); // site: main -> calls_unhooked direct 1/1 exact
    tail(3); // site: main -> tail direct 1/1 exact
    recursive(4); // site: main -> recursive direct 1/1 exact
    calls_another_name(); // site: main -> calls_another_name direct 1/1 exact
    prepare(); // site: main -> prepare direct 1/1 exact
    interrupted(by_pointer); // site: main -> interrupted direct 1/1 exact
    helper(); // site: main -> helper direct 1/1 exact
    elsewhere(); // site: main -> elsewhere direct 1/1 exact
    return in_header(1) - 2; // site: main -> in_header direct 1/1 exact
}
