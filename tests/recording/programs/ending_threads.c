/* Threads that begin and end under a timer: whichever the handler runs in, and when, it counts. */
#include "common.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/time.h>

static long handled;

NOINLINE static void handle(int number)
{
  (void)number;
  __atomic_fetch_add(&handled, 1, __ATOMIC_RELAXED);
}

NOINLINE static void *body(void *unused)
{
  TOUCH();
  return unused;
}

int main(void)
{
  const struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
  const struct itimerval timer = {{0, 50}, {0, 50}}, none = {{0, 0}, {0, 0}};
  sigset_t all;
  sigaction(SIGALRM, &action, NULL);
  setitimer(ITIMER_REAL, &timer, NULL);
  for (int i = 0; i < 1000; i++) {
    pthread_t threads[4];
    for (int k = 0; k < 4; k++)
      pthread_create(&threads[k], NULL, body, NULL);
    for (int k = 0; k < 4; k++)
      pthread_join(threads[k], NULL);
  }
  setitimer(ITIMER_REAL, &none, NULL);
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  printf("%ld\n", handled);
  return 0;
}
