// Exceptions on all their ways; after each, mark() is called, and hangs under the one who calls it.
#include "common.h"
#include "foreign.h"
#include <cstdio>
#include <stdexcept>

NOINLINE static void mark() { TOUCH(); }

NOINLINE static int deep(int n)
{
  if (n == 0)
    throw std::runtime_error("deep");
  const int below = deep(n - 1);
  TOUCH();
  return below;
}

struct Cleanup {
  NOINLINE ~Cleanup() { mark(); }
};

NOINLINE static void with_cleanup()
{
  Cleanup cleanup;
  deep(0);
  TOUCH();
}

NOINLINE static void rethrows()
{
  try {
    deep(2);
  } catch (...) {
    mark();
    throw;
  }
}

NOINLINE static void replaces()
{
  try {
    rethrows();
  } catch (const std::exception &) {
    throw 1;
  }
}

struct Thrower {
  Cleanup member;
  NOINLINE Thrower() { deep(0); }
};

// Throws while it is destroyed, and catches that in itself, while another exception is on its way.
struct Nested {
  NOINLINE ~Nested()
  {
    try {
      deep(1);
    } catch (const std::exception &) {
      mark();
    }
  }
};

NOINLINE static void while_unwinding()
{
  Nested nested;
  deep(0);
  TOUCH();
}

NOINLINE static void called_back()
{
  deep(3);
  TOUCH();
}

NOINLINE static void passes()
{
  foreign_call(called_back);
  TOUCH();
}

// Caught in a function without hooks, in the middle of the stack.
NOINLINE static int caught_outside()
{
  const int caught = foreign_catch(called_back);
  mark();
  return caught;
}

NOINLINE static int catches(int way)
{
  try {
    switch (way) {
    case 0:
      deep(100);
      break;
    case 1:
      with_cleanup();
      break;
    case 2:
      replaces();
      break;
    case 3:
      Thrower();
      break;
    case 4:
      while_unwinding();
      break;
    case 5:
      passes();
      break;
    }
  } catch (int) {
    mark();
    return 10;
  } catch (const std::exception &) {
    mark();
    return 1;
  }
  TOUCH();
  return 0;
}

int main()
{
  int sum = 0;
  for (int round = 0; round < 3; round++) {
    for (int way = 0; way < 6; way++)
      sum += catches(way);
    sum += caught_outside();
    mark();
  }
  std::printf("sum %d, touched %ld\n", sum, touched);
}

// path: main 1
// path: main mark 3
// path: main catches 18
// path: main catches mark 18
// path: main catches deep 303
// path: main catches with_cleanup 3
// path: main catches with_cleanup deep 3
// path: main catches with_cleanup Cleanup::~Cleanup 3
// path: main catches with_cleanup Cleanup::~Cleanup mark 3
// path: main catches replaces 3
// path: main catches replaces rethrows 3
// path: main catches replaces rethrows deep 9
// path: main catches replaces rethrows mark 3
// path: main catches Thrower::Thrower 3
// path: main catches Thrower::Thrower deep 3
// path: main catches Thrower::Thrower Cleanup::~Cleanup 3
// path: main catches Thrower::Thrower Cleanup::~Cleanup mark 3
// path: main catches while_unwinding 3
// path: main catches while_unwinding deep 3
// path: main catches while_unwinding Nested::~Nested 3
// path: main catches while_unwinding Nested::~Nested deep 6
// path: main catches while_unwinding Nested::~Nested mark 3
// path: main catches passes 3
// path: main catches passes called_back 3
// path: main catches passes called_back deep 12
// path: main caught_outside 3
// path: main caught_outside called_back 3
// path: main caught_outside called_back deep 12
// path: main caught_outside mark 3
