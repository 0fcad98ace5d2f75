/* profinst html: the report as a page for the browser. */
#include <argp.h>

#include "command.h"
#include "config.h"
#include "output.h"
#include "page.h"

enum { NO_SOURCE = 256, CONFIG };

struct arguments {
    struct source source;
    struct config config;
    const char *config_path; /* NULL: the one in the working directory */
    const char *output;
    bool no_source;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = argument;
        return 0;
    case NO_SOURCE:
        arguments->no_source = true;
        return 0;
    case CONFIG:
        arguments->config_path = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "The page"},
    {.name = "no-source", .key = NO_SOURCE, .doc = "Put no pieces of source files into it"},
    {.name = "config",
     .key = CONFIG,
     .arg = "FILE",
     .doc = "Thresholds of severity (default: " CONFIG_FILE
            " in the working directory, if there is one)"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = source_arguments,
    .args_doc = "-o FILE [PROFILE...]\n-o FILE --db FILE",
    .doc = "Make a page of a profile: what there is to see first, a table of functions to sort and "
           "search, a flame graph, a call graph to walk through, and the history of several runs. "
           "It is one file that any browser opens, without a network and without a server.\v"
           "Where the source files are found under the names that the compiler was given, from the "
           "working directory on, the page shows the source of the functions that cost "
           "most.\n\n" COMMAND_EXIT_CODES,
};

static enum status check(struct arguments *arguments)
{
    if (!arguments->output)
        return fail(STATUS_USAGE, "html", NULL, "no output given; name a page with -o");
    enum status status = config_read(&arguments->config, arguments->config_path);
    if (status != STATUS_OK)
        return status;
    return source_check_output(&arguments->source, arguments->output);
}

static enum status write_page(struct database *database, const struct arguments *arguments)
{
    struct page page;
    enum status status = page_query(&page, database, &arguments->config);
    if (status == STATUS_OK) {
        struct output output;
        output_begin(&output);
        page.sources = !arguments->no_source;
        page_write(output.stream, &page);
        status = output_end(&output, arguments->output);
    }
    page_free(&page);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source = {.command = "html", .contexts = true}};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    struct database database;
    enum status status = check(&arguments);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status == STATUS_OK) {
        status = write_page(&database, &arguments);
        source_close(&arguments.source, &database);
    }
    config_free(&arguments.config);
    return status;
}

const struct command command_html = {"html", "profinst html", "Make a page for the browser",
                                     &parser, run};
