/* profinst run: runs of a program, as a series. */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"
#include "output.h"
#include "run.h"
#include "series_figures.h"
#include "source.h"

struct arguments {
    struct run_options options;
    struct series series;
    struct pool pool;
    const char *runs, *warmup_runs;
    const char *format;
    const char *output; /* NULL: standard error */
    char **inputs, **tags;
    size_t input_count, input_capacity, tag_count, tag_capacity;
};

enum { MOST_RUNS = 1000000000 };

enum { STDIN = 256, DISCARD, IGNORE, NAME, TAG, INPUT, VARIABLE };

static void add(char ***list, size_t *capacity, size_t *count, char *item)
{
    *list = memory_grow(*list, capacity, *count, sizeof **list);
    (*list)[(*count)++] = item;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'n':
        arguments->runs = argument;
        return 0;
    case 'w':
        arguments->warmup_runs = argument;
        return 0;
    case 'd':
        arguments->options.database = argument;
        return 0;
    case 'f':
        arguments->format = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case STDIN:
        arguments->options.input = argument;
        return 0;
    case DISCARD:
        arguments->options.discard_output = true;
        return 0;
    case IGNORE:
        arguments->options.ignore_failure = true;
        return 0;
    case NAME:
        arguments->series.name = argument;
        return 0;
    case TAG:
        add(&arguments->tags, &arguments->tag_capacity, &arguments->tag_count, argument);
        return 0;
    case INPUT:
        add(&arguments->inputs, &arguments->input_capacity, &arguments->input_count, argument);
        return 0;
    case VARIABLE:
        series_facts_add_variable(&arguments->series.facts, argument);
        return 0;
    case ARGP_KEY_ARGS:
        arguments->options.arguments = state->argv + state->next;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "runs", .key = 'n', .arg = "N", .doc = "How often it runs (default: 1)"},
    {.name = "warmup",
     .key = 'w',
     .arg = "N",
     .doc = "Runs before these, of which nothing is kept (default: 0)"},
    {.name = "db", .key = 'd', .arg = "FILE", .doc = "The database (default: profinst.db)"},
    {.name = "name", .key = NAME, .arg = "NAME", .doc = "What the series is called"},
    {.name = "tag", .key = TAG, .arg = "KEY=VALUE", .doc = "Note this with the series; repeatable"},
    {.name = "input",
     .key = INPUT,
     .arg = "FILE",
     .doc = "Note the checksum of FILE, which the program reads; repeatable"},
    {.name = "env",
     .key = VARIABLE,
     .arg = "NAME",
     .doc = "Note what the variable NAME of the environment is; repeatable"},
    {.name = "stdin",
     .key = STDIN,
     .arg = "FILE",
     .doc = "Each run reads FILE as its standard input"},
    {.name = "discard-output",
     .key = DISCARD,
     .doc = "The program's standard output goes to /dev/null"},
    {.name = "ignore-failure", .key = IGNORE, .doc = "Go on if a run fails"},
    {.name = "format",
     .key = 'f',
     .arg = "table|json",
     .doc = "What is told at the end (default: table)"},
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .doc = "Tell it in FILE, in place of standard error"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .args_doc = "[--] PROGRAM [ARGUMENT...]",
    .doc =
        "Run a program that was compiled with profinst, once or several times, and load its "
        "profiles into a database, as one series, with all that may explain its figures: "
        "machine, commit, compiler, arguments. The figures of the series are told on standard "
        "error.\v"
        "A single run has profinst's standard input. Several read it each from its start if it "
        "is a file, and nothing otherwise. Their outputs are as they are. The series ends with a "
        "run that fails, unless --ignore-failure is given; that run is kept, too. Ctrl-C ends "
        "the program and the series, of which the complete runs are kept.\n\n"
        "The exit code is that of the program, of the first run that failed. What profinst fails "
        "at "
        "itself is told in a message that begins with its name.\n\n"
        "Exit codes: 0 done, also with --ignore-failure if the program failed; 2 wrong usage; 3 "
        "the program left no profile, or a profile or database cannot be read or is not valid; 4 "
        "the database or output cannot be written; 5 out of memory or internal error; 126 the "
        "program cannot be run; 127 there is no such program; 128 and the number of the signal "
        "that ended it.",
};

static enum status add_tag(struct arguments *arguments, const char *tag)
{
    const char *equals = strchr(tag, '=');
    if (!equals || equals == tag)
        return fail(STATUS_USAGE, "run", NULL, "--tag=%s has no key and value; give KEY=VALUE",
                    tag);
    series_facts_put(&arguments->series.facts,
                     pool_format(&arguments->pool, "tag.%.*s", (int)(equals - tag), tag),
                     equals + 1);
    return STATUS_OK;
}

static enum status check(struct arguments *arguments, bool *json)
{
    static const char *const formats[] = {"table", "json", NULL};
    struct run_options *wanted = &arguments->options;
    if (!wanted->arguments)
        return fail(STATUS_USAGE, "run", NULL, "no program given; name one, and its arguments");
    enum status status = command_number("run", "--runs", arguments->runs, &wanted->runs);
    if (status == STATUS_OK && wanted->runs == 0)
        status = fail(STATUS_USAGE, "run", NULL, "--runs=0 measures nothing; give at least 1");
    if (status == STATUS_OK)
        status = command_number("run", "--warmup", arguments->warmup_runs, &wanted->warmup_runs);
    if (status == STATUS_OK &&
        (wanted->runs > MOST_RUNS || wanted->warmup_runs > MOST_RUNS - wanted->runs))
        status = fail(STATUS_USAGE, "run", NULL,
                      "--runs and --warmup are more than %d runs together; give less", MOST_RUNS);
    int format = 0;
    if (status == STATUS_OK)
        format = command_choose("run", "format", formats, arguments->format);
    if (status == STATUS_OK && format < 0)
        status = STATUS_USAGE;
    *json = format == 1;
    for (size_t i = 0; status == STATUS_OK && i < arguments->tag_count; i++)
        status = add_tag(arguments, arguments->tags[i]);
    for (size_t i = 0; status == STATUS_OK && i < arguments->input_count; i++)
        status = series_facts_add_input(&arguments->series.facts, arguments->inputs[i]);
    return status;
}

/* Before hours of runs. */
static enum status check_output(const struct arguments *arguments)
{
    char *input = (char *)arguments->options.input;
    struct source source = {.command = "run",
                            .database = arguments->options.database,
                            .files = &input,
                            .file_count = input != NULL};
    enum status status = source_check_output(&source, arguments->output);
    return status == STATUS_OK ? output_check(arguments->output) : status;
}

/* As `time` does it: standard output is the program's. */
static enum status end(struct output *output, const char *path)
{
    if (path)
        return output_end(output, path);
    if (fflush(output->stream) != 0)
        out_of_memory();
    int error = output_bytes(STDERR_FILENO, output->bytes, output->size);
    output_abandon(output);
    return error ? output_failed("standard error", error) : STATUS_OK;
}

static struct screen screen_of(const char *output)
{
    struct winsize window = {0};
    struct screen screen = {0};
    if (!output && isatty(STDERR_FILENO) && ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0)
        screen.width = window.ws_col;
    return screen;
}

static enum status tell(const struct arguments *arguments, bool json)
{
    struct database database;
    struct series_figures figures;
    enum status status = database_open(&database, arguments->options.database);
    if (status != STATUS_OK)
        return status;
    status = series_figures_query(&figures, &database, arguments->series.id);
    database_close(&database);
    if (status == STATUS_OK) {
        struct output output;
        struct screen screen = screen_of(arguments->output);
        output_begin(&output);
        if (json)
            series_figures_write_json(output.stream, &figures);
        else
            series_figures_write_table(output.stream, &figures, &screen,
                                       arguments->options.database);
        status = end(&output, arguments->output);
    }
    series_figures_free(&figures);
    return status;
}

static enum status run_and_tell(struct arguments *arguments)
{
    bool json = false;
    int exit_code = 0;
    struct series *series = &arguments->series;
    enum status status = check(arguments, &json);
    if (status == STATUS_OK)
        status = check_output(arguments);
    if (status == STATUS_OK)
        status = series_begin(series);
    if (status != STATUS_OK)
        return status;
    series->arguments = arguments->options.arguments;
    series->warmup_runs = arguments->options.warmup_runs;
    series_facts_add_machine(&series->facts);
    series_facts_add_git(&series->facts);
    series_facts_add_settings(&series->facts);
    series_facts_add_standard_input(&series->facts, arguments->options.input);
    status = run_program(&arguments->options, series, &exit_code);
    if (series->id > 0) {
        enum status told = tell(arguments, json);
        status = status == STATUS_OK ? told : status;
    }
    return status == STATUS_OK ? (enum status)exit_code : status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {
        .options.database = "profinst.db", .runs = "1", .warmup_runs = "0", .format = "table"};
    /* In order, as what follows the program's name is its own. */
    argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &arguments);
    enum status status = run_and_tell(&arguments);
    series_facts_free(&arguments.series.facts);
    pool_free(&arguments.pool);
    free(arguments.inputs);
    free(arguments.tags);
    return status;
}

const struct command command_run = {
    "run", "profinst run", "Run a program several times, and load its profiles as a series",
    &parser, run};
