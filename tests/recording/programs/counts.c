/* Loops, direct and mutual recursion, a pointer to a function; prints what it counted itself. */
#include "common.h"
#include <stdio.h>

NOINLINE static int leaf(int x) // calls: leaf 48
{
    TOUCH();
    return x + 1;
}

NOINLINE int walk(int n) // calls: walk 10
{
    int sum = 0;
    for (int i = 0; i < n; i++)
        sum += leaf(i);
    TOUCH();
    return sum;
}

NOINLINE int down(int n) // calls: down 21
{
    int below = n > 0 ? down(n - 1) : 0;
    TOUCH();
    return below + 1;
}

NOINLINE int odd(int n);

NOINLINE int even(int n) // calls: even 6
{
    int result = n == 0 ? 1 : odd(n - 1);
    TOUCH();
    return result;
}

NOINLINE int odd(int n) // calls: odd 5
{
    int result = n == 0 ? 0 : even(n - 1);
    TOUCH();
    return result;
}

int (*volatile pointer)(int) = leaf;

int main(void) // calls: main 1
{
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += walk(i);
    for (int i = 0; i < 3; i++)
        sum += pointer(i);
    sum += down(20);
    sum += even(10);
    printf("sum %d, touched %ld\n", sum, touched);
    return 0;
}

// edge: main -> walk 10
// edge: walk -> leaf 45
// edge: main -> leaf 3
// edge: main -> down 1
// edge: down -> down 20
// edge: main -> even 1
// edge: even -> odd 5
// edge: odd -> even 5
