/* Calls, has something happen to its profile, and goes on with old and new calls, a new thread and a child:
 *
 *   disturbed remove|truncate N|handler N PROFILE
 *
 * `handler` truncates too, and has a handler for SIGBUS from before. */
#define _GNU_SOURCE
#include "common.h"
#include "many.h"
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

NOINLINE static int leaf(int n)
{
  TOUCH();
  return n;
}

NOINLINE static int work(void)
{
  int sum = 0;
  for (int i = 0; i < 100; i++)
    sum += leaf(1);
  return sum;
}

NOINLINE static void *thread(void *sum)
{
  *(int *)sum += work();
  return NULL;
}

UNHOOKED static void disturb(char **arguments)
{
  if (strcmp(arguments[1], "remove") == 0)
    unlink(arguments[3]);
  else if (truncate(arguments[3], atol(arguments[2])) != 0)
    perror(arguments[3]);
}

int main(int count, char **arguments)
{
  int sum = work();
  if (count == 4)
    disturb(arguments);
  for (int i = 0; i < 10; i++)
    sum += work();
  pthread_t other;
  pthread_create(&other, NULL, thread, &sum);
  pthread_join(other, NULL);
  ALL(CALL)
  const pid_t pid = fork();
  if (pid == 0)
    _exit(work() / 10);
  int status;
  waitpid(pid, &status, 0);
  sum += work();
  printf("sum %d, touched %ld, child %d\n", sum, touched, WEXITSTATUS(status));
  return 7;
}
