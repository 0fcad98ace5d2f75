/* vfork, posix_spawn and system, each from its own function; then work goes on. The child of vfork calls
 * a function that does not return: it runs in the parent's memory until it becomes /bin/true. */
#include "common.h"
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

NOINLINE static void mark(void)
{
    TOUCH();
}

NOINLINE static void become_true(void)
{
    execl("/bin/true", "true", (char *)NULL);
    _exit(1);
}

NOINLINE static int by_vfork(void)
{
    int status = 1;
    pid_t child = vfork();
    if (child == 0)
        become_true();
    mark();
    waitpid(child, &status, 0);
    return status;
}

NOINLINE static int by_posix_spawn(void)
{
    char *arguments[] = {"true", NULL};
    pid_t child;
    int status = 1;
    if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) == 0)
        waitpid(child, &status, 0);
    mark();
    return status;
}

NOINLINE static int by_system(void)
{
    const int status = system("true");
    mark();
    return status;
}

int main(void)
{
    int failed = 0;
    for (int i = 0; i < 5; i++) {
        failed |= by_vfork();
        mark();
        failed |= by_posix_spawn();
        failed |= by_system();
    }
    return failed;
}

// path: main 1
// path: main mark 5
// path: main by_vfork 5
// path: main by_vfork mark 5
// path: main by_vfork become_true 5
// path: main by_posix_spawn 5
// path: main by_posix_spawn mark 5
// path: main by_system 5
// path: main by_system mark 5
