#define _GNU_SOURCE
#include "system.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

static int signal_mask(const uint64_t *mask, uint64_t *former)
{
    return (int)syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, former, sizeof *mask);
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
    .getrandom = getrandom,
    .sigaction = sigaction,
    .signal_mask = signal_mask,
    .dl_iterate_phdr = dl_iterate_phdr,
    .pthread_atfork = pthread_atfork,
    .pthread_getname_np = pthread_getname_np,
    .pthread_key_create = pthread_key_create,
    .pthread_setspecific = pthread_setspecific,
};
