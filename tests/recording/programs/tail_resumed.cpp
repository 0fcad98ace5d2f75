// Functions called in the last step of others, to which control comes back out of an exception and out of a
// jump: what they call after that hangs under them.
#include "common.h"
#include <csetjmp>
#include <cstdio>

static std::jmp_buf back;

NOINLINE static void leaf()
{
  TOUCH();
}

NOINLINE static void thrower()
{
  if (touched >= 0)
    throw 1;
}

NOINLINE static void jumper()
{
  TOUCH();
  std::longjmp(back, 1);
}

NOINLINE static void catches()
{
  try {
    thrower();
  } catch (int) {
    TOUCH();
  }
  leaf();
  TOUCH();
}

NOINLINE static void jumps()
{
  if (setjmp(back) == 0)
    jumper();
  leaf();
  TOUCH();
}

NOINLINE static void first()
{
  TOUCH();
  catches();
}

NOINLINE static void second()
{
  TOUCH();
  jumps();
}

int main()
{
  first();
  second();
  leaf();
  std::printf("%ld\n", touched);
}

// path: main 1
// path: main first 1
// path: main first catches 1
// path: main first catches thrower 1
// path: main first catches leaf 1
// path: main second 1
// path: main second jumps 1
// path: main second jumps jumper 1
// path: main second jumps leaf 1
// path: main leaf 1
