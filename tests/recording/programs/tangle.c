/* Sixteen functions that call each other at random, to a depth of 40: the chains of callers are
 * without number. */
#include "common.h"
#include <stdio.h>

typedef void function(int depth);
static function *const functions[16];
static unsigned state = 1;
static long calls;

NOINLINE static unsigned draw(void)
{
  state = state * 1664525u + 1013904223u;
  return state >> 16;
}

#define DEFINE(name)                                                                               \
  NOINLINE static void name(int depth)                                                             \
  {                                                                                                \
    calls++;                                                                                       \
    for (unsigned more = depth > 0 ? draw() % 3 : 0; more > 0 && calls < 60000; more--)           \
      functions[draw() % 16](depth - 1);                                                           \
  }
DEFINE(f0) DEFINE(f1) DEFINE(f2) DEFINE(f3) DEFINE(f4) DEFINE(f5) DEFINE(f6) DEFINE(f7)
DEFINE(f8) DEFINE(f9) DEFINE(f10) DEFINE(f11) DEFINE(f12) DEFINE(f13) DEFINE(f14) DEFINE(f15)
static function *const functions[16] = {f0, f1, f2,  f3,  f4,  f5,  f6,  f7,
                                        f8, f9, f10, f11, f12, f13, f14, f15};

int main(void)
{
  while (calls < 60000)
    functions[0](40);
  printf("%ld\n", calls);
  return 0;
}
