/* profinst graph: the call graph as a picture. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "compare.h"
#include "find.h"
#include "graph_draw.h"
#include "graph_link.h"
#include "output.h"
#include "source.h"
#include "text.h"

enum { DEFAULT_FUNCTIONS = 40, DEFAULT_DEPTH = 3 };
static const double default_min_share = 0.01;

static const char *const format_names[] = {"png", "svg", "pdf", "dot", NULL};
static const char *const colour_names[] = {"self", "cumulative", "module", "file", NULL};
static const char *const cluster_names[] = {"none", "file", "module", NULL};
static const char *const chain_names[] = {"together", "apart", NULL};

enum {
    OPTION_FOCUS = 256,
    OPTION_DEPTH,
    OPTION_COLOUR,
    OPTION_CLUSTER,
    OPTION_CHAINS,
    OPTION_TITLE,
    OPTION_LINK,
    OPTION_DIFF
};

struct arguments {
    struct source source;
    struct sides sides; /* with `diff` */
    struct graph_options options;
    bool diff;
    const char *output; /* NULL: standard output */
    const char *limit, *min_share, *depth;
    const char *format;
    const char **focus; /* names, as they were given */
    size_t focus_count, focus_capacity;
    enum status status;
};

/* Where the argument is among those there are. */
static int choose(struct arguments *arguments, const char *what, const char *argument,
                  const char *const *names)
{
    int found = arguments->status == STATUS_OK ? command_choose("graph", what, names, argument) : 0;
    if (found < 0)
        arguments->status = STATUS_USAGE;
    return found < 0 ? 0 : found;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    struct graph_options *wanted = &arguments->options;
    switch (key) {
    case 'o':
        arguments->output = argument;
        return 0;
    case 'f':
        arguments->format = format_names[choose(arguments, "format", argument, format_names)];
        return 0;
    case 'm':
        arguments->min_share = argument;
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case OPTION_FOCUS:
        arguments->focus = memory_grow(arguments->focus, &arguments->focus_capacity,
                                       arguments->focus_count, sizeof *arguments->focus);
        arguments->focus[arguments->focus_count++] = argument;
        return 0;
    case OPTION_DEPTH:
        arguments->depth = argument;
        return 0;
    case OPTION_COLOUR:
        wanted->colour = (enum graph_colour)choose(arguments, "color", argument, colour_names);
        return 0;
    case OPTION_CLUSTER:
        wanted->cluster = (enum graph_kin)choose(arguments, "cluster", argument, cluster_names);
        wanted->cluster_chosen = true;
        return 0;
    case OPTION_CHAINS:
        wanted->boxes_apart = choose(arguments, "way of chains", argument, chain_names) == 1;
        return 0;
    case OPTION_DIFF:
        arguments->diff = true;
        return 0;
    case OPTION_TITLE:
        wanted->title = argument;
        return 0;
    case OPTION_LINK:
        wanted->link = argument;
        if (arguments->status == STATUS_OK)
            arguments->status = graph_link_check("graph", argument);
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .doc = "The picture; its ending tells the format: .png, .svg, .pdf, or .dot and .gv for "
            "Graphviz' own text"},
    {.name = "format",
     .key = 'f',
     .arg = "png|svg|pdf|dot",
     .doc = "The format, whatever the ending; without -o it goes to standard output"},
    {.name = "diff",
     .key = OPTION_DIFF,
     .doc = "What has changed from BEFORE to AFTER, each named as for 'profinst diff': red has "
            "become more, blue less, the darker, the larger the share of the whole; what differs "
            "by chance stays grey, and what is new or gone is dashed"},
    {.name = "focus",
     .key = OPTION_FOCUS,
     .arg = "FUNCTION",
     .doc = "Only what leads to this function and from it; may be given several times"},
    {.name = "depth",
     .key = OPTION_DEPTH,
     .arg = "N",
     .doc = "Steps from the functions in focus, to callers and to callees (default: 3)"},
    {.name = "min-share",
     .key = 'm',
     .arg = "PERCENT",
     .doc = "Leave out functions with a smaller share of the time, all they call included; "
            "inlined ones only with a smaller share of the calls, too, and with --diff only those "
            "that have not changed (default: 1, with --focus 0)"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Functions at most, whatever size the picture gets; 0: all (default: as many as are "
            "readable on a screen of 1920 by 1080, 40 at most)"},
    {.name = "color",
     .key = OPTION_COLOUR,
     .arg = "self|cumulative|module|file",
     .doc = "What colours tell: time in the function itself (default) or with all it calls, or "
            "where it comes from"},
    {.name = "cluster",
     .key = OPTION_CLUSTER,
     .arg = "none|file|module",
     .doc = "Frames around the functions of a source file, or of an executable or library "
            "(default: none; of several programs: module)"},
    {.name = "chains",
     .key = OPTION_CHAINS,
     .arg = "together|apart",
     .doc =
         "Whether functions that call nothing but the next one, and take little time themselves, "
         "share a box (default: together)"},
    {.name = "title", .key = OPTION_TITLE, .arg = "TEXT", .doc = "In place of the program's name"},
    {.name = "link",
     .key = OPTION_LINK,
     .arg = "TEMPLATE",
     .doc = "Where a click on a function in an SVG leads: %f is its file as the profile has it, %l "
            "the line, as in vscode://file%f:%l; none: nowhere (default: to the file)"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = source_arguments,
    .args_doc = "-o FILE [PROFILE...]\n-o FILE --db FILE\n-o FILE --diff BEFORE AFTER",
    .doc = "Draw who calls whom. A function is the redder, the more time it spends itself; an "
           "edge is the thicker, the more time is spent in calls over it. Dashed edges are inlined "
           "calls, whose time is their caller's; dotted ones are recursion. Functions with a "
           "double outline are not part of the build. Shares are of the lifetime of all threads "
           "together, with --focus too.\v" COMMAND_EXIT_CODES,
};

static enum status check_output(struct arguments *arguments)
{
    if (arguments->format && !arguments->output && graph_is_binary(arguments->format) &&
        isatty(STDOUT_FILENO))
        return fail(STATUS_USAGE, "graph", NULL,
                    "%s is not for terminals; name a file with -o, or use a pipe",
                    arguments->format);
    if (arguments->format)
        return STATUS_OK;
    if (!arguments->output)
        return fail(STATUS_USAGE, "graph", NULL,
                    "no output given; name a picture with -o, or a format for standard output "
                    "with --format");
    const char *dot = strrchr(text_base_name(arguments->output), '.');
    if (!dot || !graph_knows_format(dot + 1))
        return fail(STATUS_USAGE, "graph", arguments->output,
                    "its ending names no format; use .png, .svg, .pdf, .dot or .gv");
    arguments->format = dot + 1;
    return STATUS_OK;
}

static enum status check_share(struct arguments *arguments)
{
    arguments->options.min_share = arguments->focus_count > 0 ? 0 : default_min_share;
    return arguments->min_share ? command_share("graph", "--min-share", arguments->min_share,
                                                &arguments->options.min_share)
                                : STATUS_OK;
}

/* Refuses what only a picture of one side can show. */
static enum status check_diff(struct arguments *arguments)
{
    enum graph_colour colour = arguments->options.colour;
    if (colour == GRAPH_BY_MODULE || colour == GRAPH_BY_FILE)
        return fail(STATUS_USAGE, "graph", NULL,
                    "--color=%s leaves no colours for what has changed; with --diff use self or "
                    "cumulative, and --cluster=%s for frames",
                    colour_names[colour], colour_names[colour]);
    return sides_from_source(&arguments->sides, &arguments->source);
}

static enum status check(struct arguments *arguments)
{
    long long limit = DEFAULT_FUNCTIONS, depth = DEFAULT_DEPTH;
    enum status status = arguments->status;
    if (status == STATUS_OK)
        status = check_output(arguments);
    if (status == STATUS_OK)
        status = check_share(arguments);
    if (status == STATUS_OK && arguments->limit)
        status = command_number("graph", "--limit", arguments->limit, &limit);
    if (status == STATUS_OK && arguments->depth && arguments->focus_count == 0)
        return fail(STATUS_USAGE, "graph", NULL,
                    "--depth counts steps from a function; name it with --focus");
    if (status == STATUS_OK && arguments->depth)
        status = command_number("graph", "--depth", arguments->depth, &depth);
    arguments->options.limit = limit;
    arguments->options.depth = depth;
    return status == STATUS_OK && arguments->diff ? check_diff(arguments) : status;
}

/* All functions that the names fit. */
static enum status find_focus(const struct arguments *arguments, struct database *database,
                              struct found *all)
{
    enum status status = STATUS_OK;
    size_t capacity = 0;
    *all = (struct found){0};
    for (size_t i = 0; status == STATUS_OK && i < arguments->focus_count; i++) {
        struct found found = {0};
        status = find_functions(database, "graph", "--focus", arguments->focus[i], &found);
        for (size_t j = 0; status == STATUS_OK && j < found.count; j++) {
            all->ids = memory_grow(all->ids, &capacity, all->count, sizeof *all->ids);
            all->ids[all->count++] = found.ids[j];
        }
        free(found.ids);
    }
    return status;
}

static enum status draw(const struct arguments *arguments, struct graph *graph)
{
    char *bytes = NULL;
    size_t size = 0;
    enum status status = graph_draw(graph, arguments->format, !arguments->limit, &bytes, &size);
    if (status == STATUS_OK)
        status = output_write(arguments->output, bytes, size);
    graph_free_picture(bytes);
    return status;
}

static enum status draw_one(struct arguments *arguments)
{
    struct database database;
    struct graph graph = {0};
    enum status status = source_open(&arguments->source, &database);
    if (status != STATUS_OK)
        return status;
    struct found focus;
    status = find_focus(arguments, &database, &focus);
    arguments->options.focus = focus.ids;
    arguments->options.focus_count = focus.count;
    arguments->options.tell_run = arguments->source.database;
    if (status == STATUS_OK)
        status = graph_query(&graph, &database, &arguments->options);
    if (status == STATUS_OK)
        status = draw(arguments, &graph);
    graph_free(&graph);
    free(focus.ids);
    source_close(&arguments->source, &database);
    return status;
}

/* A database may hold functions of other runs, too. */
static enum status check_focus(const struct arguments *arguments, const struct graph *graph)
{
    for (size_t i = 0; i < graph->function_count; i++)
        if (graph->functions[i].focus)
            return STATUS_OK;
    return arguments->focus_count == 0
               ? STATUS_OK
               : fail(STATUS_USAGE, "graph", NULL,
                      "--focus=%s is called on neither side; 'profinst diff --all' lists what is",
                      arguments->focus[0]);
}

static enum status draw_compared(struct arguments *arguments, struct database *database,
                                 const struct comparison *comparison)
{
    struct graph graph = {0};
    struct found focus;
    enum status status = find_focus(arguments, database, &focus);
    arguments->options.focus = focus.ids;
    arguments->options.focus_count = focus.count;
    if (status == STATUS_OK) {
        graph_compare(&graph, comparison, &arguments->options);
        status = check_focus(arguments, &graph);
    }
    if (status == STATUS_OK)
        status = draw(arguments, &graph);
    graph_free(&graph);
    free(focus.ids);
    return status;
}

static enum status draw_two(struct arguments *arguments)
{
    struct database database;
    struct comparison comparison;
    enum status status = sides_open(&arguments->sides, &database);
    if (status != STATUS_OK)
        return status;
    status = compare(&database, &arguments->sides, &comparison);
    if (status == STATUS_OK)
        status = draw_compared(arguments, &database, &comparison);
    compare_free(&comparison);
    sides_close(&arguments->sides, &database);
    return status;
}

static enum status read_and_draw(struct arguments *arguments)
{
    enum status status = check(arguments);
    if (status == STATUS_OK)
        status = source_check_output(&arguments->source, arguments->output);
    if (status != STATUS_OK)
        return status;
    return arguments->diff ? draw_two(arguments) : draw_one(arguments);
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source.command = "graph"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum status status = read_and_draw(&arguments);
    free(arguments.focus);
    return status;
}

const struct command command_graph = {"graph", "profinst graph", "Draw the call graph", &parser,
                                      run};
