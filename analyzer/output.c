#define _GNU_SOURCE
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

enum status output_failed(const char *path, int error)
{
    return fail(STATUS_OUTPUT, "cannot write", path,
                "%s; check the path, its permissions and the room on the disk", strerror(error));
}

void output_begin(struct output *output)
{
    *output = (struct output){0};
    output->stream = open_memstream(&output->bytes, &output->size);
    if (!output->stream)
        out_of_memory();
}

void output_abandon(struct output *output)
{
    fclose(output->stream);
    free(output->bytes);
}

enum status output_end(struct output *output, const char *path)
{
    if (ferror(output->stream) || fflush(output->stream) != 0)
        out_of_memory();
    enum status status = output_write(path, output->bytes, output->size);
    output_abandon(output);
    return status;
}

int output_bytes(int file, const char *bytes, size_t size)
{
    while (size) {
        ssize_t step = write(file, bytes, size);
        if (step < 0 && errno != EINTR)
            return errno;
        if (step > 0) {
            bytes += step;
            size -= (size_t)step;
        }
    }
    return 0;
}

/* 0, or what went wrong. */
static int write_and_close(int file, const char *bytes, size_t size)
{
    int error = output_bytes(file, bytes, size);
    if (close(file) != 0 && error == 0)
        error = errno;
    return error;
}

/* Beside the file, so that renaming never crosses file systems; hidden while not whole. */
static char *temporary_path(struct pool *pool, const char *path)
{
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    return pool_format(pool, "%.*s.profinst-%ld.tmp", folder, path, (long)getpid());
}

static int replace(struct pool *pool, const char *path, const struct stat *former,
                   const char *bytes, size_t size)
{
    if (former && access(path, W_OK) != 0)
        return errno; /* renaming would get around the write protection */
    const char *temporary = temporary_path(pool, path);
    int file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0)
        return errno;
    int error = former && fchmod(file, former->st_mode & 07777) != 0 ? errno : 0;
    int write_error = write_and_close(file, bytes, size);
    error = error ? error : write_error;
    if (error == 0 && rename(temporary, path) != 0)
        error = errno;
    if (error)
        unlink(temporary);
    return error;
}

/* The folder in which a file is made to be renamed. */
static int check_folder(const char *path)
{
    struct pool pool = {0};
    const char *slash = strrchr(path, '/');
    int length = slash ? (int)(slash + 1 - path) : 0;
    const char *folder = length ? pool_format(&pool, "%.*s", length, path) : ".";
    int error = access(folder, W_OK | X_OK) != 0 ? errno : 0;
    pool_free(&pool);
    return error;
}

enum status output_check(const char *path)
{
    struct stat former;
    int error = 0;
    if (!path)
        return STATUS_OK;
    bool exists = stat(path, &former) == 0;
    if (exists && S_ISDIR(former.st_mode))
        error = EISDIR;
    else if (exists && access(path, W_OK) != 0)
        error = errno;
    if (!error && (!exists || S_ISREG(former.st_mode))) {
        char *target = realpath(path, NULL);
        error = check_folder(target ? target : path);
        free(target);
    }
    return error ? output_failed(path, error) : STATUS_OK;
}

static enum status write_standard_output(const char *bytes, size_t size)
{
    int error = output_bytes(STDOUT_FILENO, bytes, size);
    if (error == EPIPE) /* see main */
        return STATUS_OK;
    return error ? output_failed("standard output", error) : STATUS_OK;
}

enum status output_write(const char *path, const char *bytes, size_t size)
{
    if (!path)
        return write_standard_output(bytes, size);
    struct pool pool = {0};
    struct stat former;
    bool exists = stat(path, &former) == 0;
    int error;
    if (exists && !S_ISREG(former.st_mode)) { /* a device or pipe stays what it is */
        int file = open(path, O_WRONLY | O_CLOEXEC);
        error = file < 0 ? errno : write_and_close(file, bytes, size);
    } else {
        char *target =
            realpath(path, NULL); /* renaming over a symbolic link would replace the link */
        error = replace(&pool, target ? target : path, exists ? &former : NULL, bytes, size);
        free(target);
    }
    pool_free(&pool);
    return error ? output_failed(path, error) : STATUS_OK;
}
