#define _GNU_SOURCE
#include "system.h"
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static int signal_mask(const uint64_t *mask, uint64_t *former)
{
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, former, sizeof *mask);
}

static int perf_event_open(struct perf_event_attr *event)
{
    return (int)syscall(SYS_perf_event_open, event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int system_timer_create(clockid_t clock, struct sigevent *event, int *timer)
{
    return (int)syscall(SYS_timer_create, clock, event, timer);
}

static int system_timer_settime(int timer, const struct itimerspec *time)
{
    return (int)syscall(SYS_timer_settime, timer, 0, time, NULL);
}

static int system_timer_delete(int timer)
{
    return (int)syscall(SYS_timer_delete, timer);
}

const struct profinst__system profinst__system = {
    .open = open,
    .close = close,
    .fstat = fstat,
    .lstat = lstat,
    .fcntl = fcntl,
    .posix_fallocate = posix_fallocate,
    .ftruncate = ftruncate,
    .unlink = unlink,
    .read = read,
    .readlink = readlink,
    .write = write,
    .pwrite = pwrite,
    .getcwd = getcwd,
    .realpath = realpath,
    .mmap = mmap,
    .mremap = mremap,
    .munmap = munmap,
    .madvise = madvise,
    .getrlimit = getrlimit,
    .pread = pread,
    .getrusage = getrusage,
    .getrandom = getrandom,
    .sigaction = sigaction,
    .signal_mask = signal_mask,
    .perf_event_open = perf_event_open,
    .timer_create = system_timer_create,
    .timer_settime = system_timer_settime,
    .timer_delete = system_timer_delete,
    .ioctl = ioctl,
    .clock_getres = clock_getres,
    .uname = uname,
    .dl_iterate_phdr = dl_iterate_phdr,
    .pthread_atfork = pthread_atfork,
    .pthread_getname_np = pthread_getname_np,
    .pthread_key_create = pthread_key_create,
    .pthread_setspecific = pthread_setspecific,
};
