// Coroutines: generators that are drained, dropped while suspended, and that throw; tasks that await each
// other by symmetric transfer, a million times in a row, on a stack that cannot hold a thousand.
#include "common.h"
#include <coroutine>
#include <cstdio>
#include <exception>
#include <utility>

struct Guard {
  NOINLINE ~Guard() { TOUCH(); } // calls: _ZN5GuardD2Ev 2030
};

NOINLINE static int step(int x) // calls: _ZL4stepi 1001030
{
  TOUCH();
  return x;
}

NOINLINE static void raise() // calls: _ZL5raisev 1010
{
  TOUCH();
  throw 1;
}

template <class Promise> struct Owner {
  std::coroutine_handle<Promise> handle;
  UNHOOKED explicit Owner(std::coroutine_handle<Promise> mine) : handle(mine) {}
  UNHOOKED Owner(Owner &&other) : handle(std::exchange(other.handle, {})) {}
  UNHOOKED ~Owner()
  {
    if (handle)
      handle.destroy();
  }
};

// ---- generators -------------------------------------------------------------------------------

struct Generator {
  struct promise_type {
    int value;
    std::exception_ptr thrown;
    UNHOOKED Generator get_return_object()
    {
      return {Owner<promise_type>(std::coroutine_handle<promise_type>::from_promise(*this))};
    }
    UNHOOKED std::suspend_always initial_suspend() { return {}; }
    UNHOOKED std::suspend_always final_suspend() noexcept { return {}; }
    UNHOOKED std::suspend_always yield_value(int next)
    {
      value = next;
      return {};
    }
    UNHOOKED void return_void() {}
    UNHOOKED void unhandled_exception() { thrown = std::current_exception(); }
  };
  Owner<promise_type> owner;
  UNHOOKED bool next()
  {
    owner.handle.resume();
    if (owner.handle.promise().thrown)
      std::rethrow_exception(owner.handle.promise().thrown);
    return !owner.handle.done();
  }
};

NOINLINE static Generator counts(int end, bool throws)
{
  Guard guard;
  for (int i = 0; i < end; i++)
    co_yield step(i);
  if (throws)
    raise();
}

NOINLINE static int drains(int end)
{
  Generator generator = counts(end, false);
  int sum = 0;
  while (generator.next())
    sum += generator.owner.handle.promise().value;
  return sum;
}

NOINLINE static int drops()
{
  Generator generator = counts(100, false);
  generator.next();
  return step(1);
}

NOINLINE static int catches()
{
  Generator generator = counts(1, true);
  try {
    while (generator.next())
      TOUCH();
  } catch (int) {
    return 1;
  }
  return 0;
}

// ---- tasks ------------------------------------------------------------------------------------

struct Task {
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;
  struct promise_type {
    std::coroutine_handle<> waiting;
    int result = 0;
    bool failed = false;
    struct Final {
      UNHOOKED bool await_ready() noexcept { return false; }
      UNHOOKED std::coroutine_handle<> await_suspend(Handle mine) noexcept
      {
        return mine.promise().waiting;
      }
      UNHOOKED void await_resume() noexcept {}
    };
    UNHOOKED Task get_return_object() { return {Owner<promise_type>(Handle::from_promise(*this))}; }
    UNHOOKED std::suspend_always initial_suspend() { return {}; }
    UNHOOKED Final final_suspend() noexcept { return {}; }
    UNHOOKED void return_value(int value) { result = value; }
    UNHOOKED void unhandled_exception() { failed = true; }
  };
  Owner<promise_type> owner;
  UNHOOKED bool await_ready() { return false; }
  UNHOOKED std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting)
  {
    owner.handle.promise().waiting = waiting;
    return owner.handle;
  }
  UNHOOKED int await_resume()
  {
    if (owner.handle.promise().failed)
      throw 2;
    return owner.handle.promise().result;
  }
};

NOINLINE static Task answers(int x) { co_return step(x); }

NOINLINE static Task fails()
{
  Guard guard;
  raise();
  co_return 0;
}

NOINLINE static Task asks(int times)
{
  int sum = 0;
  for (int i = 0; i < times; i++)
    sum += co_await answers(1);
  for (int i = 0; i < 1000; i++) {
    Guard guard;
    try {
      sum += co_await fails();
    } catch (int value) {
      sum += value;
    }
  }
  co_return sum;
}

NOINLINE static int runs(int times)
{
  Task task = asks(times);
  task.owner.handle.promise().waiting = std::noop_coroutine();
  task.owner.handle.resume();
  return task.owner.handle.promise().result;
}

int main()
{
  int sum = 0;
  for (int i = 0; i < 10; i++)
    sum += drains(100) + drops() + catches();
  std::printf("generators %d\n", sum);
  std::printf("tasks %d\n", runs(1000000));
}
