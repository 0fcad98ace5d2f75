/* main calls leaf 10 times, forks; the child calls it 20 times and forks; its child, 30 times; then all
 * three 1 time each. With an argument the first fork is made by a second thread. */
#include "common.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

NOINLINE static void leaf(int n)
{
    TOUCH();
    (void)n;
}

NOINLINE static void work(int n)
{
    for (int i = 0; i < n; i++)
        leaf(i);
    TOUCH();
}

NOINLINE static int finish(pid_t child)
{
    int status = 0;
    if (child > 0 && (waitpid(child, &status, 0) != child || status != 0))
        return 1;
    leaf(0);
    return 0;
}

NOINLINE static void *family(void *unused)
{
    static int failed;
    work(10);
    pid_t child = fork();
    if (child == 0) {
        work(20);
        child = fork();
        if (child == 0) {
            work(30);
            exit(finish(0));
        }
        exit(finish(child));
    }
    failed = finish(child);
    return failed ? &failed : unused;
}

int main(int count, char **arguments)
{
    void *failed = NULL;
    pthread_t thread;
    (void)arguments;
    if (count > 1) {
        pthread_create(&thread, NULL, family, NULL);
        pthread_join(thread, &failed);
    } else {
        failed = family(NULL);
    }
    return failed != NULL;
}
