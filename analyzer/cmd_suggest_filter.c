/* profinst suggest-filter: a filter that leaves out what costs most for the least insight. */
#include <argp.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "output.h"
#include "suggest.h"

static const char default_overhead[] = "5%";

struct arguments {
    struct source source;
    const char *max_overhead;
    const char *output; /* NULL: standard output */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'm':
        arguments->max_overhead = argument;
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
    {.name = "max-overhead",
     .key = 'm',
     .arg = "PERCENT",
     .doc = "Time that recording may take, of the time that the program takes without it (default: "
            "5%)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = source_arguments,
    .args_doc = SOURCE_ARGUMENTS,
    .doc =
        "Write a filter for -fplugin-arg-profinst-filter=FILE that leaves out the functions whose "
        "recording costs most and which show least, until recording the program again is "
        "expected to cost at most what is wanted.\v"
        "What a function costs is its calls; what it shows is its own time. A function that has "
        "more than a tenth of the program's own time itself, and more than recording it costs, is "
        "never left out; if the rest does not suffice, a warning says what is reachable. The "
        "filter says what overhead is expected before and after, and on what that rests. Functions "
        "of one linkage name are left out "
        "together.\n\n" COMMAND_EXIT_CODES,
};

static enum status parse_percent(const char *text, double *share)
{
    char *end;
    double percent = strtod(text, &end);
    bool number = end != text && isfinite(percent) && percent >= 0;
    end += strspn(end, " ");
    end += *end == '%';
    if (!number || *end)
        return fail(STATUS_USAGE, "suggest-filter", NULL,
                    "--max-overhead=%s is no percentage; give a number from 0 up, like 5%%", text);
    *share = percent / 100;
    return STATUS_OK;
}

/* The functions that cost most and may not go; NULL if none of those counts. */
static const char *in_the_way(struct suggestion *suggestion)
{
    enum { MOST_NAMED = 3 };
    const double counts = suggestion->after_ns / 10;
    const char *names = NULL;
    int named = 0;
    for (size_t i = 0; named < MOST_NAMED && i < suggestion->count; i++) {
        const struct suggest_function *function = &suggestion->functions[i];
        if (function->external || !suggest_is_large(suggestion, function) ||
            function->saving_ns < counts)
            continue;
        names = named++ ? pool_format(&suggestion->pool, "%s, %s", names, function->name)
                        : function->name;
    }
    return names;
}

static void warn_unreached(struct suggestion *suggestion)
{
    const char *names = in_the_way(suggestion);
    warn("suggest-filter", NULL,
         "an overhead of %s is the least that can be reached%s%s; give a larger --max-overhead%s",
         suggest_percent(&suggestion->pool, suggestion, suggestion->after_ns),
         names ? " without leaving out what takes much of the program's own time, like " : "",
         names ? names : "", names ? ", or leave that out by hand" : "");
}

static enum status write_filter(struct suggestion *suggestion, const char *path)
{
    struct pool *pool = &suggestion->pool;
    struct output output;
    output_begin(&output);
    suggest_write(output.stream, suggestion, path);
    enum status status = output_end(&output, path);
    if (status == STATUS_OK && path)
        fprintf(stderr, "profinst: expected overhead: %s before, %s with %s, which leaves out %s\n",
                suggest_percent(pool, suggestion, suggestion->before_ns),
                suggest_percent(pool, suggestion, suggestion->after_ns), path,
                pool_format(pool, "%zu %s", suggestion->left_out,
                            suggestion->left_out == 1 ? "function" : "functions"));
    if (status == STATUS_OK && !suggest_reached(suggestion))
        warn_unreached(suggestion);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source.command = "suggest-filter",
                                  .source.contexts = true,
                                  .max_overhead = default_overhead};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    double wanted = 0;
    struct database database;
    enum status status = parse_percent(arguments.max_overhead, &wanted);
    if (status == STATUS_OK)
        status = source_check_output(&arguments.source, arguments.output);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status != STATUS_OK)
        return status;
    struct suggestion suggestion;
    status = suggest_query(&suggestion, &database, wanted);
    source_close(&arguments.source, &database);
    if (status == STATUS_OK)
        status = write_filter(&suggestion, arguments.output);
    suggest_free(&suggestion);
    return status;
}

const struct command command_suggest_filter = {"suggest-filter", "profinst suggest-filter",
                                               "Write a filter that makes recording cheap", &parser,
                                               run};
