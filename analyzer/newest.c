#include "newest.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "profinst_format.h"

/* A profile by its beginning. */
struct candidate {
    char *name;
    bool readable; /* its format is ours */
    struct timespec changed;
    uint8_t run_id[sizeof((struct profinst_header *)0)->run_id];
};

static bool is_profile_name(const char *name)
{
    static const char ending[] = ".profinst";
    size_t length = strlen(name), end = sizeof ending - 1;
    return length > end && strcmp(name + length - end, ending) == 0;
}

/* False: it is no profile, or one that was never begun. */
static bool examine(const char *name, struct candidate *candidate)
{
    struct profinst_header header;
    struct stat about;
    const size_t wanted = offsetof(struct profinst_header, size);
    int file = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (file < 0)
        return false;
    bool good = fstat(file, &about) == 0 && S_ISREG(about.st_mode) &&
                read(file, &header, wanted) == (ssize_t)wanted &&
                memcmp(header.magic, PROFINST_MAGIC, sizeof header.magic) == 0;
    close(file);
    if (good) {
        candidate->readable = header.version == PROFINST_FORMAT_VERSION;
        candidate->changed = about.st_mtim;
        memcpy(candidate->run_id, header.run_id, sizeof candidate->run_id);
    }
    return good;
}

static int newest_first(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->readable != b->readable)
        return a->readable ? -1 : 1;
    if (a->changed.tv_sec != b->changed.tv_sec)
        return a->changed.tv_sec > b->changed.tv_sec ? -1 : 1;
    if (a->changed.tv_nsec != b->changed.tv_nsec)
        return a->changed.tv_nsec > b->changed.tv_nsec ? -1 : 1;
    return strcmp(a->name, b->name);
}

static enum status find_candidates(struct pool *pool, const char *command,
                                   struct candidate **candidates, size_t *count)
{
    size_t capacity = 0;
    DIR *folder = opendir(".");
    if (!folder)
        return fail(STATUS_INPUT, command, ".",
                    "the folder cannot be read: %s; name a profile, or a database with --db",
                    strerror(errno));
    for (const struct dirent *entry; (entry = readdir(folder));) {
        struct candidate candidate;
        if (!is_profile_name(entry->d_name) || !examine(entry->d_name, &candidate))
            continue;
        candidate.name = pool_copy(pool, entry->d_name);
        *candidates = memory_grow(*candidates, &capacity, *count, sizeof **candidates);
        (*candidates)[(*count)++] = candidate;
    }
    closedir(folder);
    return STATUS_OK;
}

enum status newest_profiles(struct pool *pool, const char *command, char ***files, size_t *count)
{
    struct candidate *candidates = NULL;
    size_t found = 0;
    enum status status = find_candidates(pool, command, &candidates, &found);
    if (status == STATUS_OK && found == 0)
        status = fail(STATUS_USAGE, command, NULL,
                      "no profile given, and none in the working directory; run the instrumented "
                      "program, or name a profile, or a database with --db");
    if (found > 1)
        qsort(candidates, found, sizeof *candidates, newest_first);
    *count = 0;
    *files = memory_array(found ? found : 1, sizeof **files);
    for (size_t i = 0; i < found; i++)
        if (memcmp(candidates[i].run_id, candidates[0].run_id, sizeof candidates[0].run_id) == 0)
            (*files)[(*count)++] = candidates[i].name;
    free(candidates);
    return status;
}
