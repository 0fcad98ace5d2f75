#include "source.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "image.h"
#include "load.h"

static enum status check_arguments(struct source *source)
{
    if (!source->database && source->file_count == 0)
        return fail(STATUS_USAGE, source->command, NULL,
                    "no profile given; name one, or a database with --db");
    if (source->database && source->file_count > 0)
        return fail(STATUS_USAGE, source->command, source->files[0],
                    "a profile and a database at once; give one of them, or load the profile into "
                    "the database first");
    if (source->run && !source->database)
        return fail(STATUS_USAGE, source->command, NULL,
                    "--run chooses from a database; give one with --db");
    if (!source->run)
        return STATUS_OK;
    char *end;
    errno = 0;
    source->run_id = strtoll(source->run, &end, 10);
    if (errno || *end || end == source->run || source->run_id <= 0)
        return fail(STATUS_USAGE, source->command, NULL,
                    "--run=%s is no run's number; see the view 'runs' in the database",
                    source->run);
    return STATUS_OK;
}

static bool same_file(const char *path, const struct stat *other)
{
    struct stat about;
    return path && stat(path, &about) == 0 && about.st_dev == other->st_dev &&
           about.st_ino == other->st_ino;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct source *source = state->input;
    switch (key) {
    case 'd':
        source->database = argument;
        return 0;
    case 'r':
        source->run = argument;
        return 0;
    case ARGP_KEY_ARGS:
        source->files = state->argv + state->next;
        source->file_count = (size_t)(state->argc - state->next);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "db", .key = 'd', .arg = "FILE", .doc = "Read a database that 'profinst load' filled"},
    {.name = "run", .key = 'r', .arg = "ID", .doc = "Only this run of the database"},
    {0},
};

static const struct argp parser = {.options = options, .parser = parse};

const struct argp_child source_arguments[] = {{.argp = &parser}, {0}};

enum status source_check_output(const struct source *source, const char *output)
{
    struct stat about;
    if (!output || stat(output, &about) != 0 || !S_ISREG(about.st_mode))
        return STATUS_OK;
    bool input = same_file(source->database, &about);
    for (size_t i = 0; i < source->file_count; i++)
        input = input || same_file(source->files[i], &about);
    return input ? fail(STATUS_USAGE, source->command, output,
                        "it is read from, and would be overwritten; give another name with -o")
                 : STATUS_OK;
}

static enum status read_profiles(const struct source *source, struct database *database)
{
    enum status status = database_execute(database, "BEGIN");
    int unmade = 0;
    for (size_t i = 0; status == STATUS_OK && i < source->file_count; i++) {
        struct profile profile;
        status = profile_open(&profile, source->files[i]);
        if (status == STATUS_UNMADE) {
            status = image_pass_over(source->files[i], ++unmade, (int)source->file_count);
            continue;
        }
        if (status != STATUS_OK)
            break;
        enum load_outcome outcome;
        status = source->contexts ? load_profile(database, &profile, &outcome)
                                  : load_without_contexts(database, &profile);
        profile_close(&profile);
    }
    return status == STATUS_OK ? database_execute(database, "COMMIT") : status;
}

static enum status find_run(const struct source *source, struct database *database)
{
    sqlite3_stmt *statement;
    enum status status = database_prepare(database, "SELECT 1 FROM run WHERE id = ?", &statement);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(statement, 1, source->run_id);
    bool found;
    status = database_step(database, statement, &found);
    sqlite3_finalize(statement);
    if (status == STATUS_OK && !found)
        return fail(STATUS_INPUT, "cannot find run", source->database,
                    "no run %lld; see the view 'runs' for those there are",
                    (long long)source->run_id);
    return status;
}

enum status source_open(struct source *source, struct database *database)
{
    enum status status = check_arguments(source);
    if (status != STATUS_OK)
        return status;
    status = source->database ? database_open(database, source->database)
                              : database_open_memory(database);
    if (status != STATUS_OK)
        return status;
    if (!source->database)
        status = read_profiles(source, database);
    else if (source->run_id)
        status = find_run(source, database);
    if (status != STATUS_OK)
        database_close(database);
    return status;
}

char *source_from(struct pool *pool, const struct source *source, const char *view)
{
    if (!source->run_id)
        return pool_format(pool, " FROM %s ", view);
    return pool_format(pool, " FROM run_%s WHERE run = %lld ", view, (long long)source->run_id);
}
