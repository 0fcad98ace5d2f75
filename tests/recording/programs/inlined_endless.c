/* A loop that is left by a fault alone. */
#include "common.h"
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ROOM = 65536 };

static volatile char *next;

static void leave(int signal) // calls: leave 1
{
    (void)signal;
    _exit(0);
}

static void step(void) // calls: step 65537
{
    *next++ = 1;
}

int main(void) // calls: main 1
{
    char *room = mmap(NULL, 2 * ROOM, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(room, ROOM, PROT_READ | PROT_WRITE);
    next = room;
    signal(SIGSEGV, leave);
    for (;;)
        step();
}
