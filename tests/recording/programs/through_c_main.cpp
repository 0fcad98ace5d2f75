#include "common.h"
#include "foreign.h"
#include <cstdio>
#include <exception>

extern "C" void through_c(void (*function)());

NOINLINE static void mark() { TOUCH(); }

int main()
{
  for (int i = 0; i < 4; i++) {
    try {
      through_c(foreign_throw);
    } catch (const std::exception &) {
      mark();
    }
    mark();
  }
  std::printf("touched %ld\n", touched);
}

// path: main 1
// path: main through_c 4
// path: main mark 8
