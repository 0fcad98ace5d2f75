/* profinst report: where the time goes, as text. */
#include <argp.h>
#include <string.h>

#include "command.h"
#include "config.h"
#include "output.h"
#include "pager.h"
#include "report.h"

static const char *const sort_names[] = {"self", "cumulative", "calls", "average", NULL};

enum { DEFAULT_ROWS_FOR_PEOPLE = 20 };

enum { OPTION_CONFIG = 256 }; /* options without a letter */

struct arguments {
    struct source source;
    struct report_options options;
    enum format format;
    const char *output; /* NULL: standard output */
    const char *limit;
    const char *config; /* NULL: the one in the working directory */
    struct screen screen;
    enum status status;
};

static void parse_sort(struct arguments *arguments, const char *name)
{
    int found = command_choose("report", "sort key", sort_names, name);
    if (found < 0)
        arguments->status = STATUS_USAGE;
    else
        arguments->options.sort = (enum report_sort)found;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'f':
        if (arguments->status == STATUS_OK)
            arguments->status = command_format("report", argument, &arguments->format);
        return 0;
    case 's':
        parse_sort(arguments, argument);
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case 'e':
        arguments->options.edges = true;
        return 0;
    case 'c':
        arguments->options.contexts = true;
        return 0;
    case OPTION_CONFIG:
        arguments->config = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "format",
     .key = 'f',
     .arg = "table|json|csv|markdown",
     .doc = "What to write (default: table)"},
    {.name = "sort",
     .key = 's',
     .arg = "self|cumulative|calls|average",
     .doc = "Largest first (default: self); average: cumulative time of one call"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Rows at most; 0: all (default: 20; json and csv: all)"},
    {.name = "edges", .key = 'e', .doc = "Also who called whom"},
    {.name = "contexts", .key = 'c', .doc = "Also every chain of callers"},
    {.name = "config",
     .key = OPTION_CONFIG,
     .arg = "FILE",
     .doc = "Thresholds of severity (default: " CONFIG_FILE " in the working directory, if there "
            "is one)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &source_parser}, {.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = SOURCE_ARGUMENTS,
    .doc =
        "Report where the time of a program goes, function by function. Self time is spent in a "
        "function itself, cumulative time includes all that it called. What recording took is in "
        "neither; '< noise' is less than a tenth of that. A share with ± is an estimate, and holds "
        "the truth in 95 of 100 cases.\v"
        "CSV holds one kind of rows: the functions, or what --edges or --contexts ask "
        "for.\n\n" COMMAND_EXIT_CODES,
};

static enum status check(struct arguments *arguments)
{
    bool for_people = arguments->format == FORMAT_TABLE || arguments->format == FORMAT_MARKDOWN;
    long long limit = for_people ? DEFAULT_ROWS_FOR_PEOPLE : 0;
    if (arguments->status != STATUS_OK)
        return arguments->status;
    if (arguments->format == FORMAT_CSV && arguments->options.edges && arguments->options.contexts)
        return fail(STATUS_USAGE, "report", NULL,
                    "csv holds one kind of rows; give --edges or --contexts, not both");
    if (arguments->limit) {
        enum status status = command_number("report", "--limit", arguments->limit, &limit);
        if (status != STATUS_OK)
            return status;
    }
    arguments->options.limit = limit;
    return STATUS_OK;
}

static void write_report(FILE *stream, struct report *report, const struct arguments *arguments)
{
    switch (arguments->format) {
    case FORMAT_JSON:
        report_write_json(stream, report);
        break;
    case FORMAT_CSV:
        report_write_csv(stream, report);
        break;
    case FORMAT_MARKDOWN:
        report_write_markdown(stream, report);
        break;
    case FORMAT_TABLE:
        report_write_table(stream, report, &arguments->screen);
        break;
    }
}

static enum status run(int argc, char **argv)
{
    struct config config;
    struct arguments arguments = {.source.command = "report", .options.config = &config};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum status status = check(&arguments);
    if (status != STATUS_OK)
        return status;
    arguments.source.contexts = arguments.options.contexts;
    struct database database;
    status = config_read(&config, arguments.config);
    if (status == STATUS_OK)
        status = source_check_output(&arguments.source, arguments.output);
    if (status == STATUS_OK)
        status = screen_open(&arguments.screen, "report", arguments.output);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status != STATUS_OK)
        return status;
    struct report report;
    status = report_query(&report, &database, &arguments.options);
    if (status == STATUS_OK) {
        struct output output;
        output_begin(&output);
        write_report(output.stream, &report, &arguments);
        status = pager_end(&output, arguments.output, &arguments.screen);
    }
    report_free(&report);
    source_close(&arguments.source, &database);
    return status;
}

const struct command command_report = {"report", "profinst report", "Report where the time goes",
                                       &parser, run};
