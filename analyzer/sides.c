#include "sides.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image.h"
#include "load.h"
#include "progress.h"
#include "sides_steps.h"
#include "text.h"
#include "transfer.h"

static const char usual_database[] = "profinst.db";

/* What a side's name turns out to be. */
enum kind { KIND_NAME, KIND_PROFILE, KIND_FOLDER, KIND_DATABASE, KIND_BASELINE };

static bool is_database(const char *path)
{
    static const char magic[] = "SQLite format 3"; /* with the 0 behind it */
    char begin[sizeof magic] = "";
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    bool is = fread(begin, 1, sizeof begin, file) == sizeof begin &&
              memcmp(begin, magic, sizeof magic) == 0;
    fclose(file);
    return is;
}

static enum kind kind_of(const struct side *side)
{
    struct stat about;
    if (!side->text || stat(side->text, &about) != 0)
        return KIND_NAME;
    if (S_ISDIR(about.st_mode))
        return KIND_FOLDER;
    return is_database(side->text)            ? KIND_DATABASE
           : transfer_is_baseline(side->text) ? KIND_BASELINE
                                              : KIND_PROFILE;
}

/* The run that the profile is of. */
static enum status add_run_of(struct side *side, struct database *database,
                              const struct profile *profile)
{
    char key[2 * sizeof profile->header.profile_id + 1];
    sqlite3_stmt *row;
    bool found;
    for (size_t i = 0; i < sizeof profile->header.profile_id; i++)
        snprintf(key + 2 * i, 3, "%02x", profile->header.profile_id[i]);
    enum status status =
        database_prepare(database, "SELECT run_id FROM process WHERE profile_key = ?", &row);
    if (status != STATUS_OK)
        return status;
    database_bind_text(row, 1, key);
    status = database_step(database, row, &found);
    if (status == STATUS_OK && found)
        side_add_run(side, sqlite3_column_int64(row, 0));
    sqlite3_finalize(row);
    return status;
}

static bool has_run(const struct side *side, int64_t run)
{
    for (size_t i = 0; i < side->run_count; i++)
        if (side->runs[i] == run)
            return true;
    return false;
}

/* STATUS_UNMADE as profile_open. Processes of one run cannot be told apart once they are loaded, so
 * they cannot stand on both sides; the same profile can. */
static enum status load(struct sides *sides, struct side *side, struct database *database,
                        const char *path)
{
    struct profile profile;
    enum load_outcome outcome;
    progress_next_file(path);
    enum status status = profile_open(&profile, path);
    if (status != STATUS_OK)
        return status;
    const struct load_parts parts = {.contexts = sides->contexts, .fingerprints = true};
    status = load_profile(database, &profile, parts, &outcome);
    if (status == STATUS_OK)
        status = add_run_of(side, database, &profile);
    profile_close(&profile);
    const struct side *other = &sides->side[side == &sides->side[BEFORE] ? AFTER : BEFORE];
    if (status == STATUS_OK && outcome != LOAD_ALREADY && side->run_count > 0 &&
        has_run(other, side->runs[side->run_count - 1]))
        return fail(STATUS_INPUT, sides->command, path,
                    "it is of the same run as %s, which cannot be compared with itself; give "
                    "profiles of two runs",
                    other->label);
    return status;
}

static enum status load_all(struct sides *sides, struct side *side, struct database *database,
                            char *const *paths, size_t count)
{
    enum status status = STATUS_OK;
    int unmade = 0;
    progress_begin_files("Reading profiles", paths, count);
    for (size_t i = 0; status == STATUS_OK && i < count; i++) {
        status = load(sides, side, database, paths[i]);
        if (status == STATUS_UNMADE)
            status = image_pass_over(paths[i], ++unmade, (int)count);
    }
    progress_end();
    return status;
}

static int is_profile(const struct dirent *entry)
{
    static const char ending[] = ".profinst";
    size_t length = strlen(entry->d_name), end = sizeof ending - 1;
    return length > end && strcmp(entry->d_name + length - end, ending) == 0;
}

/* One run, or several, by the profiles' own word. */
static enum status load_folder(struct sides *sides, struct side *side, struct database *database)
{
    struct dirent **entries;
    int count = scandir(side->text, &entries, is_profile, alphasort);
    if (count < 0)
        return fail(STATUS_INPUT, sides->command, side->text,
                    "the folder cannot be read: %s; name another", strerror(errno));
    char **paths = memory_array((size_t)count, sizeof *paths);
    for (int i = 0; i < count; i++) {
        paths[i] = pool_format(&sides->pool, "%s/%s", side->text, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    enum status status = count > 0 ? load_all(sides, side, database, paths, (size_t)count)
                                   : fail(STATUS_INPUT, sides->command, side->text,
                                          "there is no profile in this folder (*.profinst); name "
                                          "another");
    free(paths);
    side->label = side->text;
    return status;
}

/* What the side has in another database, into the one of both. */
static enum status copy(struct sides *sides, struct side *side, struct database *from,
                        struct database *database)
{
    enum status status = STATUS_OK;
    if (side->series) {
        status = transfer_series(from, side->series, database, &side->series);
        side->run_count = 0;
        return status == STATUS_OK ? side_add_series(sides, side, database) : status;
    }
    for (size_t i = 0; status == STATUS_OK && i < side->run_count; i++)
        status = transfer_run(from, side->runs[i], database, &side->runs[i]);
    return status;
}

/* `path`: the database; if it is the side's own text, its newest series is meant. */
static enum status read_database(struct sides *sides, struct side *side, struct database *database,
                                 const char *path)
{
    struct database from;
    const char *text = side->text;
    enum status status = database_open(&from, path);
    if (status != STATUS_OK)
        return status;
    side->text = path == text ? NULL : text;
    status = side_find_name(sides, side, &from);
    side->text = text;
    if (status == STATUS_OK)
        status = copy(sides, side, &from, database);
    if (path == text)
        side->label = text;
    database_close(&from);
    return status;
}

static enum status read_baseline(struct sides *sides, struct side *side, struct database *database)
{
    const char *name;
    enum status status = transfer_read(database, side->text, &side->series, &sides->pool, &name);
    if (status != STATUS_OK)
        return status;
    side->label = pool_format(&sides->pool, "baseline %s (%s)", name, side->text);
    return side_add_series(sides, side, database);
}

static const char *names_in(const struct sides *sides)
{
    return sides->database ? sides->database : usual_database;
}

/* Before the database is looked for: somebody who misspelled a file has none perhaps. */
static enum status check_names(const struct sides *sides, const enum kind *kinds)
{
    struct stat about;
    for (int i = 0; i < SIDES; i++)
        if (kinds[i] == KIND_NAME && sides->side[i].text && !sides->database &&
            stat(usual_database, &about) != 0)
            return fail(STATUS_USAGE, sides->command, sides->side[i].text,
                        "no such file, and no %s here to look it up in; name a database with --db",
                        usual_database);
    return STATUS_OK;
}

static enum status read_side(struct sides *sides, struct side *side, enum kind kind,
                             struct database *database)
{
    switch (kind) {
    case KIND_FOLDER:
        return load_folder(sides, side, database);
    case KIND_PROFILE:
        side->label = side->text;
        return load_all(sides, side, database, (char *[]){(char *)side->text}, 1);
    case KIND_BASELINE:
        return read_baseline(sides, side, database);
    default:
        return read_database(sides, side, database,
                             kind == KIND_DATABASE ? side->text : names_in(sides));
    }
}

static enum status find_both(struct sides *sides, struct database *database)
{
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < SIDES; i++)
        status = side_find_name(sides, &sides->side[i], database);
    return status;
}

static enum status read_both(struct sides *sides, const enum kind *kinds, struct database *database)
{
    enum status status = database_execute(database, "BEGIN");
    for (int i = 0; status == STATUS_OK && i < SIDES; i++)
        status = read_side(sides, &sides->side[i], kinds[i], database);
    return status == STATUS_OK ? database_execute(database, "COMMIT") : status;
}

enum status sides_open(struct sides *sides, struct database *database)
{
    enum kind kinds[SIDES];
    for (int i = 0; i < SIDES; i++)
        kinds[i] = kind_of(&sides->side[i]);
    bool names_only = kinds[BEFORE] == KIND_NAME && kinds[AFTER] == KIND_NAME;
    enum status status = check_names(sides, kinds);
    if (status == STATUS_OK)
        status =
            names_only ? database_open(database, names_in(sides)) : database_open_memory(database);
    if (status != STATUS_OK) {
        pool_free(&sides->pool);
        return status;
    }
    status = names_only ? find_both(sides, database) : read_both(sides, kinds, database);
    if (status != STATUS_OK)
        sides_close(sides, database);
    return status;
}

void sides_close(struct sides *sides, struct database *database)
{
    for (int i = 0; i < SIDES; i++) {
        free(sides->side[i].runs);
        sides->side[i].runs = NULL;
        sides->side[i].run_count = sides->side[i].capacity = 0;
    }
    database_close(database);
    pool_free(&sides->pool);
}
