/* Functions that the optimizer inlines: counted all the same, as called by whom the source says. */
#include "common.h"
#include "profinst.h"
#include <setjmp.h>
#include <stdio.h>

NOINLINE static int leaf(int x) // calls: leaf 129
{
    TOUCH();
    return x + 1;
}

/* A chain: each becomes part of the one before, and the last calls. */
static int inner(int x) // calls: inner 24
{
    return leaf(x) + leaf(x + 1) % 2; // edge: inner -> leaf 48
}

static int middle(int x) // calls: middle 30
{
    return x % 4 == 3 ? x : inner(x); // edge: middle -> inner 24
}

NOINLINE static int outer(int n) // calls: outer 3
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += middle(i); // edge: outer -> middle 30
    TOUCH();
    return sum + leaf(n); // edge: outer -> leaf 3
}

/* A loop that calls nothing else is vectorized. */
static int square(int x) // calls: square 1538
{
    return x * x;
}

NOINLINE static int squares(const int *values, int n) // calls: squares 4
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += square(values[i]); // edge: squares -> square 1498
    TOUCH();
    return sum;
}

/* Called under a condition, in a loop that may end early. */
static int is_wanted(int x) // calls: is_wanted 72
{
    return x == 42;
}

NOINLINE static int find(const int *values, int n) // calls: find 2
{
    TOUCH();
    for (int i = 0; i < n; i++)
        if (values[i] % 2 == 0)
            if (is_wanted(values[i])) // edge: find -> is_wanted 72
                return i;
    return -1;
}

/* The same code on both ways, from two functions. */
static int up(int x) // calls: up 20
{
    return leaf(x); // edge: up -> leaf 20
}

static int down(int x) // calls: down 10
{
    return leaf(x); // edge: down -> leaf 10
}

NOINLINE static int either(int x) // calls: either 30
{
    int result;
    TOUCH();
    if (x % 3 != 0)
        result = up(x); // edge: either -> up 20
    else
        result = down(x); // edge: either -> down 10
    return result * 2;
}

/* Inlined into a function that is not measured, with what it calls. */
static int visit(int x) // calls: visit 40
{
    return square(x) + leaf(x); // edge: visit -> leaf 40
                                // edge: visit -> square 40
}

NOINLINE PROFINST_NEVER static int hidden(int n)
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += visit(i);
    TOUCH();
    return sum;
}

NOINLINE static int around(int n) // calls: around 4
{
    int sum = hidden(n); // edge: around -> visit 40
    TOUCH();
    return sum;
}

/* Left by a jump. */
static jmp_buf back;

static void jump(int x) // calls: jump 8
{
    if (leaf(x) > 0) // edge: jump -> leaf 8
        longjmp(back, x);
}

NOINLINE static int jumps(int x) // calls: jumps 8
{
    TOUCH();
    if (setjmp(back) == 0)
        jump(x); // edge: jumps -> jump 8
    return either(x); // edge: jumps -> either 8
}

int main(void) // calls: main 1
{
    int values[500], sum = 0;
    for (int i = 0; i < 500; i++)
        values[i] = i;
    for (int i = 9; i < 12; i++)
        sum += outer(i); // edge: main -> outer 3
    for (int i = 0; i < 4; i++)
        sum += squares(values, 365 + 20 * i / (i + 1)); // edge: main -> squares 4
    sum += find(values, 500) + find(values + 43, 100); // edge: main -> find 2
    for (int i = 0; i < 22; i++)
        sum += either(i); // edge: main -> either 22
    for (int i = 0; i < 4; i++)
        sum += around(10); // edge: main -> around 4
    for (int i = 1; i < 9; i++)
        sum += jumps(i); // edge: main -> jumps 8
    printf("%d\n", sum);
    return 0;
}
