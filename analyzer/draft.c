#define _GNU_SOURCE
#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PAUSE_MS = 10 }; /* between two tries */

static bool exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

/* What SQLite may have left beside a file that is gone: it would take that for a new file's. */
static void remove_beside(const char *path)
{
    static const char *const endings[] = {"-journal", "-wal", "-shm"};
    struct pool pool = {0};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(pool_format(&pool, "%s%s", path, endings[i]));
    pool_free(&pool);
}

static void remove_all(const char *path)
{
    unlink(path);
    remove_beside(path);
}

/* Length of the path's part up to the name. */
static int folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (int)(slash + 1 - path) : 0;
}

/* A file beside the database, which nobody else has a use for: who runs profinst may hold locks of
 * the folder or the database. It is there only meanwhile, so that it may have been removed by its
 * former owner once it is locked. -1: it cannot be made or locked, as on some file systems of other
 * machines, or others keep it for too long. */
static int lock(const char *path)
{
    const struct timespec step = {.tv_nsec = PAUSE_MS * 1000000};
    struct stat ours, there;
    for (int waited = 0; waited < DATABASE_WAIT_MS; waited += PAUSE_MS) {
        int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (file < 0)
            return -1;
        bool locked = flock(file, LOCK_EX | LOCK_NB) == 0;
        int error = locked ? 0 : errno;
        if (locked && fstat(file, &ours) == 0 && lstat(path, &there) == 0 &&
            ours.st_ino == there.st_ino && ours.st_dev == there.st_dev)
            return file;
        close(file);
        if (error != 0 && error != EWOULDBLOCK && error != EINTR)
            return -1;
        if (!locked)
            nanosleep(&step, NULL);
    }
    return -1;
}

static void unlock(struct database *database)
{
    if (database->lock >= 0) {
        unlink(database->lock_path);
        close(database->lock);
    }
    free(database->lock_path);
    database->lock_path = NULL;
}

void draft_begin(struct database *database)
{
    const char *path = database->path;
    if (exists(path))
        return;
    int length = folder_length(path);
    if (asprintf(&database->lock_path, "%.*s.%s.lock", length, path, path + length) < 0)
        out_of_memory();
    database->lock = lock(database->lock_path);
    if (exists(path)) {
        unlock(database);
        return;
    }
    /* With the lock the name is ours, and what somebody left there who was killed goes. */
    int size = database->lock >= 0
                   ? asprintf(&database->draft, "%.*s.%s.new", length, path, path + length)
                   : asprintf(&database->draft, "%.*s.%s.new-%ld", length, path, path + length,
                              (long)getpid());
    if (size < 0)
        out_of_memory();
    remove_all(database->draft);
}

static void end(struct database *database)
{
    unlock(database);
    free(database->draft);
    database->draft = NULL;
}

/* So that the new name outlives a failure of power. */
static void sync_folder(const char *path)
{
    struct pool pool = {0};
    int length = folder_length(path);
    int folder = open(length ? pool_format(&pool, "%.*s", length, path) : ".",
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder >= 0) {
        fsync(folder);
        close(folder);
    }
    pool_free(&pool);
}

/* Not over a file that somebody else has made. 0, or errno. */
static int move(const char *from, const char *to)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (link(from, to) != 0) /* file systems that do not know it */
        return errno;
    unlink(from);
    return 0;
}

enum status draft_place(struct database *database)
{
    database_close(database);
    int error = exists(database->path) ? EEXIST : 0;
    if (!error)
        remove_beside(database->path);
    error = error ? error : move(database->draft, database->path);
    if (error) {
        draft_discard(database);
        return fail(STATUS_OUTPUT, "cannot make database", database->path,
                    "%s; check the path and its permissions, and try again", strerror(error));
    }
    sync_folder(database->path);
    end(database);
    return STATUS_OK;
}

void draft_discard(struct database *database)
{
    remove_all(database->draft);
    end(database);
}
