/* The program's own bus errors are its own: a fault in a file of its own, and a signal that is sent. What
 * happens is told by the argument. */
#define _GNU_SOURCE
#include "common.h"
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf back;

NOINLINE static void handle(int number)
{
  printf("signal %d\n", number);
  siglongjmp(back, 1);
}

NOINLINE static void fault(void)
{
  const int file = open("own", O_RDWR | O_CREAT | O_TRUNC, 0600);
  volatile char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  *page = 1;
}

int main(int count, char **arguments)
{
  const struct sigaction action = {.sa_handler = handle};
  if (count == 3)
    sigaction(SIGBUS, &action, NULL);
  if (sigsetjmp(back, 1) == 0) {
    if (strcmp(arguments[1], "fault") == 0)
      fault();
    else
      raise(SIGBUS);
  }
  puts("survived");
  return 0;
}
