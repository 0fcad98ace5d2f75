/* Hooks keep errno, also with the first call of a function, of a context, of a thread, and when the
 * profile cannot grow. */
#include "common.h"
#include "many.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/resource.h>

static int changed;

NOINLINE static void leaf(void)
{
    TOUCH();
}

static void *body(void *unused)
{
    if (errno != 0)
        changed++;
    errno = 77;
    leaf();
    if (errno != 77)
        changed++;
    return unused;
}

#define CHECK(n)                                                                                     \
    errno = n;                                                                                       \
    many_##n();                                                                                      \
    if (errno != n)                                                                                  \
        changed++;

int main(int count, char **arguments)
{
    (void)arguments;
    if (errno != 0)
        changed++;
    pthread_t thread;
    pthread_create(&thread, NULL, body, NULL);
    pthread_join(thread, NULL);
    if (count > 1) {
        const struct rlimit small = {4096, 4096};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ALL(CHECK)
    printf("changed %d\n", changed);
    return 0;
}
