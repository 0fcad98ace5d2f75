// Calls in tail position, ten million of each kind, on a small stack: a chain that must be tail calls, a
// function that calls itself last, two that call each other last. The latter two need -O2.
#include "common.h"
#include <cstdio>
#include <cstring>

typedef long State(long n, long sum);

NOINLINE static State state_b;

NOINLINE static long state_a(long n, long sum)
{
  TOUCH();
  if (n == 0)
    return sum;
  [[clang::musttail]] return state_b(n - 1, sum + 1);
}

NOINLINE static long state_b(long n, long sum)
{
  TOUCH();
  if (n == 0)
    return sum;
  [[clang::musttail]] return state_a(n - 1, sum + 1);
}

NOINLINE static long self(long n, long sum)
{
  TOUCH();
  return n == 0 ? sum : self(n - 1, sum + 1);
}

NOINLINE static bool odd(long n);

NOINLINE static bool even(long n)
{
  TOUCH();
  return n == 0 ? true : odd(n - 1);
}

NOINLINE static bool odd(long n)
{
  TOUCH();
  return n == 0 ? false : even(n - 1);
}

int main(int, char **arguments)
{
  const long steps = 10000000;
  if (strcmp(arguments[1], "must") == 0)
    std::printf("%ld\n", state_a(steps, 0));
  else if (strcmp(arguments[1], "self") == 0)
    std::printf("%ld\n", self(steps, 0));
  else
    std::printf("%d\n", even(steps));
}
