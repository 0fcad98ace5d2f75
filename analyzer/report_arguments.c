#include "report_arguments.h"

#include "config.h"

static const char *const sort_names[] = {"self", "cumulative", "calls", "average", NULL};
static const char *const group_names[] = {"file", "module", "thread", NULL};

enum { ROWS_FOR_PEOPLE = 20, TREE_ROWS = 40, ADVICE_FOR_PEOPLE = 5 };

/* Options without a letter. */
enum {
    KEY_CONFIG = 0x300,
    KEY_CALLERS,
    KEY_CALLEES,
    KEY_HOT_PATHS,
    KEY_TREE,
    KEY_BY,
    KEY_LINES,
    KEY_ADVICE,
    KEY_NO_ADVICE,
    KEY_EXPLAIN,
    KEY_TOP
};

static const struct argp_option options[] = {
    {.name = "format",
     .key = 'f',
     .arg = "table|json|csv|markdown",
     .doc = "How it is written (default: table)"},
    {.name = "sort",
     .key = 's',
     .arg = "self|cumulative|calls|average",
     .doc = "What rows are ranked by (default: self; average: cumulative time of one call)"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Rows at most; 0: all (default: 20, of a tree 40; json and csv: all)"},
    {.name = "top", .key = KEY_TOP, .flags = OPTION_ALIAS},
    {.name = "edges", .key = 'e', .doc = "Also who called whom"},
    {.name = "contexts", .key = 'c', .doc = "Also every chain of callers"},
    {.name = "advice",
     .key = KEY_ADVICE,
     .arg = "N",
     .doc = "Pieces of advice at most; 0: all (default: 5; json: all)"},
    {.name = "no-advice", .key = KEY_NO_ADVICE, .doc = "No advice"},
    {.name = "explain",
     .key = KEY_EXPLAIN,
     .arg = "RULE",
     .doc = "Print how a rule of advice finds what it finds, and exit"},
    {.name = "config",
     .key = KEY_CONFIG,
     .arg = "FILE",
     .doc = "Thresholds of severity and advice (default: " CONFIG_FILE
            " in the working directory, if there "
            "is one)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {.doc = "In place of the table of functions:", .group = 1},
    {.name = "callers",
     .key = KEY_CALLERS,
     .arg = "FUNCTION",
     .doc = "Who called FUNCTION, and what that took",
     .group = 1},
    {.name = "callees",
     .key = KEY_CALLEES,
     .arg = "FUNCTION",
     .doc = "What FUNCTION called",
     .group = 1},
    {.name = "hot-paths",
     .key = KEY_HOT_PATHS,
     .doc = "The chains of callers with most time of their own",
     .group = 1},
    {.name = "tree", .key = KEY_TREE, .doc = "From main down, the largest contexts", .group = 1},
    {.name = "by",
     .key = KEY_BY,
     .arg = "file|module|thread",
     .doc = "What the functions of each come to",
     .group = 1},
    {.name = "lines",
     .key = KEY_LINES,
     .doc = "The lines of the source that made calls, where the program was compiled with -g",
     .group = 1},
    {.doc = "Which profiles, and what of them:", .group = 2},
    {.doc = "How it looks:", .group = 3},
    {0},
};

static void parse_sort(struct report_arguments *arguments, const char *name)
{
    arguments->sort = name;
    int found = command_choose("report", "sort key", sort_names, name);
    if (found < 0)
        arguments->status = STATUS_USAGE;
    else
        arguments->options.sort = (enum report_sort)found;
}

static void choose_view(struct report_arguments *arguments, enum report_view kind,
                        const char *function)
{
    arguments->views++;
    arguments->view.kind = kind;
    arguments->view.function = function;
}

static void parse_group(struct report_arguments *arguments, const char *name)
{
    static const enum report_view views[] = {VIEW_BY_FILE, VIEW_BY_MODULE, VIEW_BY_THREAD};
    int found = command_choose("report", "kind of groups", group_names, name);
    if (found < 0)
        arguments->status = STATUS_USAGE;
    else
        choose_view(arguments, views[found], NULL);
}

static error_t parse_view(int key, char *argument, struct report_arguments *arguments)
{
    switch (key) {
    case KEY_CALLERS:
        choose_view(arguments, VIEW_CALLERS, argument);
        return 0;
    case KEY_CALLEES:
        choose_view(arguments, VIEW_CALLEES, argument);
        return 0;
    case KEY_HOT_PATHS:
        choose_view(arguments, VIEW_HOT_PATHS, NULL);
        return 0;
    case KEY_TREE:
        choose_view(arguments, VIEW_TREE, NULL);
        return 0;
    case KEY_LINES:
        choose_view(arguments, VIEW_LINES, NULL);
        return 0;
    case KEY_BY:
        parse_group(arguments, argument);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_advice(int key, char *argument, struct report_arguments *arguments)
{
    switch (key) {
    case KEY_ADVICE:
        arguments->advice = argument;
        return 0;
    case KEY_NO_ADVICE:
        arguments->no_advice = true;
        return 0;
    case KEY_EXPLAIN:
        arguments->explain = argument;
        return 0;
    case KEY_CONFIG:
        arguments->config = argument;
        return 0;
    default:
        return parse_view(key, argument, arguments);
    }
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct report_arguments *arguments = state->input;
    switch (key) {
    case 'f':
        if (arguments->status == STATUS_OK)
            arguments->status = command_format("report", argument, &arguments->format);
        return 0;
    case 's':
        parse_sort(arguments, argument);
        return 0;
    case 'n':
    case KEY_TOP:
        arguments->limit = argument;
        arguments->limit_option = key == 'n' ? "--limit" : "--top";
        return 0;
    case 'e':
        arguments->options.edges = true;
        return 0;
    case 'c':
        arguments->options.contexts = true;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        state->child_inputs[1] = &arguments->filter;
        state->child_inputs[2] = &arguments->screen;
        return 0;
    default:
        return parse_advice(key, argument, arguments);
    }
}

static const struct argp_child children[] = {
    {.argp = &source_parser, .group = 2},
    {.argp = &row_filter_parser, .group = 2},
    {.argp = &style_parser, .group = 3},
    {0},
};

const struct argp report_parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = SOURCE_ARGUMENTS,
    .doc =
        "Report where the time of a program goes, function by function. Without a profile, the "
        "newest ones of the working directory are read: those of one run. Self time is spent in a "
        "function itself, cumulative time includes all that it called. What recording took is in "
        "neither; '< noise' is less than a tenth of that. A share with ± is an estimate, and holds "
        "the truth in 95 of 100 cases.\v"
        "Profiles of several programs make a report of each; in JSON, an array of them. CSV holds "
        "one kind of rows: the functions, or what --edges or --contexts ask "
        "for.\n\n" COMMAND_EXIT_CODES,
};

static enum status check_advice(struct report_arguments *arguments)
{
    long long limit = arguments->format == FORMAT_JSON ? 0 : ADVICE_FOR_PEOPLE;
    enum status status = STATUS_OK;
    if (arguments->advice)
        status = command_number("report", "--advice", arguments->advice, &limit);
    arguments->options.advice_limit = limit;
    return status;
}

static enum status check(struct report_arguments *arguments)
{
    const struct report_options *wanted = &arguments->options;
    bool for_people = arguments->format == FORMAT_TABLE || arguments->format == FORMAT_MARKDOWN;
    long long limit = for_people ? ROWS_FOR_PEOPLE : 0;
    if (for_people && arguments->view.kind == VIEW_TREE)
        limit = TREE_ROWS;
    if (arguments->status != STATUS_OK)
        return arguments->status;
    if (arguments->views > 1)
        return fail(STATUS_USAGE, "report", NULL,
                    "give one of --callers, --callees, --hot-paths, --tree, --by and --lines");
    if (arguments->views && (wanted->edges || wanted->contexts || arguments->sort ||
                             arguments->advice || arguments->no_advice))
        return fail(STATUS_USAGE, "report", NULL,
                    "--edges, --contexts, --sort, --advice and --no-advice go with the table of "
                    "functions; leave them out");
    bool whole = arguments->view.kind == VIEW_TREE || arguments->view.kind == VIEW_HOT_PATHS ||
                 arguments->view.kind == VIEW_BY_THREAD;
    if (whole && row_filter_is_set(&arguments->filter))
        return fail(STATUS_USAGE, "report", NULL,
                    "--function, --file, --module and --min-calls choose rows of functions and "
                    "edges; leave them out with --tree, --hot-paths and --by=thread");
    if (arguments->format == FORMAT_CSV && wanted->edges && wanted->contexts)
        return fail(STATUS_USAGE, "report", NULL,
                    "csv holds one kind of rows; give --edges or --contexts, not both");
    if (arguments->limit) {
        enum status status =
            command_number("report", arguments->limit_option, arguments->limit, &limit);
        if (status != STATUS_OK)
            return status;
    }
    arguments->options.limit = arguments->view.limit = limit;
    arguments->options.filtered = row_filter_is_set(&arguments->filter);
    arguments->source.contexts =
        wanted->contexts || report_view_needs_contexts(arguments->view.kind);
    arguments->source.sites = report_view_needs_sites(arguments->view.kind);
    arguments->source.fingerprints = arguments->format == FORMAT_JSON;
    return check_advice(arguments);
}

enum status report_parse(struct report_arguments *arguments, int argc, char **argv)
{
    argp_parse(&report_parser, argc, argv, 0, NULL, arguments);
    return check(arguments);
}
