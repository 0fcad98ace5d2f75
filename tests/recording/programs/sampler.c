/* The runtime's sampler alone, in programs that do to it what programs do. The first argument names
 * one, the second what the system refuses: "" nothing, "e" events, "et" timers too. Prints how far
 * apart samples are said to be. */
#define _GNU_SOURCE
#include "sample.h"
#include "file.h"
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- in place of the rest of the runtime -------------------------------------------------- */

static struct profinst_header header;
struct profinst_header *profinst__header = &header;
static const char *refused = "";

static int open_event(struct perf_event_attr *event)
{
    errno = EACCES;
    return strchr(refused, 'e')
               ? -1
               : (int)syscall(SYS_perf_event_open, event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int create_timer(clockid_t clock, struct sigevent *event, int *timer)
{
    errno = EAGAIN;
    return strchr(refused, 't') ? -1 : (int)syscall(SYS_timer_create, clock, event, timer);
}

static int set_timer(int timer, const struct itimerspec *time)
{
    return (int)syscall(SYS_timer_settime, timer, 0, time, NULL);
}

static int delete_timer(int timer)
{
    return (int)syscall(SYS_timer_delete, timer);
}

const struct profinst__system profinst__system = {
    .close = close,
    .fcntl = fcntl,
    .write = write,
    .getrlimit = getrlimit,
    .sigaction = sigaction,
    .perf_event_open = open_event,
    .timer_create = create_timer,
    .timer_settime = set_timer,
    .timer_delete = delete_timer,
    .ioctl = ioctl,
    .clock_getres = clock_getres,
    .uname = uname,
};

static void enter(struct profinst__section *section)
{
    const uint64_t all = ~UINT64_C(0);
    section->masked =
        syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &section->signal_mask, sizeof all) == 0;
}

static void leave(const struct profinst__section *section)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &section->signal_mask, NULL,
            sizeof section->signal_mask);
}

static __thread volatile long samples, inside;
static __thread struct profinst__sampler sampler;
static void spin(long wanted);
static void spin_end(void);

bool profinst__sample_taken(uintptr_t program_counter, uint32_t weight)
{
    samples = samples + weight;
    if (program_counter >= (uintptr_t)spin && program_counter < (uintptr_t)spin_end)
        inside = inside + weight;
    errno = EDOM;
    return true;
}

static void begin(void)
{
    struct profinst__section section;
    enter(&section);
    profinst__samples_begin(&sampler, &section);
    leave(&section);
}

static void keep(void)
{
    struct profinst__section section;
    enter(&section);
    profinst__samples_keep(&sampler, &section);
    leave(&section);
}

static void end(void)
{
    struct profinst__section section;
    enter(&section);
    profinst__samples_end(&sampler);
    leave(&section);
}

/* ---- the programs ------------------------------------------------------------------------- */

static void check(bool is_true, const char *what)
{
    if (!is_true) {
        printf("not so: %s (errno %d)\n", what, errno);
        fflush(stdout);
        _exit(1);
    }
}
#define CHECK(what) check(what, #what)

/* Makes no call, so that every sample is in here. */
static __attribute__((noinline)) void spin(long wanted)
{
    while (samples < wanted)
        ;
}

static __attribute__((noinline)) void spin_end(void)
{
    __asm__ volatile("");
}

static int64_t processor_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* Long enough for several samples of any source, if they came. */
static void work(void)
{
    const int64_t start = processor_time();
    while (processor_time() - start < 40000000)
        for (volatile int i = 0; i < 10000; i++)
            ;
}

static void takes_samples(void)
{
    enum { WANTED = 300 };
    begin();
    const int64_t start = processor_time();
    errno = 7;
    const long first = samples, outside = samples - inside;
    spin(first + WANTED);
    CHECK(errno == 7);
    CHECK(samples - inside == outside);
    /* The distances are at least half of what they are on average. */
    CHECK(processor_time() - start >= (int64_t)header.sample_ns / 2 * (WANTED - 1));
    end();
    const long last = samples;
    work();
    CHECK(samples == last);
    begin();
    spin(last + 2);
}

/* Answers when the other side has begun to wait. */
static int pipe_in[2], pipe_out[2];

static void *answer(void *unused)
{
    char byte;
    while (read(pipe_in[0], &byte, 1) == 1)
        if (usleep(100) != 0 || write(pipe_out[1], &byte, 1) != 1)
            abort();
    return unused;
}

static void blocks(void)
{
    const long wanted = header.sample_ns < 1000000 ? 1000 : 30;
    pthread_t answerer;
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    CHECK(pipe(pipe_in) == 0 && pipe(pipe_out) == 0);
    CHECK(pthread_create(&answerer, NULL, answer, NULL) == 0);
    int poller = epoll_create1(0);
    struct epoll_event interest = {.events = EPOLLIN}, event;
    CHECK(epoll_ctl(poller, EPOLL_CTL_ADD, pipe_out[0], &interest) == 0);
    const struct timespec moment = {.tv_nsec = 100000};
    sigset_t none;
    sigemptyset(&none);
    begin();
    /* Samples that come while a call begins are those that could interrupt it. */
    for (long n = 0; samples < wanted; n++) {
        struct pollfd polled = {.fd = pipe_out[0], .events = POLLIN};
        struct timeval time = {.tv_usec = 100};
        fd_set set;
        char byte = 0;
        for (volatile long i = 0; i < 1000 * (n % 64); i++)
            ;
        CHECK(write(pipe_in[1], &byte, 1) == 1);
        CHECK(read(pipe_out[0], &byte, 1) == 1);
        CHECK(nanosleep(&moment, NULL) == 0);
        CHECK(poll(&polled, 1, 1) == 0);
        CHECK(ppoll(&polled, 1, &moment, &none) == 0);
        CHECK(epoll_pwait(poller, &event, 1, 1, &none) == 0);
        FD_ZERO(&set);
        FD_SET(pipe_out[0], &set);
        CHECK(select(pipe_out[0] + 1, &set, NULL, NULL, &time) == 0);
        CHECK(syscall(SYS_futex, &set, 0 /* FUTEX_WAIT */, *(int *)&set, &moment) == -1 &&
              errno == ETIMEDOUT);
        struct timespec soon;
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec += 100000;
        if (soon.tv_nsec >= 1000000000) {
            soon.tv_sec++;
            soon.tv_nsec -= 1000000000;
        }
        pthread_mutex_lock(&mutex);
        CHECK(pthread_cond_timedwait(&never, &mutex, &soon) == ETIMEDOUT);
        pthread_mutex_unlock(&mutex);
    }
    end();
    close(pipe_in[1]);
    pthread_join(answerer, NULL);
}

static volatile long urgent;

static void on_urgent(int number)
{
    (void)number;
    urgent = urgent + 1;
}

static void has_own_handler(void)
{
    begin();
    spin(3);
    signal(SIGURG, on_urgent);
    work();
    CHECK(urgent <= 1);
    const long last = samples;
    end();
    begin();
    work();
    CHECK(urgent <= 1 && samples == last);
    raise(SIGURG);
    CHECK(urgent >= 1);
}

static void had_own_handler(void)
{
    struct sigaction action;
    begin();
    work();
    CHECK(samples == 0 && sigaction(SIGURG, NULL, &action) == 0);
    CHECK(action.sa_handler == on_urgent && urgent == 0);
}

static void resets_signals(void)
{
    begin();
    spin(3);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    work();
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_IGN);
    work();
}

/* Somebody else's signal does what it does by default: nothing. */
static void gets_urgent_data(void)
{
    int pair[2];
    begin();
    spin(3);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    for (int i = 0; i < 100; i++)
        CHECK(raise(SIGURG) == 0 && kill(getpid(), SIGURG) == 0);
    spin(samples + 3);
}

static bool is_pending(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGURG);
}

static void *begin_blocked(void *unused)
{
    begin();
    work();
    CHECK(!is_pending() && samples == 0);
    return unused;
}

static void blocks_signals(void)
{
    enum { TIMES = 5 };
    pthread_t thread;
    sigset_t all, none, former;
    sigfillset(&all);
    sigemptyset(&none);
    begin();
    pthread_sigmask(SIG_SETMASK, &all, &former);
    pthread_create(&thread, NULL, begin_blocked, NULL);
    pthread_join(thread, NULL);
    const struct timespec moment = {.tv_nsec = 1000};
    int interrupted = 0;
    for (int i = 0; i < TIMES; i++) {
        work();
        interrupted += ppoll(NULL, 0, &moment, &none) != 0;
    }
    CHECK(interrupted == 1 && !is_pending());
    pthread_sigmask(SIG_SETMASK, &former, NULL);
    const long last = samples;
    work();
    CHECK(samples == last);
}

static void blocks_briefly(void)
{
    sigset_t all, former;
    sigfillset(&all);
    begin();
    for (int i = 0; i < 20; i++) {
        pthread_sigmask(SIG_SETMASK, &all, &former);
        work();
        const long last = samples;
        pthread_sigmask(SIG_SETMASK, &former, NULL);
        CHECK(samples > last); /* the one that waited, and where there is much to do the next */
    }
}

static void closes_descriptors(void)
{
    int last;
    begin();
    spin(3);
    CHECK(close_range(3, ~0u, 0) == 0);
    work();
    last = open("/dev/null", O_RDONLY);
    /* The program's own descriptors under the same number stay as they are. */
    for (int i = 900; i < 910; i++)
        CHECK(dup2(last, i) == i);
    const long taken = samples;
    work();
    CHECK(samples == taken || !sampler.event);
    keep();
    spin(samples + 3);
    end();
    for (int i = 900; i < 910; i++)
        CHECK(fcntl(i, F_GETFD) == 0);
    CHECK(sampler.source == 0);
}

/* An event of the program's own, with the number of ours. */
static void has_own_event(void)
{
    struct perf_event_attr attributes = {.type = PERF_TYPE_SOFTWARE,
                                         .size = sizeof attributes,
                                         .config = PERF_COUNT_SW_TASK_CLOCK,
                                         .disabled = 1,
                                         .exclude_kernel = 1};
    uint64_t count;
    begin();
    spin(3);
    int own = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0);
    CHECK(own >= 0 && dup2(own, sampler.handle) == sampler.handle);
    work();
    end();
    CHECK(read(own, &count, sizeof count) == sizeof count && count == 0);
    CHECK(fcntl(sampler.handle, F_GETFD) == 0);
}

static void expect_child(pid_t child)
{
    int status;
    CHECK(waitpid(child, &status, 0) == child && status == 0);
}

static void forks(void)
{
    int timer = -1;
    struct sigevent silent = {.sigev_notify = SIGEV_NONE};
    begin();
    spin(3);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        const long last = samples;
        work();
        CHECK(samples == last);
        /* The kernel gives it the number of the parent's. */
        CHECK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &silent, &timer) == 0);
        end();
        CHECK(syscall(SYS_timer_delete, timer) == 0);
        CHECK(fcntl(900, F_GETFD) == -1);
        begin();
        spin(last + 3);
        _exit(0);
    }
    spin(samples + 3);
    expect_child(child);
    spin(samples + 3);
    child = vfork();
    if (child == 0) {
        execl("/proc/self/exe", "sampler", "executed", "", NULL);
        _exit(2);
    }
    expect_child(child);
    spin(samples + 3);
    keep();
    spin(samples + 3);
}

static void is_executed(void)
{
    struct sigaction action;
    CHECK(fcntl(900, F_GETFD) == -1);
    CHECK(!is_pending());
    CHECK(header.sample_ns > 0);
    CHECK(sigaction(SIGURG, NULL, &action) == 0 && action.sa_handler != SIG_DFL);
}

static void *in_thread(void *unused)
{
    begin();
    const long outside = samples - inside;
    spin(samples + 20);
    CHECK(samples - inside == outside);
    CHECK(samples < 2 * 20); /* of its own: those of eight threads would be more */
    end();
    return unused;
}

static void has_threads(void)
{
    pthread_t threads[8];
    begin();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 8; i++)
            CHECK(pthread_create(&threads[i], NULL, in_thread, NULL) == 0);
        for (int i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
    }
    spin(samples + 3);
    end();
    CHECK(fcntl(900, F_GETFD) == -1);
}

static void has_few_descriptors(void)
{
    struct rlimit few = {64, 64};
    CHECK(setrlimit(RLIMIT_NOFILE, &few) == 0);
    begin();
    work();
    CHECK(samples == 0 && open("/dev/null", O_RDONLY) == 3);
}

static char *pages;

/* An alternate stack below which and above which there is nothing to be written. */
static void set_stack(size_t size)
{
    const stack_t stack = {.ss_sp = pages, .ss_size = size};
    memset(pages, 0x5a, 65536);
    CHECK(sigaltstack(&stack, NULL) == 0);
}

static void has_small_stack(void)
{
    const size_t least = (size_t)sysconf(_SC_MINSIGSTKSZ), enough = 2 * least + 4096;
    CHECK(enough <= 65536);
    pages = (char *)mmap(NULL, 4096 + 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                         -1, 0) +
            4096;
    CHECK(mprotect(pages - 4096, 4096, PROT_NONE) == 0);
    set_stack(least);
    begin();
    work();
    CHECK(samples == 0);
    set_stack(enough);
    begin();
    spin(20);
    size_t unused = 0;
    while (unused < enough && pages[unused] == 0x5a)
        unused++;
    CHECK(unused < enough && enough - unused <= least + 1024);
    for (size_t i = enough; i < 65536; i++)
        CHECK(pages[i] == 0x5a);
    set_stack(least);
    work();
    CHECK(samples <= 21);
}

static void is_refused(void)
{
    struct sigaction action;
    begin();
    work();
    CHECK(sigaction(SIGURG, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    CHECK(header.sample_ns == 0 && samples == 0 && sampler.source == 0);
}

static const struct {
    const char *name;
    void (*run)(void);
} programs[] = {{"takes_samples", takes_samples},
                {"blocks", blocks},
                {"has_own_handler", has_own_handler},
                {"had_own_handler", had_own_handler},
                {"resets_signals", resets_signals},
                {"gets_urgent_data", gets_urgent_data},
                {"blocks_signals", blocks_signals},
                {"blocks_briefly", blocks_briefly},
                {"closes_descriptors", closes_descriptors},
                {"has_own_event", has_own_event},
                {"forks", forks},
                {"executed", is_executed},
                {"has_threads", has_threads},
                {"has_few_descriptors", has_few_descriptors},
                {"has_small_stack", has_small_stack},
                {"is_refused", is_refused}};

int main(int count, char **arguments)
{
    if (count != 3)
        return 2;
    refused = arguments[2];
    if (strcmp(arguments[1], "had_own_handler") == 0)
        signal(SIGURG, on_urgent);
    profinst__samples_prepare();
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (strcmp(arguments[1], programs[i].name) == 0) {
            programs[i].run();
            printf("%u\n", header.sample_ns);
            return 0;
        }
    return 2;
}
