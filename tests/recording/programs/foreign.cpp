#include "foreign.h"
#include <stdexcept>

void foreign_call(void (*function)(void))
{
  function();
  static volatile int count;
  count = count + 1;
}

int foreign_catch(void (*function)(void))
{
  try {
    function();
  } catch (const std::exception &) {
    return 100;
  }
  return 0;
}

void foreign_throw(void)
{
  throw std::runtime_error("foreign");
}
