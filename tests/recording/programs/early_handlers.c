/* Handlers of fork that are older than the runtime's call functions. */
#include "common.h"
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

NOINLINE static void before(void)
{
    TOUCH();
}

NOINLINE static void in_parent(void)
{
    TOUCH();
}

NOINLINE static void in_child(void)
{
    TOUCH();
}

UNHOOKED static void before_all(void)
{
    pthread_atfork(before, in_parent, in_child);
}
__attribute__((section(".preinit_array"), used)) static void (*const entry)(void) = before_all;

int main(void)
{
    for (int i = 0; i < 10; i++) {
        if (fork() == 0)
            _exit(0);
        wait(NULL);
    }
    return 0;
}
