// Three functions that call each other in their last step, ten million times: the optimizer makes jumps of
// such calls, and a stack of 8 MB holds no ten million frames. One of them may throw; one has two ends.
#include "common.h"
#include <cstdio>

static const long steps = 9999999;

NOINLINE static long third(long n, long sum);
NOINLINE static long second(long n, long sum);

NOINLINE static long first(long n, long sum) // calls: _ZL5firstll 3333334
{
  TOUCH();
  if (n == 0)
    return sum;
  return second(n - 1, sum + 1);
}

NOINLINE static long second(long n, long sum) // calls: _ZL6secondll 3333333
{
  TOUCH();
  if (n < 0)
    throw n;
  return n % 2 ? third(n - 1, sum + 1) : third(n - 1, sum + 2);
}

NOINLINE static long third(long n, long sum) // calls: _ZL5thirdll 3333333
{
  TOUCH();
  return first(n - 1, sum + 1);
}

NOINLINE static void end(long *sum) // calls: _ZL3endPl 2
{
  TOUCH();
  *sum += 1;
}

NOINLINE static void pass(long *sum) // calls: _ZL4passPl 1
{
  *sum += touched;
  end(sum);
}

int main() // calls: main 1
{
  long sum = first(steps, 0);
  pass(&sum);
  end(&sum);
  std::printf("%ld\n", sum);
}

// edge: main -> _ZL5firstll 1
// edge: _ZL5firstll -> _ZL6secondll 3333333
// edge: _ZL6secondll -> _ZL5thirdll 3333333
// edge: _ZL5thirdll -> _ZL5firstll 3333333
// edge: main -> _ZL4passPl 1
// edge: _ZL4passPl -> _ZL3endPl 1
// edge: main -> _ZL3endPl 1
