/* profinst export: profiles as files that other tools open. */
#include <argp.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "export.h"
#include "output.h"
#include "source.h"
#include "text.h"

struct export_format {
    const char *name;
    const char *endings[3]; /* patterns of file names that can only mean this one */
    export_writer *write;
    bool contexts; /* it needs them */
    bool binary;
};

static const struct export_format formats[] = {
    {"callgrind", {"callgrind.out*", "*.callgrind"}, export_callgrind, false, false},
    {"pprof", {"*.pb.gz", "*.pprof"}, export_pprof, true, true},
    {"speedscope", {"*.speedscope.json"}, export_speedscope, true, false},
    {"folded", {"*.folded"}, export_folded, true, false},
    {"prometheus", {"*.prom"}, export_prometheus, false, false},
    {"openmetrics", {"*.openmetrics"}, export_openmetrics, false, false},
    {"jsonl", {"*.jsonl"}, export_jsonl, false, false},
    {"csv", {"*.csv"}, export_csv, false, false},
    {"markdown", {"*.md", "*.markdown"}, export_markdown, false, false},
};

enum { FORMATS = sizeof formats / sizeof *formats };

/* Formats that people look for and that cannot be made. */
static const char *const traces[] = {"chrome", "perfetto", "trace", NULL};

#define FORMAT_NAMES                                                                               \
    "callgrind, pprof, speedscope, folded, prometheus, openmetrics, jsonl, csv or markdown"

struct arguments {
    struct source source;
    const char *format; /* NULL: the output's ending tells */
    const char *output; /* NULL: standard output */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'f':
        arguments->format = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "format",
     .key = 'f',
     .arg = "callgrind|pprof|speedscope|folded|prometheus|openmetrics|jsonl|csv|markdown",
     .doc = "Without it, the ending of FILE tells"},
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .doc = "Write to FILE, not to standard output. callgrind.out*, .callgrind, .pb.gz, .pprof, "
            ".speedscope.json, .folded, .prom, .openmetrics, .jsonl, .csv, .md and .markdown tell "
            "the format"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = source_arguments,
    .args_doc = SOURCE_ARGUMENTS,
    .doc = "Write profiles as files that other tools open.\v"
           "  callgrind    KCachegrind, callgrind_annotate: functions and who calls whom\n"
           "  pprof        go tool pprof: all contexts, by thread and process\n"
           "  speedscope   speedscope: all contexts\n"
           "  folded       flamegraph.pl and its like: own time of every context\n"
           "  prometheus   Prometheus' text format: functions\n"
           "  openmetrics  OpenMetrics: the same\n"
           "  jsonl        JSON, one object a line: processes, functions, edges\n"
           "  csv          CSV, as 'profinst report' writes it, with all functions\n"
           "  markdown     Markdown, likewise\n\n"
           "Own times are without what recording took, as in reports. docs/EXPORT.md tells how to "
           "open each, what is in it, and what is lost.\n\n" COMMAND_EXIT_CODES,
};

static const struct export_format *format_of_name(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    return NULL;
}

static const struct export_format *format_of_file(const char *path)
{
    for (size_t i = 0; i < FORMATS; i++)
        for (const char *const *ending = formats[i].endings; *ending; ending++)
            if (fnmatch(*ending, text_base_name(path), 0) == 0)
                return &formats[i];
    return NULL;
}

static enum status unknown_format(const char *name)
{
    const char *names[FORMATS + 1] = {0};
    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i].name;
    command_choose("export", "format", names, name);
    return STATUS_USAGE;
}

static enum status find_format(const struct arguments *arguments,
                               const struct export_format **format)
{
    const char *name = arguments->format;
    *format = name                ? format_of_name(name)
              : arguments->output ? format_of_file(arguments->output)
                                  : NULL;
    if (*format)
        return STATUS_OK;
    if (name && command_find(traces, name) >= 0)
        return fail(
            STATUS_USAGE, "export", NULL,
            "'%s' shows when each call was made, which a profile does not know: it holds "
            "sums; for a picture of the same kind use speedscope, folded or 'profinst flame'",
            name);
    if (name)
        return unknown_format(name);
    if (arguments->output)
        return fail(STATUS_USAGE, "export", arguments->output,
                    "its ending names no format; give one with --format: " FORMAT_NAMES);
    return fail(STATUS_USAGE, "export", NULL,
                "no format given; give one with --format: " FORMAT_NAMES);
}

static enum status check(const struct arguments *arguments, const struct export_format **format)
{
    enum status status = find_format(arguments, format);
    if (status == STATUS_OK && (*format)->binary && !arguments->output && isatty(STDOUT_FILENO))
        return fail(STATUS_USAGE, "export", NULL,
                    "%s is no text, and standard output is a terminal; name a file with -o",
                    (*format)->name);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source.command = "export"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    const struct export_format *format;
    enum status status = check(&arguments, &format);
    if (status != STATUS_OK)
        return status;
    arguments.source.contexts = format->contexts;
    struct database database;
    status = source_check_output(&arguments.source, arguments.output);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status != STATUS_OK)
        return status;
    struct output output;
    output_begin(&output);
    status = format->write(output.stream, &database);
    if (status == STATUS_OK)
        status = output_end(&output, arguments.output);
    else
        output_abandon(&output);
    source_close(&arguments.source, &database);
    return status;
}

const struct command command_export = {"export", "profinst export",
                                       "Write files that other tools open", &parser, run};
