/* daemon WAY: a child becomes a daemon, by daemon(3) ("daemon"), by two forks and closing all descriptors
 * ("closed"), with chroot to an empty folder ("root") or as nobody ("user") in addition; then it calls from
 * 12,286 new places.
 * The first process waits until all have ended. */
#define _GNU_SOURCE
#include "places.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

NOINLINE static void in_first(void)
{
    TOUCH();
}

NOINLINE static void in_second(void)
{
    TOUCH();
}

NOINLINE static void in_daemon(void)
{
    TOUCH();
}

NOINLINE static void become_daemon(char way)
{
    if (way == 'd') {
        if (daemon(0, 0) != 0)
            _exit(3);
        return;
    }
    if (setsid() < 0)
        _exit(4);
    if (fork() != 0)
        _exit(0);
    close_range(0, ~0u, 0);
    umask(0);
    if (way == 'u' && (setgid(65534) != 0 || setuid(65534) != 0))
        _exit(5);
    if (way == 'r' && (mkdir("empty", 0700) != 0 || chroot("empty") != 0 || chdir("/") != 0))
        _exit(6);
}

int main(int count, char **arguments)
{
    int failed = 0, status;
    if (count < 2)
        return 2;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    in_first();
    if (fork() == 0) {
        in_second();
        become_daemon(*arguments[1]);
        in_daemon();
        walk();
        _exit(0);
    }
    while (wait(&status) > 0)
        failed |= status;
    return failed ? 1 : 0;
}
