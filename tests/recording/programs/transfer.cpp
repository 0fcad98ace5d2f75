// Coroutines that hand control to each other by tail calls, the last of them to one that does nothing.
// What is called after that hangs under the function that calls it.
#include "common.h"
#include <coroutine>
#include <cstdio>
#include <exception>

struct Task {
  struct promise_type;
  using Handle = std::coroutine_handle<promise_type>;
  struct promise_type {
    std::coroutine_handle<> awaiting = std::noop_coroutine();
    struct Final {
      UNHOOKED bool await_ready() noexcept { return false; }
      UNHOOKED std::coroutine_handle<> await_suspend(Handle handle) noexcept
      {
        return handle.promise().awaiting;
      }
      UNHOOKED void await_resume() noexcept {}
    };
    UNHOOKED Task get_return_object() { return {Handle::from_promise(*this)}; }
    UNHOOKED std::suspend_always initial_suspend() noexcept { return {}; }
    UNHOOKED Final final_suspend() noexcept { return {}; }
    UNHOOKED void return_void() {}
    UNHOOKED void unhandled_exception() { std::terminate(); }
  };
  Handle handle;
  UNHOOKED bool await_ready() { return false; }
  UNHOOKED std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting)
  {
    handle.promise().awaiting = awaiting;
    return handle;
  }
  UNHOOKED void await_resume() {}
};

NOINLINE static void leaf()
{
  TOUCH();
}

NOINLINE static void after()
{
  TOUCH();
}

NOINLINE static Task inner()
{
  leaf();
  co_return;
}

NOINLINE static Task outer()
{
  for (int i = 0; i < 3; i++) {
    Task task = inner();
    co_await task;
    task.handle.destroy();
  }
}

int main()
{
  for (int i = 0; i < 5; i++) {
    Task task = outer();
    task.handle.resume();
    after();
    task.handle.destroy();
  }
  std::printf("%ld\n", touched);
}
