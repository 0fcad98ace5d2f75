// Methods, virtual calls, templates, a lambda, an exception, the standard library in between.
#include "common.h"
#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace shapes {

struct Shape {
  NOINLINE virtual int area(int x) const // calls: _ZNK6shapes5Shape4areaEi 2
  {
    TOUCH();
    return x;
  }
};

struct Square : Shape {
  NOINLINE int area(int x) const override // calls: _ZNK6shapes6Square4areaEi 3
  {
    TOUCH();
    return x * x;
  }
};

template <class T>
NOINLINE T twice(T x) // calls: _ZN6shapes5twiceIiEET_S1_ 4 calls: _ZN6shapes5twiceIlEET_S1_ 5
{
  TOUCH();
  return x + x;
}

} // namespace shapes

static shapes::Shape shape; // made by the compiler, without a call of a constructor
static shapes::Square square;

NOINLINE static int fail(int x) // calls: _ZL4faili 7
{
  TOUCH();
  if (x % 2)
    throw std::runtime_error("odd");
  return x;
}

NOINLINE static int attempt(int x) // calls: _ZL7attempti 7
{
  try {
    return fail(x);
  } catch (const std::exception &) {
    TOUCH();
    return -1;
  }
}

static long compared;

NOINLINE static bool less(int a, int b) // calls: _ZL4lessii 3
{
  TOUCH();
  compared++;
  return a < b;
}

int main() // calls: main 1
{
  long sum = 0;
  for (int i = 0; i < 5; i++) {
    const shapes::Shape *volatile one = i < 2 ? &shape : &square;
    sum += one->area(i);
  }
  for (int i = 0; i < 4; i++)
    sum += shapes::twice(i);
  for (long i = 0; i < 5; i++)
    sum += shapes::twice(i);
  for (int i = 0; i < 7; i++)
    sum += attempt(i);
  const std::vector<int> values = {1, 2, 3, 4};
  sum += std::is_sorted(values.begin(), values.end(), less);
  std::printf("sum %ld, compared %ld, touched %ld\n", sum, compared, touched);
}

// edge: main -> _ZNK6shapes5Shape4areaEi 2
// edge: main -> _ZNK6shapes6Square4areaEi 3
// edge: main -> _ZN6shapes5twiceIiEET_S1_ 4
// edge: main -> _ZN6shapes5twiceIlEET_S1_ 5
// edge: main -> _ZL7attempti 7
// edge: _ZL7attempti -> _ZL4faili 7
// edge: main -> _ZL4lessii 3
