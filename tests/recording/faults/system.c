/* The runtime's table of system calls, in which one call fails, or all from one on:
 *
 *   FAULT_AT=N    the Nth call of the process fails
 *   FAULT_FROM=N  it and all after it
 *   FAULT_LOG=F   at exit, the number of calls there were is appended to file F
 *
 * A child of fork goes on counting where its parent was. */
#define _GNU_SOURCE
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static long calls;

static long number(const char *variable)
{
    const char *text = getenv(variable);
    return text ? atol(text) : 0;
}

static bool fails(int error)
{
    long call = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    long from = number("FAULT_FROM");
    bool chosen = call == number("FAULT_AT") || (from && call >= from);
    if (chosen)
        errno = error;
    return chosen;
}

static __attribute__((destructor)) void write_log(void)
{
    const char *path = getenv("FAULT_LOG");
    int log = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (log >= 0) {
        dprintf(log, "%ld\n", calls);
        close(log);
    }
}

/* NAME(parameters) that calls libc's with the arguments, unless it fails with an error and a result. */
#define FAULTY(type, name, parameters, arguments, error, result)                                   \
    static type faulty_##name parameters                                                           \
    {                                                                                              \
        return fails(error) ? (result) : name arguments;                                           \
    }

FAULTY(int, fstat, (int descriptor, struct stat *status), (descriptor, status), EIO, -1)
FAULTY(int, lstat, (const char *path, struct stat *status), (path, status), EACCES, -1)
FAULTY(int, posix_fallocate, (int descriptor, off_t offset, off_t size), (descriptor, offset, size),
       ENOSPC, ENOSPC)
FAULTY(int, ftruncate, (int descriptor, off_t size), (descriptor, size), EIO, -1)
FAULTY(int, unlink, (const char *path), (path), EPERM, -1)
FAULTY(ssize_t, pread, (int descriptor, void *to, size_t size, off_t at), (descriptor, to, size, at), EIO,
       -1)
FAULTY(ssize_t, read, (int descriptor, void *to, size_t size), (descriptor, to, size), EIO, -1)
FAULTY(ssize_t, readlink, (const char *path, char *to, size_t size), (path, to, size), EACCES, -1)
FAULTY(ssize_t, write, (int descriptor, const void *from, size_t size), (descriptor, from, size), EIO,
       -1)
FAULTY(ssize_t, pwrite, (int descriptor, const void *from, size_t size, off_t offset),
       (descriptor, from, size, offset), ENOSPC, -1)
FAULTY(char *, getcwd, (char *to, size_t size), (to, size), ENOENT, NULL)
FAULTY(char *, realpath, (const char *path, char *resolved), (path, resolved), EACCES, NULL)
FAULTY(void *, mmap, (void *address, size_t size, int protection, int flags, int descriptor, off_t at),
       (address, size, protection, flags, descriptor, at), ENOMEM, MAP_FAILED)
FAULTY(int, munmap, (void *address, size_t size), (address, size), ENOMEM, -1)
FAULTY(int, madvise, (void *address, size_t size, int advice), (address, size, advice), EINVAL, -1)
FAULTY(int, getrlimit, (__rlimit_resource_t resource, struct rlimit *limit), (resource, limit), EPERM,
       -1)
FAULTY(ssize_t, getrandom, (void *to, size_t size, unsigned flags), (to, size, flags), ENOSYS, -1)
FAULTY(int, sigaction, (int signal, const struct sigaction *action, struct sigaction *former),
       (signal, action, former), EINVAL, -1)
FAULTY(int, dl_iterate_phdr, (int (*visit)(struct dl_phdr_info *, size_t, void *), void *data),
       (visit, data), 0, 0)
FAULTY(int, pthread_getname_np, (pthread_t thread, char *to, size_t size), (thread, to, size), ERANGE,
       ERANGE)
FAULTY(int, pthread_atfork, (void (*before)(void), void (*in_parent)(void), void (*in_child)(void)),
       (before, in_parent, in_child), ENOMEM, ENOMEM)
FAULTY(int, pthread_key_create, (pthread_key_t * key, void (*destroy)(void *)), (key, destroy), EAGAIN,
       EAGAIN)
FAULTY(int, pthread_setspecific, (pthread_key_t key, const void *value), (key, value), ENOMEM, ENOMEM)
FAULTY(int, clock_getres, (clockid_t clock, struct timespec *resolution), (clock, resolution), EINVAL,
       -1)
FAULTY(int, uname, (struct utsname *system), (system), EFAULT, -1)

static int faulty_perf_event_open(struct perf_event_attr *event)
{
    return fails(EACCES) ? -1
                         : (int)syscall(SYS_perf_event_open, event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static int faulty_timer_create(clockid_t clock, struct sigevent *event, int *timer)
{
    return fails(EAGAIN) ? -1 : (int)syscall(SYS_timer_create, clock, event, timer);
}

/* Samples are not as many in each run, and neither are pairs of clock readings: what is asked for
 * there does not count. */
static int faulty_getrusage(__rusage_who_t who, struct rusage *usage)
{
    return getrusage(who, usage);
}

static int faulty_timer_settime(int timer, const struct itimerspec *time)
{
    return (int)syscall(SYS_timer_settime, timer, 0, time, NULL);
}

static int faulty_timer_delete(int timer)
{
    return (int)syscall(SYS_timer_delete, timer);
}

static int faulty_ioctl(int descriptor, unsigned long request, ...)
{
    __builtin_va_list arguments;
    __builtin_va_start(arguments, request);
    void *argument = __builtin_va_arg(arguments, void *);
    __builtin_va_end(arguments);
    return ioctl(descriptor, request, argument);
}

static int faulty_open(const char *path, int flags, ...)
{
    return fails(EACCES) ? -1 : open(path, flags, 0600);
}

/* Fails after it has closed, as close(2) does. */
static int faulty_close(int descriptor)
{
    close(descriptor);
    return fails(EIO) ? -1 : 0;
}

static int faulty_fcntl(int descriptor, int command, ...)
{
    __builtin_va_list arguments;
    __builtin_va_start(arguments, command);
    void *argument = __builtin_va_arg(arguments, void *);
    __builtin_va_end(arguments);
    return fails(EMFILE) ? -1 : fcntl(descriptor, command, argument);
}

static void *faulty_mremap(void *address, size_t size, size_t new_size, int flags, ...)
{
    return fails(ENOMEM) ? MAP_FAILED : mremap(address, size, new_size, flags);
}

/* A mask that was there before can always be set again. Sections are many and all the same: one in a
 * hundred can fail. */
static int faulty_signal_mask(const uint64_t *mask, uint64_t *former)
{
    static long sections;
    bool may_fail = former && __atomic_fetch_add(&sections, 1, __ATOMIC_RELAXED) % 100 == 0;
    return may_fail && fails(EPERM)
               ? -1
               : (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, former, sizeof *mask);
}

const struct profinst__system profinst__system = {
    .open = faulty_open,
    .close = faulty_close,
    .fstat = faulty_fstat,
    .lstat = faulty_lstat,
    .fcntl = faulty_fcntl,
    .posix_fallocate = faulty_posix_fallocate,
    .ftruncate = faulty_ftruncate,
    .unlink = faulty_unlink,
    .read = faulty_read,
    .readlink = faulty_readlink,
    .write = faulty_write,
    .pwrite = faulty_pwrite,
    .getcwd = faulty_getcwd,
    .realpath = faulty_realpath,
    .mmap = faulty_mmap,
    .mremap = faulty_mremap,
    .munmap = faulty_munmap,
    .madvise = faulty_madvise,
    .getrlimit = faulty_getrlimit,
    .pread = faulty_pread,
    .getrusage = faulty_getrusage,
    .getrandom = faulty_getrandom,
    .sigaction = faulty_sigaction,
    .signal_mask = faulty_signal_mask,
    .perf_event_open = faulty_perf_event_open,
    .timer_create = faulty_timer_create,
    .timer_settime = faulty_timer_settime,
    .timer_delete = faulty_timer_delete,
    .ioctl = faulty_ioctl,
    .clock_getres = faulty_clock_getres,
    .uname = faulty_uname,
    .dl_iterate_phdr = faulty_dl_iterate_phdr,
    .pthread_atfork = faulty_pthread_atfork,
    .pthread_getname_np = faulty_pthread_getname_np,
    .pthread_key_create = faulty_pthread_key_create,
    .pthread_setspecific = faulty_pthread_setspecific,
};
