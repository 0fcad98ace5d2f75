// Exceptions from and through all that can throw: ten thousand frames, frames that each rethrow, half-built
// objects, arrays, function-try-blocks, handlers, another thread. After each, mark() hangs under the one
// who calls it.
#include "common.h"
#include "foreign.h"
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <pthread.h>

NOINLINE static void mark() { TOUCH(); }

NOINLINE static void raise(int value)
{
  TOUCH();
  throw value;
}

// ---- many frames ------------------------------------------------------------------------------

struct Guard {
  NOINLINE ~Guard() { TOUCH(); }
};

NOINLINE static void bare(int depth)
{
  if (depth == 0)
    raise(1);
  bare(depth - 1);
  TOUCH();
}

NOINLINE static void guarded(int depth)
{
  Guard guard;
  if (depth == 0)
    raise(1);
  guarded(depth - 1);
  TOUCH();
}

NOINLINE static void rethrowing(int depth)
{
  try {
    if (depth == 0)
      raise(1);
    rethrowing(depth - 1);
  } catch (int) {
    mark();
    throw;
  }
}

// ---- objects ----------------------------------------------------------------------------------

static int made;

struct Base {
  NOINLINE Base() { TOUCH(); }
  NOINLINE ~Base() { TOUCH(); }
};

struct Member {
  NOINLINE Member()
  {
    TOUCH();
    if (++made == 3)
      raise(made);
  }
  NOINLINE ~Member() { TOUCH(); }
};

struct Half : virtual Base {
  Member first, second, third;
  NOINLINE Half() { TOUCH(); }
  NOINLINE ~Half() { TOUCH(); }
};

struct Delegating {
  Guard guard;
  NOINLINE explicit Delegating(int) { TOUCH(); }
  NOINLINE Delegating() : Delegating(1) { raise(2); }
  NOINLINE ~Delegating() { TOUCH(); }
};

struct Allocated {
  NOINLINE Allocated() { raise(3); }
  UNHOOKED static void *operator new(size_t size) { return std::malloc(size); }
  UNHOOKED static void operator delete(void *memory)
  {
    mark();
    std::free(memory);
  }
};

struct Trying {
  Guard guard;
  NOINLINE Trying()
  try {
    raise(4);
  } catch (int) {
    mark();
  }
};

struct Leaving {
  NOINLINE ~Leaving() noexcept(false) { raise(5); }
};

NOINLINE static void in_array()
{
  made = 0;
  Member members[5];
  TOUCH();
}

NOINLINE static void on_heap()
{
  made = 0;
  delete[] new Member[5];
  TOUCH();
}

NOINLINE static void half_built()
{
  made = 0;
  Half half;
  TOUCH();
}

NOINLINE static void delegated()
{
  Delegating delegating;
  TOUCH();
}

NOINLINE static void allocated()
{
  delete new Allocated;
  TOUCH();
}

NOINLINE static void tried()
{
  Trying trying;
  TOUCH();
}

NOINLINE static void left()
{
  Guard guard;
  {
    Leaving leaving;
    TOUCH();
  }
  TOUCH();
}

// ---- handlers ---------------------------------------------------------------------------------

NOINLINE static void while_handled()
try {
  raise(6);
} catch (int) {
  try {
    raise(7);
  } catch (int) {
    mark();
    try {
      guarded(3);
    } catch (int) {
      mark();
    }
  }
  mark();
  throw;
}

NOINLINE static void throws_int() { raise(8); }

NOINLINE static void throws_known()
{
  foreign_throw();
  TOUCH();
}

NOINLINE static void catches_outside()
{
  foreign_catch(throws_known);
  mark();
}

// Caught twice where nothing is hooked, and thrown from there.
NOINLINE static void again_outside()
{
  if (foreign_catch(throws_known) != 100)
    raise(9);
  foreign_call(catches_outside);
  foreign_call(throws_int);
  TOUCH();
}

NOINLINE static void *in_thread(void *caught)
{
  try {
    bare(10);
  } catch (...) {
    *static_cast<std::exception_ptr *>(caught) = std::current_exception();
    mark();
  }
  return nullptr;
}

NOINLINE static void from_thread()
{
  std::exception_ptr caught;
  pthread_t thread;
  pthread_create(&thread, nullptr, in_thread, &caught);
  pthread_join(thread, nullptr);
  std::rethrow_exception(caught);
}

// ---- the one who catches ----------------------------------------------------------------------

NOINLINE static int catches(void (*function)())
{
  try {
    function();
  } catch (int) {
    mark();
    return 1;
  }
  return 0;
}

UNHOOKED static void far_bare() { bare(10000); }
UNHOOKED static void far_guarded() { guarded(10000); }
UNHOOKED static void far_rethrowing() { rethrowing(100); }

int main()
{
  void (*const all[])() = {far_bare, far_guarded, far_rethrowing, in_array, on_heap, half_built, delegated,
                           allocated, tried, left, while_handled, again_outside, from_thread};
  int sum = 0;
  for (int round = 0; round < 3; round++) {
    for (auto function : all)
      sum += catches(function);
    mark();
  }
  std::printf("sum %d, touched %ld\n", sum, touched);
}

// path: main 1
// path: main mark 3
// path: main catches 39
// path: main catches mark 39
// path: main catches bare 30003
// path: main catches bare raise 3
// path: main catches guarded 30003
// path: main catches guarded raise 3
// path: main catches guarded Guard::~Guard 30003
// path: main catches rethrowing 303
// path: main catches rethrowing raise 3
// path: main catches rethrowing mark 303
// path: main catches in_array 3
// path: main catches in_array Member::Member 9
// path: main catches in_array Member::Member raise 3
// path: main catches in_array Member::~Member 6
// path: main catches on_heap 3
// path: main catches on_heap Member::Member 9
// path: main catches on_heap Member::Member raise 3
// path: main catches on_heap Member::~Member 6
// path: main catches half_built 3
// path: main catches half_built Half::Half 3
// path: main catches half_built Half::Half Base::Base 3
// path: main catches half_built Half::Half Base::~Base 3
// path: main catches half_built Half::Half Member::Member 9
// path: main catches half_built Half::Half Member::Member raise 3
// path: main catches half_built Half::Half Member::~Member 6
// path: main catches delegated 3
// path: main catches delegated Delegating::Delegating 3
// path: main catches delegated Delegating::Delegating Delegating::Delegating 3
// path: main catches delegated Delegating::Delegating raise 3
// path: main catches delegated Delegating::Delegating Delegating::~Delegating 3
// path: main catches delegated Delegating::Delegating Delegating::~Delegating Guard::~Guard 3
// path: main catches allocated 3
// path: main catches allocated Allocated::Allocated 3
// path: main catches allocated Allocated::Allocated raise 3
// path: main catches allocated mark 3
// path: main catches tried 3
// path: main catches tried Trying::Trying 3
// path: main catches tried Trying::Trying raise 3
// path: main catches tried Trying::Trying mark 3
// path: main catches tried Trying::Trying Guard::~Guard 3
// path: main catches left 3
// path: main catches left Leaving::~Leaving 3
// path: main catches left Leaving::~Leaving raise 3
// path: main catches left Guard::~Guard 3
// path: main catches while_handled 3
// path: main catches while_handled raise 6
// path: main catches while_handled mark 9
// path: main catches while_handled guarded 12
// path: main catches while_handled guarded raise 3
// path: main catches while_handled guarded Guard::~Guard 12
// path: main catches again_outside 3
// path: main catches again_outside throws_known 3
// path: main catches again_outside catches_outside 3
// path: main catches again_outside catches_outside throws_known 3
// path: main catches again_outside catches_outside mark 3
// path: main catches again_outside throws_int 3
// path: main catches again_outside throws_int raise 3
// path: main catches from_thread 3
// path: in_thread 3
// path: in_thread bare 33
// path: in_thread bare raise 3
// path: in_thread mark 3
