/* No descriptor is relied on: programs close all of theirs and open others under the same numbers,
 * so before each use it is held against the file's identity. */
#define _GNU_SOURCE
#include "disk.h"
#include "path.h"
#include "platform.h"
#include "system.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    HIGH_DESCRIPTOR = 900, /* above what programs count on, as the lowest free descriptors */
    SPARE = 16 * 1024 * 1024,
};

static struct {
    int descriptor;
    dev_t device;
    ino_t inode;
    char *start;   /* where its first page is mapped */
    uint64_t size; /* bytes appended so far */
    uint64_t end;  /* bytes that the file has at least: `size`, and the spare */
    bool lost;
} disk = {.descriptor = -1};

/* ---- making it ---------------------------------------------------------------------------- */

/* Checked first, since passing the limit is a signal. */
static bool is_within_limit(uint64_t size)
{
    struct rlimit limit;
    return profinst__system.getrlimit(RLIMIT_FSIZE, &limit) != 0 || size <= limit.rlim_cur;
}

/* Blocks behind what there is. */
static bool reserve(uint64_t size)
{
    errno = EFBIG;
    if (!is_within_limit(disk.size + size))
        return false;
    errno = profinst__system.posix_fallocate(disk.descriptor, (off_t)disk.size, (off_t)size);
    return errno == 0;
}

bool profinst__disk_make(uint64_t size)
{
    struct stat status;
    disk.size = disk.end = 0;
    disk.lost = false;
    disk.descriptor = profinst__path_open_new();
    if (disk.descriptor < 0 || profinst__system.fstat(disk.descriptor, &status) != 0 ||
        (size > 0 && !reserve(size))) {
        profinst__disk_remove(errno);
        return false;
    }
    disk.device = status.st_dev;
    disk.inode = status.st_ino;
    disk.size = disk.end = size;
    return true;
}

void profinst__disk_remove(int error)
{
    profinst__say("cannot make the profile", profinst__path(), error,
                  "the program runs unprofiled");
    if (disk.descriptor >= 0) {
        profinst__system.unlink(profinst__path());
        profinst__system.close(disk.descriptor);
    }
    disk.descriptor = -1;
}

/* ---- the descriptor ----------------------------------------------------------------------- */

static bool is_ours(int descriptor, struct stat *status)
{
    return descriptor >= 0 && profinst__system.fstat(descriptor, status) == 0 &&
           status->st_dev == disk.device && status->st_ino == disk.inode;
}

/* Opens the file again if the program has closed its descriptor. False if it is out of reach;
 * otherwise `status` is the file's. */
static bool reach(struct stat *status)
{
    if (is_ours(disk.descriptor, status))
        return true;
    disk.descriptor = profinst__system.open(profinst__path(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (is_ours(disk.descriptor, status))
        return true;
    if (disk.descriptor >= 0)
        profinst__system.close(disk.descriptor);
    disk.descriptor = -1;
    return false;
}

/* Out of the way of the program, whose next open(2) expects the lowest. Where there is no room
 * above it is closed, and opened again when it is needed. */
static void move_away(void)
{
    struct rlimit limit;
    int high = HIGH_DESCRIPTOR;
    if (profinst__system.getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur <= HIGH_DESCRIPTOR)
        high = limit.rlim_cur ? (int)limit.rlim_cur - 1 : 0;
    if (disk.descriptor < 0 || disk.descriptor >= high)
        return;
    high = profinst__system.fcntl(disk.descriptor, F_DUPFD_CLOEXEC, high);
    profinst__system.close(disk.descriptor);
    disk.descriptor = high;
}

/* ---- growing it --------------------------------------------------------------------------- */

static void *map(void *address, uint64_t size, int flags, uint64_t offset)
{
    void *part = profinst__system.mmap(address, size, PROT_READ | PROT_WRITE, MAP_SHARED | flags,
                                       disk.descriptor, (off_t)offset);
    return part == MAP_FAILED ? NULL : part;
}

/* The file's first pages are mapped once more, with those behind them, and then only these kept.
 * The kernel is asked for the blocks: it refuses where touching them would be a signal. */
static void *map_spare(uint64_t size)
{
    uint64_t whole = disk.size + size;
    errno = ENOENT;
    if (whole > disk.end)
        return NULL;
    char *again = profinst__system.mremap(disk.start, 0, whole, MREMAP_MAYMOVE);
    if (again == MAP_FAILED)
        return NULL;
    profinst__system.munmap(again, disk.size);
    if (profinst__system.madvise(again + disk.size, size, MADV_POPULATE_WRITE) == 0)
        return again + disk.size;
    profinst__system.munmap(again + disk.size, size);
    errno = ENOSPC;
    return NULL;
}

void *profinst__disk_append(uint64_t size)
{
    struct stat status;
    char *part = NULL;
    if (disk.lost)
        return NULL;
    if (!reach(&status))
        part = map_spare(size);
    else if ((uint64_t)status.st_size < disk.size)
        profinst__disk_give_up();
    else if (reserve(size))
        part = map(NULL, size, 0, disk.size);
    int error = errno;
    move_away();
    errno = error;
    if (!part)
        return NULL;
    if (disk.size == 0)
        disk.start = part;
    disk.size += size;
    if (disk.end < disk.size)
        disk.end = disk.size;
    return part;
}

static bool write_all(const char *from, uint64_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t written = profinst__system.pwrite(disk.descriptor, from, size, (off_t)offset);
        if (written <= 0)
            return false;
        from += written;
        offset += (uint64_t)written;
        size -= (uint64_t)written;
    }
    return true;
}

bool profinst__disk_put_under(void *address, uint64_t size, uint64_t offset, uint64_t skipped)
{
    if (!write_all((const char *)address + skipped, size - skipped, offset + skipped) ||
        !map(address, size, MAP_FIXED, offset))
        return false;
    if (offset == 0)
        disk.start = address;
    return true;
}

void profinst__disk_make_spare(void)
{
    uint64_t end = disk.size + SPARE;
    if (is_within_limit(end) && profinst__system.ftruncate(disk.descriptor, (off_t)end) == 0)
        disk.end = end;
    move_away();
}

/* ---- its end ------------------------------------------------------------------------------ */

void profinst__disk_end(void)
{
    struct stat status;
    if (disk.size == 0 || disk.lost)
        return;
    if (!reach(&status) || status.st_nlink == 0)
        profinst__say("cannot find the profile", profinst__path(), 0,
                      "somebody removed it while the program ran");
    else if ((uint64_t)status.st_size < disk.size)
        profinst__disk_give_up();
    else if (disk.end > disk.size &&
             profinst__system.ftruncate(disk.descriptor, (off_t)disk.size) == 0)
        disk.end = disk.size;
    move_away();
}

void profinst__disk_forget(void)
{
    struct stat status;
    if (is_ours(disk.descriptor, &status))
        profinst__system.close(disk.descriptor);
    disk.descriptor = -1;
    disk.size = disk.end = 0;
}

void profinst__disk_give_up(void)
{
    if (__atomic_exchange_n(&disk.lost, true, __ATOMIC_RELAXED))
        return;
    profinst__say("cannot reach all of the profile", profinst__path(), 0,
                  "somebody cut it short while the program ran; what was counted is lost");
}

bool profinst__disk_is_lost(void)
{
    return disk.lost;
}
