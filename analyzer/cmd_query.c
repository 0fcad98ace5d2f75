/* profinst query: what somebody wants to know, in SQL. */
#include <argp.h>

#include "command.h"
#include "output.h"
#include "pager.h"
#include "query.h"
#include "source.h"

struct arguments {
    struct source source;
    struct screen screen;
    const char *sql;
    const char *format;
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
    case ARGP_KEY_ARG: /* the first; the others are the source's */
        if (arguments->sql)
            return ARGP_ERR_UNKNOWN;
        arguments->sql = argument;
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
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {
    {.argp = &source_parser}, {.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "SELECT [PROFILE...]\nSELECT --db FILE",
    .doc = "Answer a question in SQL: one SELECT on the tables and views that 'profinst schema' "
           "shows, such as functions, edges, contexts, durations, bottlenecks, threads and "
           "processes. The statement can read, and do nothing else.\v"
           "Example: profinst query 'SELECT name, calls, self_ns FROM functions WHERE calls > "
           "1000 ORDER BY self_ns DESC LIMIT 10'\n\n"
           "NULL is a dash in tables, nothing in CSV, and null in JSON, as is what is no finite "
           "number there; a BLOB is its bytes in hexadecimal. On a terminal text is shortened to "
           "fit.\n\n" COMMAND_EXIT_CODES,
};

static enum status write_result(struct query *query, enum format format,
                                const struct arguments *arguments)
{
    struct output output;
    output_begin(&output);
    switch (format) {
    case FORMAT_JSON:
        query_write_json(output.stream, query);
        break;
    case FORMAT_CSV:
        query_write_csv(output.stream, query);
        break;
    case FORMAT_MARKDOWN:
        query_write_markdown(output.stream, query);
        break;
    case FORMAT_TABLE:
        query_write_table(output.stream, query, &arguments->screen);
        break;
    }
    return pager_end(&output, arguments->output, &arguments->screen);
}

static enum status check(struct arguments *arguments, enum format *format)
{
    if (!arguments->sql)
        return fail(STATUS_USAGE, "query", NULL,
                    "no statement given; try 'SELECT name, calls FROM functions'");
    enum status status = command_format("query", arguments->format, format);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, "query", arguments->output);
    if (status == STATUS_OK)
        status = source_check_output(&arguments->source, arguments->output);
    struct load_parts parts = {0};
    if (status == STATUS_OK && !arguments->source.database)
        status = query_check(arguments->sql, &parts);
    arguments->source.contexts = parts.contexts;
    arguments->source.sites = parts.sites;
    arguments->source.fingerprints = parts.fingerprints;
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source.command = "query", .format = "table"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum format format;
    struct database database;
    enum status status = check(&arguments, &format);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status != STATUS_OK)
        return status;
    struct query query;
    status = query_run(&query, &database, arguments.sql);
    source_close(&arguments.source, &database);
    if (status == STATUS_OK)
        status = write_result(&query, format, &arguments);
    query_free(&query);
    return status;
}

const struct command command_query = {"query", "profinst query", "Answer a question in SQL",
                                      &parser, run};
