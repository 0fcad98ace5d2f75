#include "source.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "image.h"
#include "load.h"
#include "newest.h"
#include "progress.h"
#include "text.h"

static void source_free(struct source *source)
{
    free(source->newest);
    source->newest = NULL;
    pool_free(&source->pool);
}

static enum status check_arguments(struct source *source)
{
    if (source->database && source->file_count > 0)
        return fail(STATUS_USAGE, source->command, source->files[0],
                    "a profile and a database at once; give one of them, or load the profile into "
                    "the database first");
    if (source->scope.run && !source->database)
        return fail(STATUS_USAGE, source->command, NULL,
                    "--run chooses from a database; give one with --db");
    return STATUS_OK;
}

static bool same_file(const char *path, const struct stat *other)
{
    struct stat about;
    return path && stat(path, &about) == 0 && about.st_dev == other->st_dev &&
           about.st_ino == other->st_ino;
}

/* Do both name the same file, which need not be there yet? */
static bool same_place(const char *path, const char *other)
{
    if (!path || strcmp(text_base_name(path), text_base_name(other)) != 0)
        return false;
    struct pool pool = {0};
    struct stat about;
    const char *folders[2], *paths[2] = {path, other};
    for (int i = 0; i < 2; i++) {
        int length = (int)(text_base_name(paths[i]) - paths[i]);
        folders[i] = length ? pool_format(&pool, "%.*s", length, paths[i]) : ".";
    }
    bool same = stat(folders[1], &about) == 0 && same_file(folders[0], &about);
    pool_free(&pool);
    return same;
}

enum { KEY_PROGRAM = 0x100, KEY_PROCESS, KEY_THREAD }; /* options without a letter */

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct source *source = state->input;
    switch (key) {
    case 'd':
        source->database = argument;
        return 0;
    case 'r':
        source->scope.run = argument;
        return 0;
    case KEY_PROGRAM:
        source->scope.program = argument;
        return 0;
    case KEY_PROCESS:
        source->scope.process = argument;
        return 0;
    case KEY_THREAD:
        source->scope.thread = argument;
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
    {.name = "program", .key = KEY_PROGRAM, .arg = "NAME", .doc = "Only processes of this program"},
    {.name = "process", .key = KEY_PROCESS, .arg = "PID", .doc = "Only this process"},
    {.name = "thread",
     .key = KEY_THREAD,
     .arg = "NUMBER|NAME",
     .doc = "Only threads of this number, as the view 'threads' has them, or name"},
    {0},
};

const struct argp source_parser = {.options = options, .parser = parse};

const struct argp_child source_arguments[] = {{.argp = &source_parser}, {0}};

enum status source_check_output(struct source *source, const char *output)
{
    source->output = output;
    struct stat about;
    bool exists = output && stat(output, &about) == 0;
    if (!output || (exists && !S_ISREG(about.st_mode)))
        return STATUS_OK;
    bool input =
        exists ? same_file(source->database, &about) : same_place(source->database, output);
    for (size_t i = 0; exists && i < source->file_count; i++)
        input = input || same_file(source->files[i], &about);
    return input ? fail(STATUS_USAGE, source->command, output,
                        "it is read from, and would be overwritten; give another name with -o")
                 : STATUS_OK;
}

static enum status read_profiles(const struct source *source, struct database *database)
{
    enum status status = database_execute(database, "BEGIN");
    int unmade = 0;
    progress_begin_files("Reading profiles", source->files, source->file_count);
    for (size_t i = 0; status == STATUS_OK && i < source->file_count; i++) {
        struct profile profile;
        progress_next_file(source->files[i]);
        status = profile_open(&profile, source->files[i]);
        if (status == STATUS_UNMADE) {
            status = image_pass_over(source->files[i], ++unmade, (int)source->file_count);
            continue;
        }
        if (status != STATUS_OK)
            break;
        enum load_outcome outcome;
        const struct load_parts parts = {source->contexts, source->sites, source->fingerprints};
        status = load_profile(database, &profile, parts, &outcome);
        profile_close(&profile);
    }
    progress_end();
    return status == STATUS_OK ? database_execute(database, "COMMIT") : status;
}

static bool is_restricted(const struct scope *scope)
{
    return scope->run || scope->program || scope->process || scope->thread;
}

enum status source_open(struct source *source, struct database *database)
{
    enum status status = check_arguments(source);
    bool named = source->database || source->file_count > 0;
    if (status == STATUS_OK && !named)
        status =
            newest_profiles(&source->pool, source->command, &source->newest, &source->file_count);
    if (!named)
        source->files = source->newest;
    if (status == STATUS_OK && !named)
        status = source_check_output(source, source->output);
    source->contexts |= source->scope.thread != NULL; /* totals are of whole processes */
    if (status == STATUS_OK)
        status = source->database ? database_open(database, source->database)
                                  : database_open_memory(database);
    if (status != STATUS_OK) {
        source_free(source);
        return status;
    }
    if (!source->database)
        status = read_profiles(source, database);
    if (status == STATUS_OK && is_restricted(&source->scope))
        status = scope_restrict(database, source->command, &source->scope);
    if (status != STATUS_OK)
        source_close(source, database);
    return status;
}

void source_close(struct source *source, struct database *database)
{
    database_close(database);
    source_free(source);
}

enum status source_find_programs(struct source *source, struct database *database,
                                 struct source_programs *programs)
{
    *programs = (struct source_programs){0};
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT ifnull(program, '') FROM process GROUP BY 1 ORDER BY min(started_unix_ns), 1",
        &row);
    if (status != STATUS_OK)
        return status;
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        programs->paths =
            memory_grow(programs->paths, &capacity, programs->count, sizeof *programs->paths);
        const char *path = (const char *)sqlite3_column_text(row, 0);
        if (!path)
            out_of_memory();
        programs->paths[programs->count++] = pool_copy(&source->pool, path);
    }
    sqlite3_finalize(row);
    return status;
}

enum status source_show_program(const struct source *source, struct database *database,
                                const char *path)
{
    struct scope scope = source->scope;
    scope.program = path;
    scope.whole_program = true;
    return scope_restrict(database, source->command, &scope);
}
