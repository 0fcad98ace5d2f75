// leaves HOW: calls work ten times and ends in one of many ways; what is called on the way out is counted.
#include "common.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <unistd.h>

NOINLINE static void leaf() { TOUCH(); }
NOINLINE static void work() { leaf(); TOUCH(); }

struct Static {
  NOINLINE ~Static() { work(); }
};
static Static at_the_end;

NOINLINE static void at_exit_late() { work(); }
NOINLINE static void at_exit_early()
{
  std::atexit(at_exit_late);
  work();
}
NOINLINE static void exits_again() { std::exit(6); }
NOINLINE static void at_quick() { work(); }
NOINLINE static void handle(int) { std::exit(7); }
NOINLINE static void *body(void *) { std::exit(8); }

NOINLINE static void in_thread()
{
  pthread_t thread;
  pthread_create(&thread, nullptr, body, nullptr);
  pthread_join(thread, nullptr);
  TOUCH();
}

int main(int, char **arguments)
{
  static Static in_main;
  const char *how = arguments[1];
  std::atexit(at_exit_early);
  std::at_quick_exit(at_quick);
  std::signal(SIGUSR1, handle);
  for (int i = 0; i < 10; i++)
    work();
  if (std::strcmp(how, "quick_exit") == 0)
    std::quick_exit(5);
  if (std::strcmp(how, "again") == 0)
    std::atexit(exits_again);
  if (std::strcmp(how, "handler") == 0)
    std::raise(SIGUSR1);
  if (std::strcmp(how, "thread") == 0)
    in_thread();
  return 3;
}
