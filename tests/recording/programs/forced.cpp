// Threads that are cancelled, or leave through pthread_exit, three C++ frames deep: their objects are
// destroyed, catch (...) sees it pass by.
#include "common.h"
#include <pthread.h>
#include <unistd.h>

static int pipe_ends[2];

struct Guard {
  NOINLINE ~Guard() { TOUCH(); } // calls: _ZN5GuardD2Ev 600
};

NOINLINE static void mark() { TOUCH(); } // calls: _ZL4markv 200

NOINLINE static void waits() // calls: _ZL5waitsv 100
{
  Guard guard;
  char byte;
  pthread_cancel(pthread_self());
  TOUCH();
  while (read(pipe_ends[0], &byte, 1) < 0)
    ;
}

NOINLINE static void leaves() // calls: _ZL6leavesv 100
{
  Guard guard;
  TOUCH();
  pthread_exit(nullptr);
}

NOINLINE static void passes(void (*function)()) // calls: _ZL6passesPFvvE 200
{
  Guard guard;
  try {
    function();
  } catch (...) {
    mark();
    throw;
  }
}

NOINLINE static void *body(void *function) // calls: _ZL4bodyPv 200
{
  Guard guard;
  passes(reinterpret_cast<void (*)()>(function));
  return nullptr;
}

int main() // calls: main 1
{
  if (pipe(pipe_ends) != 0)
    return 1;
  for (int i = 0; i < 200; i++) {
    pthread_t thread;
    pthread_create(&thread, nullptr, body, reinterpret_cast<void *>(i % 2 ? waits : leaves));
    pthread_join(thread, nullptr);
  }
}

// edge: _ZL4bodyPv -> _ZL6passesPFvvE 200
// edge: _ZL4bodyPv -> _ZN5GuardD2Ev 200
// edge: _ZL6passesPFvvE -> _ZN5GuardD2Ev 200
// edge: _ZL6passesPFvvE -> _ZL4markv 200
// edge: _ZL6passesPFvvE -> _ZL5waitsv 100
// edge: _ZL6passesPFvvE -> _ZL6leavesv 100
// edge: _ZL5waitsv -> _ZN5GuardD2Ev 100
// edge: _ZL6leavesv -> _ZN5GuardD2Ev 100
