/* usage WAY: tells what the process has used of the machine when main begins, and at its end:
 * processor time in user code and in the kernel in ns, and the most memory in bytes; of its child,
 * too. `exec` is another program's peak first, `_exit` leaves so. */
#include "common.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long in_ns(struct timeval time)
{
    return time.tv_sec * 1000000000LL + time.tv_usec * 1000LL;
}

UNHOOKED static void tell(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%lld %lld %lld\n", in_ns(usage.ru_utime), in_ns(usage.ru_stime),
           usage.ru_maxrss * 1024LL);
    fflush(stdout);
}

/* At least so many seconds of processor time, and so many bytes. */
NOINLINE static void use(double seconds, size_t bytes)
{
    struct rusage usage;
    char *memory = malloc(bytes);
    memset(memory, 1, bytes);
    do {
        for (int i = 0; i < 100000; i++)
            TOUCH();
        getrusage(RUSAGE_SELF, &usage);
    } while ((double)(in_ns(usage.ru_utime) + in_ns(usage.ru_stime)) / 1e9 < seconds);
    if (memory[bytes / 2] != 1)
        abort();
    free(memory);
}

int main(int count, char **arguments)
{
    const char *way = count == 2 ? arguments[1] : "";
    tell();
    if (strcmp(way, "exec") == 0) {
        use(0, 64 << 20);
        execl(arguments[0], arguments[0], "small", NULL);
        abort();
    }
    if (strcmp(way, "small") == 0)
        return 0;
    use(0.05, 32 << 20);
    tell();
    if (strcmp(way, "_exit") == 0)
        _exit(0);
    pid_t child = fork();
    if (child == 0) {
        tell();
        use(0.02, 1 << 20);
    }
    waitpid(child, NULL, 0);
    tell();
}
