// not_caught HOW: std::terminate by a destructor that throws while an exception passes, by an exception that
// leaves a function that is noexcept, by `throw;` without one, or that nobody catches.
#include "common.h"
#include <cstdio>
#include <cstdlib>
#include <exception>

NOINLINE static void raise()
{
  TOUCH();
  throw 1;
}

struct Throwing {
  NOINLINE ~Throwing() noexcept(false) { raise(); }
};

NOINLINE static void destroys()
{
  try {
    Throwing throwing;
    raise();
  } catch (int) {
    std::_Exit(1);
  }
}

NOINLINE static void forbids() noexcept
{
  raise();
  TOUCH();
}

NOINLINE static void rethrows()
{
  TOUCH();
  throw;
}

NOINLINE static void last() { TOUCH(); }

NOINLINE static void at_terminate()
{
  last();
  std::_Exit(7);
}

int main(int, char **arguments)
{
  std::set_terminate(at_terminate);
  switch (*arguments[1]) {
  case 'd':
    destroys();
    break;
  case 'f':
    forbids();
    break;
  case 'r':
    rethrows();
    break;
  default:
    raise();
  }
}
