/* profinst graph: the call graph as a picture. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "graph.h"
#include "output.h"
#include "text.h"

enum { DEFAULT_NODES = 40 };
static const double default_min_share = 0.01;

struct arguments {
    struct source source;
    const char *output;
    const char *limit;
    const char *min_share;
    const char *format; /* points into output */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = argument;
        return 0;
    case 'm':
        arguments->min_share = argument;
        return 0;
    case 'n':
        arguments->limit = argument;
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
    {.name = "min-share",
     .key = 'm',
     .arg = "PERCENT",
     .doc = "Leave out functions with a smaller share of the time, all they call included; "
            "inlined ones only with a smaller share of the calls, too (default: 1)"},
    {.name = "limit", .key = 'n', .arg = "N", .doc = "Functions at most; 0: all (default: 40)"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = source_arguments,
    .args_doc = "-o FILE [PROFILE...]\n-o FILE --db FILE",
    .doc = "Draw who calls whom. A function is the redder, the more time it spends itself; an "
           "edge is the thicker, the more time is spent in calls over it. Dashed edges are inlined "
           "calls, whose time is their caller's; dotted ones are recursion. Functions with a "
           "double outline are not part of the build. Shares are of the lifetime of all threads "
           "together.\v" COMMAND_EXIT_CODES,
};

static enum status check_output(struct arguments *arguments)
{
    if (!arguments->output)
        return fail(STATUS_USAGE, "graph", NULL, "no output given; name a picture with -o");
    const char *dot = strrchr(text_base_name(arguments->output), '.');
    if (!dot || !graph_knows_format(dot + 1))
        return fail(STATUS_USAGE, "graph", arguments->output,
                    "its ending names no format; use .png, .svg, .pdf, .dot or .gv");
    arguments->format = dot + 1;
    return STATUS_OK;
}

static enum status check(struct arguments *arguments, struct graph_options *wanted)
{
    enum status status = check_output(arguments);
    long long limit = DEFAULT_NODES;
    if (status == STATUS_OK && arguments->limit)
        status = command_number("graph", "--limit", arguments->limit, &limit);
    *wanted = (struct graph_options){.min_share = default_min_share, .limit = limit};
    if (status == STATUS_OK && arguments->min_share)
        status = command_share("graph", "--min-share", arguments->min_share, &wanted->min_share);
    return status;
}

static enum status draw(struct database *database, const struct arguments *arguments,
                        const struct graph_options *wanted)
{
    struct graph graph;
    char *bytes = NULL;
    size_t size = 0;
    enum status status = graph_query(&graph, database, wanted);
    if (status == STATUS_OK)
        status = graph_draw(&graph, arguments->format, &bytes, &size);
    if (status == STATUS_OK)
        status = output_write(arguments->output, bytes, size);
    graph_free_picture(bytes);
    graph_free(&graph);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source.command = "graph"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    struct graph_options wanted;
    enum status status = check(&arguments, &wanted);
    if (status != STATUS_OK)
        return status;
    struct database database;
    status = source_check_output(&arguments.source, arguments.output);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status != STATUS_OK)
        return status;
    status = draw(&database, &arguments, &wanted);
    source_close(&arguments.source, &database);
    return status;
}

const struct command command_graph = {"graph", "profinst graph", "Draw the call graph", &parser,
                                      run};
