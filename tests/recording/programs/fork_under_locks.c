/* A fork that wants a lock of the program's, which another thread holds while it calls from a new place: the
 * program comes to its end. */
#include "common.h"
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t held;

UNHOOKED static void take(void)
{
  pthread_mutex_lock(&mutex);
}

UNHOOKED static void release(void)
{
  pthread_mutex_unlock(&mutex);
}

/* Before the runtime's own handlers, which therefore come first. */
UNHOOKED static void prepare(void)
{
  pthread_atfork(take, release, release);
}
__attribute__((section(".preinit_array"), used)) static void (*early)(void) = prepare;

NOINLINE static void fresh(void)
{
  TOUCH();
}

NOINLINE static void *holder(void *unused)
{
  take();
  pthread_barrier_wait(&held);
  usleep(100000); /* the fork is on its way */
  fresh();
  release();
  return unused;
}

int main(void)
{
  pthread_t other;
  pthread_barrier_init(&held, NULL, 2);
  pthread_create(&other, NULL, holder, NULL);
  pthread_barrier_wait(&held);
  const pid_t child = fork();
  if (child == 0)
    _exit(3);
  int status;
  waitpid(child, &status, 0);
  pthread_join(other, NULL);
  printf("child %d\n", WEXITSTATUS(status));
  return 0;
}
