/* profinst selection: what was chosen to be measured, and why. */
#include <argp.h>

#include "choices.h"
#include "command.h"
#include "image.h"
#include "output.h"
#include "pager.h"
#include "source.h"

enum { DEFAULT_ROWS_FOR_PEOPLE = 20 };

struct arguments {
    struct source source;
    struct choices_options options;
    const char *format;
    const char *output; /* NULL: standard output */
    const char *limit;
    struct screen screen;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'f':
        arguments->format = argument;
        return 0;
    case 's':
        arguments->options.measured = true;
        return 0;
    case 'l':
        arguments->options.left_out = true;
        return 0;
    case 'r':
        arguments->options.rules = true;
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARGS:
        arguments->source.files = state->argv + state->next;
        arguments->source.file_count = (size_t)(state->argc - state->next);
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->screen;
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
    {.name = "selected",
     .key = 's',
     .doc = "Only functions that are measured: selected and not switched off"},
    {.name = "left-out", .key = 'l', .doc = "Only functions that are not measured"},
    {.name = "rules", .key = 'r', .doc = "Only the rules"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Rules at most, and functions of each module; 0: all (default: 20; json and csv: all)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "PROFILE...",
    .doc =
        "List every function of the modules that a program consists of, measured or not, and the "
        "rule that decided; and every rule, with how many functions it matched and decided about. "
        "The last rule that matches decides. A rule that was given and matched nothing in the "
        "whole build comes first, as 'never'.\v"
        "Functions that are not measured come first, and of those the largest. Sizes are in IR "
        "instructions, as the source has them, before any optimization; of copies in several units "
        "that of the largest. What PROFINST_FILTER switched off when the program ran is 'off'. In "
        "the counts of rules, a function counts in each unit that has it; of a filter file of more "
        "than 1000 rules, units keep those that match. CSV holds one kind of rows: the "
        "functions, or the rules with --rules.\n\n" COMMAND_EXIT_CODES,
};

static enum status check(struct arguments *arguments, enum format *format)
{
    const struct choices_options *wanted = &arguments->options;
    if (arguments->source.file_count == 0)
        return fail(STATUS_USAGE, "selection", NULL, "no profile given; name one");
    if (wanted->measured + wanted->left_out + wanted->rules > 1)
        return fail(STATUS_USAGE, "selection", NULL,
                    "give one of --selected, --left-out and --rules; without any, all are shown");
    enum status status = command_format("selection", arguments->format, format);
    bool for_people = *format == FORMAT_TABLE || *format == FORMAT_MARKDOWN;
    long long limit = for_people ? DEFAULT_ROWS_FOR_PEOPLE : 0;
    if (status == STATUS_OK && arguments->limit)
        status = command_number("selection", "--limit", arguments->limit, &limit);
    arguments->options.limit = limit;
    return status;
}

static enum status read_profiles(struct database *database, const struct source *source)
{
    enum status status = database_execute(database, "BEGIN");
    int unmade = 0;
    for (size_t i = 0; status == STATUS_OK && i < source->file_count; i++) {
        status = choices_add(database, source->files[i]);
        if (status == STATUS_UNMADE)
            status = image_pass_over(source->files[i], ++unmade, (int)source->file_count);
    }
    if (status == STATUS_OK)
        status = choices_end(database);
    return status == STATUS_OK ? database_execute(database, "COMMIT") : status;
}

static enum status write_choices(const struct arguments *arguments, enum format format,
                                 struct choices *choices)
{
    struct output output;
    output_begin(&output);
    switch (format) {
    case FORMAT_JSON:
        choices_write_json(output.stream, choices);
        break;
    case FORMAT_CSV:
        choices_write_csv(output.stream, choices);
        break;
    case FORMAT_MARKDOWN:
        choices_write_markdown(output.stream, choices);
        break;
    case FORMAT_TABLE:
        choices_write_table(output.stream, choices, &arguments->screen);
        break;
    }
    return pager_end(&output, arguments->output, &arguments->screen);
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source.command = "selection", .format = "table"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum format format;
    struct database database;
    enum status status = check(&arguments, &format);
    if (status == STATUS_OK)
        status = source_check_output(&arguments.source, arguments.output);
    if (status == STATUS_OK)
        status = screen_open(&arguments.screen, "selection", arguments.output);
    if (status == STATUS_OK)
        status = choices_begin(&database);
    if (status != STATUS_OK)
        return status;
    status = read_profiles(&database, &arguments.source);
    struct choices choices = {0};
    if (status == STATUS_OK)
        status = choices_query(&choices, &database, &arguments.options);
    database_close(&database);
    if (status == STATUS_OK)
        status = write_choices(&arguments, format, &choices);
    choices_free(&choices);
    return status;
}

const struct command command_selection = {"selection", "profinst selection",
                                          "Show what is measured, and why", &parser, run};
