/* profinst history: what functions took over the runs of a database. */
#include <argp.h>

#include "command.h"
#include "history.h"
#include "output.h"
#include "pager.h"
#include "source.h"

enum { KEY_PROGRAM = 0x100, KEY_SERIES, KEY_LAST }; /* options without a letter */

struct arguments {
    struct history_options options;
    struct screen screen;
    const char *database;
    const char *what, *top, *last, *format;
    const char *output; /* NULL: standard output */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd':
        arguments->database = argument;
        return 0;
    case KEY_PROGRAM:
        arguments->options.program = argument;
        return 0;
    case KEY_SERIES:
        arguments->options.series = argument;
        return 0;
    case KEY_LAST:
        arguments->last = argument;
        return 0;
    case 'n':
        arguments->top = argument;
        return 0;
    case 'w':
        arguments->what = argument;
        return 0;
    case 'f':
        arguments->format = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->options.function)
            return ARGP_ERR_UNKNOWN;
        arguments->options.function = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "top",
     .key = 'n',
     .arg = "N",
     .doc = "One row for each of the N functions that have most over all; 0: for all of them. With "
            "FUNCTION: of those that it fits"},
    {.name = "what",
     .key = 'w',
     .arg = "self|cumulative|calls|average|p95|wall",
     .doc = "Self time, cumulative time, calls, average or 95th percentile of the time of a call; "
            "or wall time of whole runs, without FUNCTION (default: self)"},
    {.name = "last", .key = KEY_LAST, .arg = "N", .doc = "The newest N points only"},
    {.name = "program",
     .key = KEY_PROGRAM,
     .arg = "NAME",
     .doc = "Processes of this program (default: that of the newest run)"},
    {.name = "series", .key = KEY_SERIES, .arg = "NAME", .doc = "Series of this name only"},
    {.name = "db",
     .key = 'd',
     .arg = "FILE",
     .doc = "The database (default: profinst.db in the working directory)"},
    {.name = "format",
     .key = 'f',
     .arg = "table|json|csv|markdown",
     .doc = "What to write (default: table)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "FUNCTION\n--top=N\n--what=wall",
    .doc =
        "Show what a function took over the runs of a database, and where that went from one "
        "level to another. FUNCTION is a name, without parameters and namespaces if there is no "
        "other, or a pattern. A point is a series of 'profinst run', with the commit that it was "
        "made of, or a run that was loaded alone.\v"
        "± is half of the 95 % interval of the mean of a point's runs; of a single run, of its "
        "estimate. The bars go from three quarters of the largest value, or the smallest if that "
        "is less, to the largest.\n\n"
        "A step is told with its confidence: noise alone shows none so clear in more than 100 % "
        "minus that of histories; of less than 95 % there is no word, and with --top all rows "
        "together are meant. Counts that do not differ between runs need none: 'exact'. A function "
        "that was not called has 0 calls and took no time; where its time is not known "
        "there is a dash, and a gap in the bars.\n\n" COMMAND_EXIT_CODES,
};

static enum status check_choice(const struct history_options *wanted)
{
    if (wanted->what == HISTORY_WALL && (wanted->function || wanted->overview))
        return fail(STATUS_USAGE, wanted->command, NULL,
                    "--what=wall is of whole runs; leave FUNCTION and --top out");
    if (wanted->what != HISTORY_WALL && !wanted->function && !wanted->overview)
        return fail(STATUS_USAGE, wanted->command, NULL,
                    "no function given; name one, or give --top=10 to see those that cost most");
    return STATUS_OK;
}

static enum status check(struct arguments *arguments, enum format *format)
{
    struct history_options *wanted = &arguments->options;
    long long last = 0, limit = 0;
    int what = command_choose(wanted->command, "quantity", history_whats, arguments->what);
    if (what < 0)
        return STATUS_USAGE;
    wanted->what = (enum history_what)what;
    wanted->overview = arguments->top != NULL;
    enum status status = check_choice(wanted);
    if (status == STATUS_OK && arguments->top)
        status = command_number(wanted->command, "--top", arguments->top, &limit);
    if (status == STATUS_OK && arguments->last)
        status = command_number(wanted->command, "--last", arguments->last, &last);
    if (status == STATUS_OK)
        status = command_format(wanted->command, arguments->format, format);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, wanted->command, arguments->output);
    wanted->limit = limit;
    wanted->last = last;
    return status;
}

static enum status write_history(struct history *history, enum format format,
                                 const struct arguments *arguments)
{
    struct output output;
    output_begin(&output);
    switch (format) {
    case FORMAT_JSON:
        history_write_json(output.stream, history);
        break;
    case FORMAT_CSV:
        history_write_csv(output.stream, history);
        break;
    case FORMAT_MARKDOWN:
        history_write_markdown(output.stream, history);
        break;
    case FORMAT_TABLE:
        history_write_table(output.stream, history, &arguments->screen);
        break;
    }
    return pager_end(&output, arguments->output, &arguments->screen);
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {
        .options.command = "history", .database = "profinst.db", .what = "self", .format = "table"};
    struct database database;
    struct history history;
    enum format format;
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    struct source source = {.command = "history", .database = arguments.database};
    enum status status = check(&arguments, &format);
    if (status == STATUS_OK)
        status = source_check_output(&source, arguments.output);
    if (status == STATUS_OK)
        status = database_open(&database, arguments.database);
    if (status != STATUS_OK)
        return status;
    status = history_query(&history, &database, &arguments.options);
    if (status == STATUS_OK)
        status = write_history(&history, format, &arguments);
    history_free(&history);
    database_close(&database);
    return status;
}

const struct command command_history = {
    "history", "profinst history", "Show functions over stored runs and commits", &parser, run};
