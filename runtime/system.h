/* Every call of libc by which the runtime asks the system for something that may be refused. The
 * tests put a table of their own in place of this one, and have each call fail in turn. */
#ifndef PROFINST_SYSTEM_H
#define PROFINST_SYSTEM_H

#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/utsname.h>
#include <time.h>

struct perf_event_attr;

struct profinst__system {
    int (*open)(const char *path, int flags, ...);
    int (*close)(int descriptor);
    int (*fstat)(int descriptor, struct stat *status);
    int (*lstat)(const char *path, struct stat *status);
    int (*fcntl)(int descriptor, int command, ...);
    int (*posix_fallocate)(int descriptor, off_t offset, off_t size);
    int (*ftruncate)(int descriptor, off_t size);
    int (*unlink)(const char *path);
    ssize_t (*read)(int descriptor, void *to, size_t size);
    ssize_t (*readlink)(const char *path, char *to, size_t size);
    ssize_t (*write)(int descriptor, const void *from, size_t size);
    ssize_t (*pwrite)(int descriptor, const void *from, size_t size, off_t offset);
    char *(*getcwd)(char *to, size_t size);
    char *(*realpath)(const char *path, char *resolved);
    void *(*mmap)(void *address, size_t size, int protection, int flags, int descriptor, off_t at);
    void *(*mremap)(void *address, size_t size, size_t new_size, int flags, ...);
    int (*munmap)(void *address, size_t size);
    int (*madvise)(void *address, size_t size, int advice);
    int (*getrlimit)(__rlimit_resource_t resource, struct rlimit *limit);
    ssize_t (*pread)(int descriptor, void *to, size_t size, off_t at);
    int (*getrusage)(__rusage_who_t who, struct rusage *usage);
    ssize_t (*getrandom)(void *to, size_t size, unsigned flags);
    int (*sigaction)(int signal, const struct sigaction *action, struct sigaction *former);
    /* rt_sigprocmask(2) itself: libc's wrapper leaves out the signal that cancels threads. */
    int (*signal_mask)(const uint64_t *mask, uint64_t *former);
    /* These four are the system calls themselves: libc lacks the first, and its timers allocate
     * memory. The event counts for the calling thread. */
    int (*perf_event_open)(struct perf_event_attr *event);
    int (*timer_create)(clockid_t clock, struct sigevent *event, int *timer);
    int (*timer_settime)(int timer, const struct itimerspec *time);
    int (*timer_delete)(int timer);
    int (*ioctl)(int descriptor, unsigned long request, ...);
    int (*clock_getres)(clockid_t clock, struct timespec *resolution);
    int (*uname)(struct utsname *system);
    int (*dl_iterate_phdr)(int (*visit)(struct dl_phdr_info *, size_t, void *), void *data);
    int (*pthread_atfork)(void (*before)(void), void (*in_parent)(void), void (*in_child)(void));
    int (*pthread_getname_np)(pthread_t thread, char *to, size_t size);
    int (*pthread_key_create)(pthread_key_t *key, void (*destroy)(void *));
    int (*pthread_setspecific)(pthread_key_t key, const void *value);
};

extern const struct profinst__system profinst__system;

#endif
