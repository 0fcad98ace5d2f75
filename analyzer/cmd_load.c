/* profinst load: profiles into a database. */
#include <argp.h>
#include <stdio.h>

#include "command.h"
#include "image.h"
#include "load.h"
#include "output.h"
#include "progress.h"
#include "text.h"

struct arguments {
    const char *database;
    char **files;
    int file_count;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd':
        arguments->database = argument;
        return 0;
    case ARGP_KEY_ARGS:
        arguments->files = state->argv + state->next;
        arguments->file_count = state->argc - state->next;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "db", .key = 'd', .arg = "FILE", .doc = "The database (default: profinst.db)"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .args_doc = "PROFILE...",
    .doc = "Load profiles into a SQLite database, which is made if there is none. All of them are "
           "loaded, or none if one cannot be. A profile that is there already is not loaded again; "
           "if the process has gone on since, the newer state takes the place of the former.\v"
           "The database has views to explore with the sqlite3 shell: bottlenecks, functions, "
           "edges, contexts, durations, threads, processes, runs.\n\n" COMMAND_EXIT_CODES,
};

static size_t functions_called(const struct profile *profile, struct pool *pool)
{
    char *called = pool_take(pool, profile->function_count);
    size_t count = 0;
    for (size_t i = 0; i < profile->function_count; i++)
        called[i] = 0;
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        if (context->function == PROFILE_NONE || context->calls == 0 || called[context->function])
            continue;
        called[context->function] = 1;
        count++;
    }
    return count;
}

static int64_t count_calls(const struct profile *profile)
{
    uint64_t calls = 0;
    for (size_t i = 0; i < profile->context_count; i++)
        calls += profile->contexts[i].function == PROFILE_NONE ? 0 : profile->contexts[i].calls;
    for (size_t i = 0; i < profile->cross_call_count; i++)
        calls += profile->cross_calls[i].calls;
    return (int64_t)(calls & INT64_MAX);
}

static void describe(FILE *stream, const struct profile *profile, enum load_outcome outcome)
{
    struct pool pool = {0};
    const char *path = text_printable(&pool, profile->path);
    if (outcome == LOAD_ALREADY) {
        fprintf(stream, "%s: already loaded\n", path);
    } else {
        size_t roots = 0;
        for (size_t i = 0; i < profile->thread_count; i++)
            roots += profile->threads[i].root != PROFILE_NONE;
        fprintf(stream, "%s: %s: functions %s, contexts %s, calls %s\n", path,
                outcome == LOAD_NEW ? "loaded" : "replaced an earlier state",
                text_count(&pool, (int64_t)functions_called(profile, &pool)),
                text_count(&pool, (int64_t)(profile->context_count - roots)),
                text_count(&pool, count_calls(profile)));
    }
    pool_free(&pool);
}

static enum status load_one(struct database *database, const char *path, FILE *stream)
{
    struct profile profile;
    progress_next_file(path);
    enum status status = profile_open(&profile, path);
    if (status != STATUS_OK)
        return status;
    enum load_outcome outcome;
    status = load_profile(database, &profile, LOAD_ALL, &outcome);
    if (status == STATUS_OK)
        describe(stream, &profile, outcome);
    profile_close(&profile);
    return status;
}

static enum status load_all(const struct arguments *arguments, FILE *stream)
{
    struct database database;
    enum status status = database_begin(&database, arguments->database);
    if (status != STATUS_OK)
        return status;
    int unmade = 0;
    progress_begin_files("Loading profiles", arguments->files, (size_t)arguments->file_count);
    for (int i = 0; status == STATUS_OK && i < arguments->file_count; i++) {
        status = load_one(&database, arguments->files[i], stream);
        if (status == STATUS_UNMADE)
            status = image_pass_over(arguments->files[i], ++unmade, arguments->file_count);
    }
    if (status == STATUS_OK)
        status = database_commit(&database);
    progress_end();
    if (status == STATUS_OK)
        database_close(&database);
    else
        database_abandon(&database);
    if (status != STATUS_OK && arguments->file_count > 1)
        fail(status, "load", arguments->database,
             "nothing was loaded, as one of %d profiles failed; leave it out to load the others",
             arguments->file_count);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.database = "profinst.db"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    if (arguments.file_count == 0)
        return fail(STATUS_USAGE, "load", NULL, "no profile given; name at least one");
    struct output output;
    output_begin(&output);
    enum status status = load_all(&arguments, output.stream);
    if (status == STATUS_OK)
        return output_end(&output, NULL); /* only now: a line tells what has been done for good */
    output_abandon(&output);
    return status;
}

const struct command command_load = {"load", "profinst load", "Load profiles into a database",
                                     &parser, run};
