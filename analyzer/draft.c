#define _GNU_SOURCE
#include "draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

/* With what SQLite may have left beside it; with a new file it would take that for its own. */
static void remove_all(const char *path)
{
    static const char *const endings[] = {"", "-journal", "-wal", "-shm"};
    struct pool pool = {0};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        unlink(pool_format(&pool, "%s%s", path, endings[i]));
    pool_free(&pool);
}

/* Length of the path's part up to the name. */
static int folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (int)(slash + 1 - path) : 0;
}

/* -1: it cannot be locked, as on some file systems of other machines. */
static int lock_folder(const char *path)
{
    struct pool pool = {0};
    int length = folder_length(path), locked;
    int folder = open(length ? pool_format(&pool, "%.*s", length, path) : ".",
                      O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    pool_free(&pool);
    while (folder >= 0 && (locked = flock(folder, LOCK_EX)) != 0)
        if (errno != EINTR) {
            close(folder);
            return -1;
        }
    return folder;
}

void draft_begin(struct database *database)
{
    const char *path = database->path;
    if (exists(path))
        return;
    int lock = lock_folder(path), length = folder_length(path);
    if (exists(path)) {
        if (lock >= 0)
            close(lock);
        return;
    }
    /* With the lock the name is ours, and what somebody left there who was killed goes. */
    int size = lock >= 0 ? asprintf(&database->draft, "%.*s.%s.new", length, path, path + length)
                         : asprintf(&database->draft, "%.*s.%s.new-%ld", length, path,
                                    path + length, (long)getpid());
    if (size < 0)
        out_of_memory();
    database->folder = lock;
    remove_all(database->draft);
}

static void end(struct database *database)
{
    if (database->folder >= 0)
        close(database->folder);
    free(database->draft);
    database->draft = NULL;
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
        remove_all(database->path);
    error = error ? error : move(database->draft, database->path);
    if (error) {
        draft_discard(database);
        return fail(STATUS_OUTPUT, "cannot make database", database->path,
                    "%s; check the path and its permissions, and try again", strerror(error));
    }
    if (database->folder >= 0)
        fsync(database->folder);
    end(database);
    return STATUS_OK;
}

void draft_discard(struct database *database)
{
    remove_all(database->draft);
    end(database);
}
