/* Says all that a program can see of its process, in four places: at the start, after calls from 12,286 new
 * places, in a thread, in a child. The same with and without the plugin. */
#define _GNU_SOURCE
#include "places.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fenv.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

UNHOOKED static void show_descriptors(void)
{
    int free_ones[3];
    for (int i = 0; i < 3; i++)
        free_ones[i] = open("/dev/null", O_RDONLY);
    printf("descriptors %d %d %d, below 64:", free_ones[0], free_ones[1], free_ones[2]);
    for (int i = 0; i < 3; i++)
        close(free_ones[i]);
    for (int i = 0; i < 64; i++)
        if (fcntl(i, F_GETFD) >= 0)
            printf(" %d", i);
    /* Standard input is where a program would notice that someone else has read or moved. */
    printf(", offset %ld\n", (long)lseek(0, 0, SEEK_CUR));
}

UNHOOKED static void show_signals(void)
{
    sigset_t mask;
    stack_t stack;
    struct itimerval timer;
    printf("dispositions:");
    for (int i = 1; i < NSIG; i++) {
        struct sigaction action;
        if (sigaction(i, NULL, &action) == 0 && (action.sa_handler != SIG_DFL || action.sa_flags))
            printf(" %d", i);
    }
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    printf("\nmask:");
    for (int i = 1; i < NSIG; i++)
        if (sigismember(&mask, i) == 1)
            printf(" %d", i);
    sigaltstack(NULL, &stack);
    printf("\nown stack %d, timers", stack.ss_flags);
    for (int i = ITIMER_REAL; i <= ITIMER_PROF; i++)
        if (getitimer(i, &timer) == 0)
            printf(" %ld", (long)timer.it_interval.tv_usec);
    puts("");
}

UNHOOKED static void show_process(void)
{
    char folder[4096], name[17] = "", line[256];
    const mode_t mask = umask(0);
    umask(mask);
    prctl(PR_GET_NAME, name);
    printf("folder %s, umask %o, name %s, dumpable %d, subreaper", getcwd(folder, sizeof folder),
           (unsigned)mask, name, prctl(PR_GET_DUMPABLE));
    int subreaper = -1;
    prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    printf(" %d, policy %d, nice %d\n", subreaper, sched_getscheduler(0), getpriority(PRIO_PROCESS, 0));
    FILE *status = fopen("/proc/thread-self/status", "r");
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "Threads:", 8) == 0 || strncmp(line, "Sig", 3) == 0 ||
            strncmp(line, "Shd", 3) == 0 || strncmp(line, "Cap", 3) == 0 ||
            strncmp(line, "NoNewPrivs", 10) == 0 || strncmp(line, "Seccomp", 7) == 0 ||
            strncmp(line, "TracerPid", 9) == 0)
            if (strncmp(line, "SigQ", 4) != 0)
                fputs(line, stdout);
    fclose(status);
    errno = 0;
    printf("wait %d", (int)wait(NULL));
    printf(" errno %d\n", errno);
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        struct rlimit limit = {0, 0};
        getrlimit((enum __rlimit_resource)i, &limit);
        printf("%lx/%lx ", (long)limit.rlim_cur, (long)limit.rlim_max);
    }
    printf("\nrounding %d, exceptions %d\n", fegetround(), fetestexcept(FE_ALL_EXCEPT));
}

UNHOOKED static void show_files(void)
{
    int others = 0;
    DIR *folder = opendir(".");
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder))
        others += strstr(entry->d_name, ".profinst") == NULL;
    closedir(folder);
    printf("%d other files\n", others);
}

UNHOOKED static void show(const char *where)
{
    printf("---- %s: errno %d\n", where, errno);
    show_descriptors();
    show_signals();
    show_process();
    show_files();
    fflush(stdout);
    errno = 0;
}

static void *thread(void *unused)
{
    right_6();
    show("thread");
    return unused;
}

UNHOOKED static void show_environment(void)
{
    for (char **word = environ; *word; word++)
        if (strncmp(*word, "_=", 2) != 0)
            puts(*word);
}

int main(int count, char **arguments)
{
    pthread_t other;
    show("start");
    show_environment();
    printf("%d arguments, the last %s\n", count, arguments[count - 1]);
    left_12();
    right_12();
    show("after calls");
    pthread_create(&other, NULL, thread, NULL);
    pthread_join(other, NULL);
    if (fork() == 0) {
        left_7();
        show("child");
        show_environment();
        exit(0);
    }
    wait(NULL);
    show("end");
    printf("random %d %ld\n", rand(), lrand48());
    return 0;
}
