#define _GNU_SOURCE
#include "scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRIES = 3, OPEN_FOLDERS = 8 };

enum status scratch_make(struct pool *pool, const char *name, const char **folder)
{
    const char *wanted = getenv("TMPDIR");
    char *place = realpath(wanted && *wanted ? wanted : "/tmp", NULL);
    char *path = pool_format(pool, "%s/%s-XXXXXX", place ? place : "/tmp", name);
    free(place);
    *folder = mkdtemp(path);
    return *folder ? STATUS_OK
                   : fail(STATUS_OUTPUT, "cannot make a temporary folder", path,
                          "%s; set TMPDIR to one where there is room", strerror(errno));
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    remove(path); /* what cannot be removed is no reason to leave the others */
    return 0;
}

/* Processes that outlive their run may make a file meanwhile. */
void scratch_remove(const char *folder)
{
    for (int i = 0; folder && i < TRIES && access(folder, F_OK) == 0; i++)
        nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
