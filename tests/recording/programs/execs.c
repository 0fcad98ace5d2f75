/* execs ROUNDS [WAY]: becomes itself with ROUNDS less one, until none is left; every second time from a
 * thread. Before that an exec fails. With a WAY the last starts ./other by it: "popen", "system", "spawn",
 * "vfork", or becomes it: "exec". */
#define _GNU_SOURCE
#include "common.h"
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char less[16];
static char **mine;

NOINLINE static void leaf(void)
{
    TOUCH();
}

NOINLINE static void *again(void *unused)
{
    leaf();
    execl("/nowhere/to/be/found", "found", (char *)NULL);
    leaf();
    execv(mine[0], mine);
    return unused;
}

NOINLINE static int start_other(const char *way)
{
    char *words[] = {"./other", "0", NULL};
    int status = 1;
    pid_t child = -1;
    if (strcmp(way, "system") == 0)
        return system("./other 0");
    if (strcmp(way, "popen") == 0)
        return pclose(popen("./other 0", "r"));
    if (strcmp(way, "exec") == 0)
        execv(words[0], words);
    if (strcmp(way, "spawn") == 0)
        posix_spawn(&child, words[0], NULL, NULL, words, environ);
    if (strcmp(way, "vfork") == 0) {
        child = vfork();
        if (child == 0) {
            execv(words[0], words);
            _exit(1);
        }
    }
    waitpid(child, &status, 0);
    return status;
}

int main(int count, char **arguments)
{
    const int rounds = count > 1 ? atoi(arguments[1]) : 0;
    if (rounds == 0)
        return count > 2 ? start_other(arguments[2]) : 0;
    mine = arguments;
    snprintf(less, sizeof less, "%d", rounds - 1);
    arguments[1] = less;
    if (rounds % 2)
        again(NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, again, NULL);
    pthread_join(thread, NULL);
    return 1;
}
