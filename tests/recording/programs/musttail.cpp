// Calls that must be tail calls: a machine of three states, each calling the next in its own place.
#include "common.h"
#include <cstdio>

NOINLINE static long state_b(long n, long sum);
NOINLINE static long state_c(long n, long sum);

NOINLINE static long state_a(long n, long sum) // calls: _ZL7state_all 100001
{
  TOUCH();
  if (n == 0)
    return sum;
  [[clang::musttail]] return state_b(n - 1, sum + 1);
}

NOINLINE static long state_b(long n, long sum) // calls: _ZL7state_bll 100000
{
  TOUCH();
  [[clang::musttail]] return state_c(n, sum + 1);
}

NOINLINE static long state_c(long n, long sum) // calls: _ZL7state_cll 100000
{
  TOUCH();
  [[clang::musttail]] return state_a(n, sum + 1);
}

int main() // calls: main 1
{
  std::printf("%ld\n", state_a(100000, 0));
}

// edge: main -> _ZL7state_all 1
// edge: _ZL7state_all -> _ZL7state_bll 100000
// edge: _ZL7state_bll -> _ZL7state_cll 100000
// edge: _ZL7state_cll -> _ZL7state_all 100000
