/* Asks the runtime for all it does: many functions, threads, a child, one more after all descriptors
 * are closed. Prints what it counted itself, and whether errno and the signal mask are as they were. */
#define _GNU_SOURCE
#include "common.h"
#include "many.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

NOINLINE static long leaf(void)
{
  TOUCH();
  return 1;
}

NOINLINE static void *thread(void *sum)
{
  for (int i = 0; i < 10; i++)
    *(long *)sum += leaf();
  return sum;
}

NOINLINE static int child(void)
{
  long sum = 0;
  for (int i = 0; i < 5; i++)
    sum += leaf();
  ALL(CALL)
  return (int)sum + (int)(touched % 100);
}

int main(void)
{
  static sigset_t before, after; /* the system fills in a part of them only */
  sigprocmask(SIG_SETMASK, NULL, &before);
  errno = 77;
  long sum = 0;
  pthread_t other;
  pthread_create(&other, NULL, thread, &sum);
  pthread_join(other, NULL);
  for (int i = 0; i < 2; i++) {
    int status;
    const pid_t pid = fork();
    if (pid == 0)
      _exit(child());
    waitpid(pid, &status, 0);
    printf("child %d\n", WEXITSTATUS(status));
    close_range(3, ~0u, 0);
  }
  ALL(CALL)
  sigprocmask(SIG_SETMASK, NULL, &after);
  printf("sum %ld, touched %ld, errno %d, mask %s\n", sum, touched, errno,
         memcmp(&before, &after, sizeof before) ? "changed" : "kept");
  return 7;
}
