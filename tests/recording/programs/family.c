/* family: 31 processes in four generations, of which every second forks from a thread, and every third
 * ends by _exit. Each works before it forks and when its children have ended; prints its pid and how
 * many calls it made since it was born. */
#include "common.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static const int children[] = {3, 3, 2, 0};
static int generation, number, calls;

NOINLINE static void leaf(void)
{
    calls++;
}

NOINLINE static void work(int n)
{
    calls++;
    for (int i = 0; i < n; i++)
        leaf();
}

UNHOOKED static void live(void);

UNHOOKED static void *breed(void *unused)
{
    const int mine = generation;
    for (int i = 0; i < children[mine]; i++) {
        if (fork() == 0) {
            calls = 0;
            generation = mine + 1;
            number = 3 * number + i + 1;
            live();
        }
    }
    return unused;
}

UNHOOKED static void live(void)
{
    const int mine = number;
    char line[64];
    work(10 + mine);
    if (mine % 2) {
        pthread_t thread;
        pthread_create(&thread, NULL, breed, NULL);
        pthread_join(thread, NULL);
    } else {
        breed(NULL);
    }
    while (wait(NULL) > 0)
        ;
    work(100);
    const int length = snprintf(line, sizeof line, "%d %d\n", (int)getpid(), calls);
    if (write(STDOUT_FILENO, line, (size_t)length) != length)
        exit(1);
    if (mine % 3 == 0)
        _exit(0);
    exit(0);
}

UNHOOKED int main(void)
{
    live();
}
