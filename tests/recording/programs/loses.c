/* Once from main, then, when there is no room for new places, 1,000 times from a new one. */
#include "common.h"
#include "many.h"

NOINLINE static void parse(void)
{
  TOUCH();
}

NOINLINE static void handle(void)
{
  parse();
  TOUCH();
}

int main(void)
{
  parse();
  ALL(CALL)
  for (int i = 0; i < 1000; i++)
    handle();
  parse();
  return 0;
}
