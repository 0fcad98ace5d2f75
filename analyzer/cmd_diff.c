/* profinst diff: what has changed between two sides. */
#include <argp.h>
#include <unistd.h>

#include "command.h"
#include "diff.h"
#include "output.h"
#include "pager.h"
#include "source.h"

enum { DEFAULT_ROWS_FOR_PEOPLE = 20 };

struct arguments {
    struct sides sides;
    struct diff_options options;
    enum format format;
    struct screen screen;
    const char *format_name, *sort, *limit, *min_share;
    const char *output; /* NULL: standard output */
    int named;          /* sides */
    bool page;          /* what is written is one, not a `format` */
};

enum { KEY_EDGES = 0x100, KEY_CONTEXTS, KEY_ALL, KEY_MIN_SHARE }; /* options without a letter */

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd':
        arguments->sides.database = argument;
        return 0;
    case 'f':
        arguments->format_name = argument;
        return 0;
    case 's':
        arguments->sort = argument;
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case KEY_MIN_SHARE:
        arguments->min_share = argument;
        return 0;
    case KEY_EDGES:
        arguments->options.edges = true;
        return 0;
    case KEY_CONTEXTS:
        arguments->options.contexts = true;
        return 0;
    case KEY_ALL:
        arguments->options.all = true;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->named < SIDES)
            arguments->sides.side[arguments->named].text = argument;
        arguments->named++;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "db",
     .key = 'd',
     .arg = "FILE",
     .doc = "The database in which names are looked up (default: profinst.db)"},
    {.name = "edges", .key = KEY_EDGES, .doc = "Also who called whom"},
    {.name = "contexts", .key = KEY_CONTEXTS, .doc = "Also contexts"},
    {.name = "all",
     .key = KEY_ALL,
     .doc = "Also what has not changed; json and csv have it anyway, html shows it on demand"},
    {.name = "sort",
     .key = 's',
     .arg = "change|self|cumulative|calls|ratio",
     .doc = "What comes first: the largest difference beyond chance (change, the default), or the "
            "largest of all differences of self time, cumulative time or calls, or ratio of self "
            "times"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Rows of each table at most; 0: all (default: 20; json and csv: all)"},
    {.name = "min-share",
     .key = KEY_MIN_SHARE,
     .arg = "PERCENT",
     .doc = "Leave out what has less than this share of the self time on both sides"},
    {.name = "format",
     .key = 'f',
     .arg = "table|json|csv|markdown|html",
     .doc = "What to write (default: table). html: a page for the browser, of one file, with all "
            "functions and edges, and a differential flame graph"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "BEFORE AFTER",
    .doc =
        "Show what has changed from one side to the other, function by function: calls, times, and "
        "why. Each side is a profile, a folder of profiles, a file of 'profinst baseline export' "
        "or a database, of which the newest series is meant; or, in the database, the name of a "
        "baseline or series, series:N or run:N.\v"
        "Calls are compared exactly. Times are compared by Welch's test on the logarithms of "
        "several runs, corrected for the number of functions: a change is told if it is more than "
        "chance with 95 % confidence, with its interval; otherwise '~' stands there. Of a single "
        "run nobody can tell: '?'. docs/COMPARE.md tells more, and what JSON and CSV hold. CSV "
        "holds one kind of rows: functions, edges with --edges, contexts with --contexts. The page "
        "has "
        "a table of contexts with --contexts; its flame graph is there in any case.\n\n"
        "Exit code 0 says that the comparison was made, whatever it found; 'profinst check' "
        "judges.\n\n" COMMAND_EXIT_CODES,
};

/* The names are in the order of the formats; the page follows them. */
static enum status check_format(struct arguments *arguments)
{
    static const char *const names[] = {"table", "json", "csv", "markdown", "html", NULL};
    int found = command_choose("diff", "format", names, arguments->format_name);
    if (found < 0)
        return STATUS_USAGE;
    arguments->page = found > FORMAT_MARKDOWN;
    arguments->format = arguments->page ? FORMAT_TABLE : (enum format)found;
    if (arguments->page && (arguments->limit || arguments->min_share))
        return fail(STATUS_USAGE, "diff", NULL,
                    "html has all functions and edges, to be searched there; leave out %s",
                    arguments->limit ? "--limit" : "--min-share");
    if (arguments->page && !arguments->output && isatty(STDOUT_FILENO))
        return fail(STATUS_USAGE, "diff", NULL,
                    "html is not for terminals; name a file with -o, or use a pipe");
    return STATUS_OK;
}

static enum status check_rows(struct arguments *arguments)
{
    static const char *const sorts[] = {"change", "self", "cumulative", "calls", "ratio", NULL};
    struct diff_options *wanted = &arguments->options;
    enum status status = check_format(arguments);
    bool for_people = arguments->format == FORMAT_TABLE || arguments->format == FORMAT_MARKDOWN;
    wanted->limit = for_people && !arguments->page ? DEFAULT_ROWS_FOR_PEOPLE : 0;
    wanted->all |= !for_people;
    int sort = status == STATUS_OK ? command_choose("diff", "sort key", sorts, arguments->sort) : 0;
    if (status == STATUS_OK && sort < 0)
        return STATUS_USAGE;
    wanted->sort = (enum diff_sort)sort;
    if (status == STATUS_OK && arguments->limit)
        status = command_number("diff", "--limit", arguments->limit, &wanted->limit);
    if (status == STATUS_OK && arguments->min_share)
        status = command_share("diff", "--min-share", arguments->min_share, &wanted->min_share);
    if (status == STATUS_OK && arguments->format == FORMAT_CSV && wanted->edges && wanted->contexts)
        status = fail(STATUS_USAGE, "diff", NULL,
                      "csv holds one kind of rows; give one of --edges and --contexts");
    return status;
}

static enum status check(struct arguments *arguments)
{
    if (arguments->named != SIDES)
        return fail(STATUS_USAGE, "diff", NULL,
                    "%s given; name two: what was before, and what is after",
                    arguments->named < 1   ? "no sides"
                    : arguments->named < 2 ? "one side"
                                           : "more than two sides");
    enum status status = check_rows(arguments);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, "diff", arguments->output);
    struct source read = {.command = "diff", .database = arguments->sides.database};
    char *files[] = {(char *)arguments->sides.side[BEFORE].text,
                     (char *)arguments->sides.side[AFTER].text};
    read.files = files;
    read.file_count = SIDES;
    return status == STATUS_OK ? source_check_output(&read, arguments->output) : status;
}

static enum status write_page(const struct arguments *arguments, struct database *database,
                              const struct comparison *comparison)
{
    struct output output;
    output_begin(&output);
    enum status status = diff_write_page(output.stream, database, comparison, &arguments->options);
    if (status == STATUS_OK)
        return output_end(&output, arguments->output);
    output_abandon(&output);
    return status;
}

static enum status write_text(const struct arguments *arguments,
                              const struct comparison *comparison)
{
    struct output output;
    struct diff diff;
    diff_pick(&diff, comparison, &arguments->options);
    output_begin(&output);
    switch (arguments->format) {
    case FORMAT_JSON:
        diff_write_json(output.stream, &diff);
        break;
    case FORMAT_CSV:
        diff_write_csv(output.stream, &diff);
        break;
    case FORMAT_MARKDOWN:
        diff_write_markdown(output.stream, &diff);
        break;
    case FORMAT_TABLE:
        diff_write_table(output.stream, &diff, &arguments->screen);
        break;
    }
    diff_free(&diff);
    return pager_end(&output, arguments->output, &arguments->screen);
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {
        .sides.command = "diff", .format_name = "table", .sort = "change"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    struct database database;
    struct comparison comparison;
    enum status status = check(&arguments);
    arguments.sides.contexts = arguments.options.contexts || arguments.page;
    if (status == STATUS_OK)
        status = sides_open(&arguments.sides, &database);
    if (status != STATUS_OK)
        return status;
    status = compare(&database, &arguments.sides, &comparison);
    if (status == STATUS_OK && arguments.page)
        status = write_page(&arguments, &database, &comparison);
    else if (status == STATUS_OK)
        status = write_text(&arguments, &comparison);
    compare_free(&comparison);
    sides_close(&arguments.sides, &database);
    return status;
}

const struct command command_diff = {"diff", "profinst diff", "Show what has changed between two",
                                     &parser, run};
