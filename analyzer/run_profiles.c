#define _GNU_SOURCE
#include "run_profiles.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "load.h"
#include "profile.h"
#include "scratch.h"
#include "text.h"

enum status run_profiles_begin(struct run_profiles *profiles)
{
    return scratch_make(&profiles->pool, "profinst-run", &profiles->folder);
}

/* For PROFINST_OUTPUT, where a percent sign begins something. */
static const char *pattern_of(struct pool *pool, const char *folder)
{
    char *pattern = pool_take(pool, 2 * strlen(folder) + sizeof "/%p.%n.profinst");
    char *end = pattern;
    for (const char *p = folder; *p; p++) {
        *end++ = *p;
        if (*p == '%')
            *end++ = '%';
    }
    strcpy(end, "/%p.%n.profinst");
    return pattern;
}

enum status run_profiles_next(struct run_profiles *profiles)
{
    pool_free(&profiles->of_run);
    profiles->run_folder =
        pool_format(&profiles->of_run, "%s/%zu", profiles->folder, ++profiles->number);
    profiles->pattern = pattern_of(&profiles->of_run, profiles->run_folder);
    if (mkdir(profiles->run_folder, 0700) == 0)
        return STATUS_OK;
    return fail(STATUS_OUTPUT, "cannot make a folder for profiles", profiles->run_folder,
                "%s; set TMPDIR to a place where there is room", strerror(errno));
}

static void forget(struct run_profiles *profiles)
{
    for (size_t i = 0; i < profiles->count; i++)
        free(profiles->files[i]);
    free(profiles->files);
    profiles->files = NULL;
    profiles->count = 0;
}

void run_profiles_remove(struct run_profiles *profiles)
{
    scratch_remove(profiles->run_folder);
    forget(profiles);
}

void run_profiles_leave(struct run_profiles *profiles)
{
    forget(profiles);
    pool_free(&profiles->of_run);
    pool_free(&profiles->pool);
}

void run_profiles_end(struct run_profiles *profiles)
{
    scratch_remove(profiles->folder);
    run_profiles_leave(profiles);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Brings the file of the program's own process to the front. */
static void put_first(struct run_profiles *profiles, pid_t process)
{
    const char *start =
        pool_format(&profiles->of_run, "%s/%d.", profiles->run_folder, (int)process);
    for (size_t i = 0; i < profiles->count; i++) {
        char *file = profiles->files[i];
        if (strncmp(file, start, strlen(start)) != 0)
            continue;
        memmove(profiles->files + 1, profiles->files, i * sizeof *profiles->files);
        profiles->files[0] = file;
        return;
    }
}

enum status run_profiles_find(struct run_profiles *profiles, pid_t process)
{
    size_t capacity = 0;
    forget(profiles);
    DIR *folder = opendir(profiles->run_folder);
    if (!folder)
        return fail(STATUS_INPUT, "cannot read the folder of profiles", profiles->run_folder,
                    "%s; run the program again", strerror(errno));
    for (const struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path;
        if (asprintf(&path, "%s/%s", profiles->run_folder, entry->d_name) < 0)
            out_of_memory();
        profiles->files =
            memory_grow(profiles->files, &capacity, profiles->count, sizeof *profiles->files);
        profiles->files[profiles->count++] = path;
    }
    closedir(folder);
    if (profiles->count > 0)
        qsort(profiles->files, profiles->count, sizeof *profiles->files, by_name);
    put_first(profiles, process);
    return STATUS_OK;
}

enum status run_profiles_load(struct run_profiles *profiles, struct database *database,
                              struct series_facts *facts, int64_t *run)
{
    uint8_t key[sizeof((struct profinst_header *)0)->run_id];
    bool first = true;
    *run = 0;
    for (size_t i = 0; i < profiles->count; i++) {
        struct profile profile;
        enum load_outcome outcome;
        enum status status = profile_open(&profile, profiles->files[i]);
        if (status == STATUS_UNMADE)
            continue;
        if (status != STATUS_OK)
            return status;
        /* A program that another one starts does not know that it is part of the same run. */
        if (first)
            memcpy(key, profile.header.run_id, sizeof key);
        else
            memcpy(profile.header.run_id, key, sizeof key);
        if (first && facts)
            series_facts_add_build(facts, &profile);
        first = false;
        status = load_profile(database, &profile, LOAD_ALL, &outcome);
        profile_close(&profile);
        if (status != STATUS_OK)
            return status;
    }
    return first ? STATUS_OK
                 : database_number(database, "SELECT id FROM run WHERE run_key = ?",
                                   text_hex(&profiles->of_run, key, sizeof key), 0, run);
}
