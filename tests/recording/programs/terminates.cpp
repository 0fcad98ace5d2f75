// An exception reaches a function that lets none out.
#include "common.h"
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>

NOINLINE static void inner()
{
  TOUCH();
  throw std::runtime_error("inner");
}

NOINLINE static void outer() noexcept
{
  inner();
  TOUCH();
}

NOINLINE static void at_terminate()
{
  TOUCH();
  std::puts("terminated");
  std::fflush(stdout);
  std::_Exit(7);
}

int main()
{
  std::set_terminate(at_terminate);
  outer();
}
