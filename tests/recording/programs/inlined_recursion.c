/* Recursion that is inlined into itself, or becomes a loop: its calls are counted all the same. Who
 * called is then the function that it was inlined into. */
#include "common.h"
#include <stdio.h>

/* A tail call but for the multiplication. */
static unsigned factorial(unsigned n) // calls: factorial 45
{
    return n < 2 ? 1 : n * factorial(n - 1);
}

NOINLINE static unsigned factorials(void) // calls: factorials 1
{
    unsigned sum = 0;
    for (unsigned i = 7; i < 12; i++)
        sum += factorial(i);
    TOUCH();
    return sum;
}

/* Two that call each other. */
static int is_odd(unsigned n);

static int is_even(unsigned n) // calls: is_even 13
{
    return n == 0 ? 1 : is_odd(n - 1);
}

static int is_odd(unsigned n) // calls: is_odd 12
{
    return n == 0 ? 0 : is_even(n - 1);
}

/* Both. */
NOINLINE static int tree(int depth, int width) // calls: tree 40
{
    int sum = 1;
    TOUCH();
    for (int i = 0; depth > 0 && i < width; i++)
        sum += tree(depth - 1, width);
    return sum;
}

NOINLINE static long count_down(long n) // calls: count_down 101
{
    TOUCH();
    return n == 0 ? 0 : count_down(n - 1);
}

int main(void) // calls: main 1
{
    volatile unsigned n = 24;
    printf("%u %d %d %ld\n", factorials(), is_even(n), tree(3, 3), count_down(100));
    return 0;
}
