/* Two hundred children, killed from 0 to 2 milliseconds after their birth, while they make a profile of their
 * own from the 12,286 contexts of their parent's. */
#include "places.h"
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

UNHOOKED static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

int main(void)
{
    walk();
    for (int i = 0; i < 200; i++) {
        const int64_t birth = now();
        const pid_t child = fork();
        if (child == 0) {
            leaf();
            for (;;)
                pause();
        }
        while (now() < birth + i * 10000)
            ;
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
    }
    return 0;
}
