/* A child is born with a process id for which there is a profile: "precious" is in the file of that name
 * before the runtime comes to make it, for the handler here is older than the runtime's. */
#include "common.h"
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

UNHOOKED static void take_name(void)
{
    char name[64];
    snprintf(name, sizeof name, "app.%d.profinst", (int)getpid());
    const int file = open(name, O_WRONLY | O_CREAT | O_EXCL, 0600);
    if (write(file, "precious", 8) == 8)
        close(file);
}

UNHOOKED static void before_all(void)
{
    pthread_atfork(NULL, NULL, take_name);
}
__attribute__((section(".preinit_array"), used)) static void (*const entry)(void) = before_all;

NOINLINE static void leaf(void)
{
    TOUCH();
}

int main(void)
{
    for (int i = 0; i < 3; i++)
        if (fork() == 0) {
            leaf();
            _exit(0);
        }
    while (wait(NULL) > 0)
        ;
    return 0;
}
