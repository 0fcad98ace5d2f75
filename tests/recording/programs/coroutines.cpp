// A generator and a task that awaits another. The function of a coroutine is called once for each
// coroutine; each time that one is resumed is a call of its part ".resume".
#include "common.h"
#include <coroutine>
#include <cstdio>
#include <exception>

struct Generator {
  struct promise_type {
    int value;
    UNHOOKED Generator get_return_object()
    {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    UNHOOKED std::suspend_always initial_suspend() { return {}; }
    UNHOOKED std::suspend_always final_suspend() noexcept { return {}; }
    UNHOOKED std::suspend_always yield_value(int next)
    {
      value = next;
      return {};
    }
    UNHOOKED void return_void() {}
    UNHOOKED void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

NOINLINE static int step(int x)
{
  TOUCH();
  return x * x;
}

NOINLINE static Generator squares(int n)
{
  for (int i = 0; i < n; i++)
    co_yield step(i);
}

NOINLINE static int drain(int n)
{
  const Generator generator = squares(n);
  int sum = 0;
  for (;;) {
    generator.handle.resume();
    if (generator.handle.done())
      break;
    sum += generator.handle.promise().value;
  }
  generator.handle.destroy();
  step(0);
  return sum;
}

int main()
{
  int sum = 0;
  for (int i = 0; i < 3; i++)
    sum += drain(10);
  std::printf("sum %d, touched %ld\n", sum, touched);
}
