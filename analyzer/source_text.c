/* A profile may name any file as a source: what is no regular file, or has no text in it, is not
 * read. */
#include "source_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 64 * 1024 * 1024 };

/* Where it was looked for, for who does not find it. */
struct search {
    struct pool *pool;
    const char *path;
    const char *tried; /* a list */
    size_t count;
};

static enum status unreadable(const char *path, const char *why)
{
    return fail(STATUS_INPUT, "cannot read source", path, "%s", why);
}

static bool read_all(int file, char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(file, bytes + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return false;
        if (got == 0) { /* somebody cut it meanwhile */
            memset(bytes + done, '\n', size - done);
            break;
        }
        done += (size_t)got;
    }
    return true;
}

static void split(struct source_text *text, size_t size)
{
    size_t capacity = 0;
    for (char *at = text->bytes, *end = text->bytes + size; at < end;) {
        char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            line_end = end;
        char *next = line_end + 1;
        if (line_end > at && line_end[-1] == '\r')
            line_end--;
        *line_end = '\0';
        text->lines = memory_grow(text->lines, &capacity, text->line_count, sizeof *text->lines);
        text->lines[text->line_count++] = at;
        at = next;
    }
}

static enum status read_text(struct source_text *text, int file, const struct stat *about)
{
    if (about->st_size > LARGEST)
        return unreadable(text->path, "it is larger than 64 MiB; name another one with "
                                      "--source-dir");
    const size_t size = (size_t)about->st_size;
    text->bytes = memory_take(size + 1);
    text->changed_unix_ns = (int64_t)about->st_mtim.tv_sec * 1000000000 + about->st_mtim.tv_nsec;
    if (!read_all(file, text->bytes, size))
        return unreadable(text->path, strerror(errno));
    if (memchr(text->bytes, '\0', size))
        return unreadable(text->path, "it is no text; name another one with --source-dir");
    split(text, size);
    return STATUS_OK;
}

/* True if there is such a file: then it is the one, and *status tells whether it could be read. */
static bool try(struct source_text *text, struct search *search, const char *path,
                enum status *status)
{
    enum { MOST_NAMED = 4 };
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode)) {
        text->path = path;
        *status = read_text(text, file, &about);
        close(file);
        return true;
    }
    if (file >= 0)
        close(file);
    if (search->count++ < MOST_NAMED)
        search->tried =
            pool_format(search->pool, "%s%s%s", search->tried, search->count > 1 ? ", " : "", path);
    return false;
}

/* Behind what leads up or nowhere. */
static const char *without_prefix(const char *path)
{
    for (;;)
        if (*path == '/')
            path++;
        else if (strncmp(path, "./", 2) == 0)
            path += 2;
        else if (strncmp(path, "../", 3) == 0)
            path += 3;
        else
            return path;
}

static bool try_folder(struct source_text *text, struct search *search, const char *folder,
                       enum status *status)
{
    const char *part = without_prefix(search->path);
    while (*part) {
        if (try(text, search, pool_format(search->pool, "%s/%s", folder, part), status))
            return true;
        const char *slash = strchr(part, '/');
        part = slash ? without_prefix(slash + 1) : "";
    }
    return false;
}

enum status source_text_open(struct source_text *text, struct pool *pool, const char *path,
                             const char *const *folders, size_t folder_count)
{
    struct search search = {.pool = pool, .path = path, .tried = ""};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < folder_count; i++)
        if (try_folder(text, &search, folders[i], &status))
            return status;
    if (try(text, &search, path, &status))
        return status;
    const size_t rest = search.count > 4 ? search.count - 4 : 0;
    return fail(STATUS_INPUT, "cannot find source", path,
                "it is not at %s%s; name the folder that "
                "has it with --source-dir, or go to where the program was compiled",
                search.tried, rest ? pool_format(pool, " and %zu more places", rest) : "");
}

void source_text_free(struct source_text *text)
{
    free(text->bytes);
    free(text->lines);
    *text = (struct source_text){0};
}
