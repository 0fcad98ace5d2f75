// An exception through two hundred functions, instances of one template: each destroys an object, catches
// the exception and throws another.
#include "common.h"
#include <cstdio>

struct Guard {
  NOINLINE ~Guard() { TOUCH(); }
};

template <int N> NOINLINE void level()
{
  Guard guard;
  try {
    level<N - 1>();
  } catch (int value) {
    TOUCH();
    throw value + 1;
  }
  TOUCH();
}

template <> NOINLINE void level<0>() { throw 0; }

int main()
{
  int caught = 0;
  for (int round = 0; round < 5; round++) {
    try {
      level<200>();
    } catch (int value) {
      caught += value;
    }
  }
  std::printf("caught %d\n", caught);
}
