/* profinst annotate: the source, with what was measured of its lines. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "annotate.h"
#include "command.h"
#include "output.h"
#include "pager.h"
#include "source.h"

enum { CONTEXT_OF_FILES = 8, LINES_OF_FUNCTIONS = 100 };
enum { KEY_SOURCE_DIR = 0x300 }; /* an option without a letter */

struct arguments {
    struct source source;
    struct screen screen;
    const char *what;
    const char *format, *context, *limit;
    const char *output; /* NULL: standard output */
    const char **folders;
    size_t folder_count, folder_capacity;
};

static void add_folder(struct arguments *arguments, const char *folder)
{
    arguments->folders = memory_grow(arguments->folders, &arguments->folder_capacity,
                                     arguments->folder_count, sizeof *arguments->folders);
    arguments->folders[arguments->folder_count++] = folder;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_SOURCE_DIR:
        add_folder(arguments, argument);
        return 0;
    case 'f':
        arguments->format = argument;
        return 0;
    case 'C':
        arguments->context = argument;
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG: /* the first; the others are the source's */
        if (arguments->what)
            return ARGP_ERR_UNKNOWN;
        arguments->what = argument;
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
    {.name = "source-dir",
     .key = KEY_SOURCE_DIR,
     .arg = "DIR",
     .doc = "Look for sources in DIR first, with all folders of their paths, some, or none. May be "
            "given more than once"},
    {.name = "context",
     .key = 'C',
     .arg = "N",
     .doc = "Lines to show around those that have figures; all: the whole source (default: 8, of a "
            "function all)"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Lines at most of each file or function; 0: all (default: 0, of a function 100)"},
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
    .args_doc = "FILE [PROFILE...]\nFUNCTION [PROFILE...]\nFILE --db FILE\nFUNCTION --db FILE",
    .doc =
        "Show source with what was measured of it: calls and time of functions at the line where "
        "each begins, and whom they called at the lines that did, where debug information (-g) "
        "tells. FILE is the path of a source or the end of that; FUNCTION a name, without "
        "parameters and namespaces if there is no other, or a pattern.\v"
        "A line that calls f is followed by '→ f ×8 (1.20 ms)': 8 calls of f, which took 1.20 ms "
        "with all they called, were made there. 'one of 3 lines': in these three lines "
        "together. 'at most': f may have been called from here in other ways. '(pointer)': "
        "through a pointer. '(qsort)': by qsort, which is called there and is not measured.\n\n"
        "Sources are looked for where they were when the program was compiled, seen from the "
        "working directory. A warning tells of those that have changed since the program "
        "ran.\n\n" COMMAND_EXIT_CODES,
};

/* What is asked for of files and of functions is not the same unless somebody says so. */
static enum status read_numbers(const struct arguments *arguments, bool whole_file,
                                struct annotate_options *wanted)
{
    long long context = whole_file ? CONTEXT_OF_FILES : -1;
    long long limit = whole_file ? 0 : LINES_OF_FUNCTIONS;
    enum status status = STATUS_OK;
    if (arguments->context && strcmp(arguments->context, "all") == 0)
        context = -1;
    else if (arguments->context)
        status = command_number("annotate", "--context", arguments->context, &context);
    if (status == STATUS_OK && arguments->limit)
        status = command_number("annotate", "--limit", arguments->limit, &limit);
    *wanted = (struct annotate_options){.context = context, .limit = limit};
    return status;
}

static enum status write_annotation(struct annotation *annotation, enum format format,
                                    const struct annotate_options *wanted,
                                    const struct arguments *arguments)
{
    struct output output;
    output_begin(&output);
    switch (format) {
    case FORMAT_JSON:
        annotate_write_json(output.stream, annotation);
        break;
    case FORMAT_CSV:
        annotate_write_csv(output.stream, annotation);
        break;
    case FORMAT_MARKDOWN:
        annotate_write_markdown(output.stream, annotation, wanted);
        break;
    case FORMAT_TABLE:
        annotate_write_table(output.stream, annotation, wanted, &arguments->screen);
        break;
    }
    return pager_end(&output, arguments->output, &arguments->screen);
}

static enum status annotate(const struct arguments *arguments, enum format format,
                            struct database *database)
{
    struct annotation annotation;
    struct annotate_options wanted;
    enum status status = annotate_query(&annotation, database, arguments->what);
    if (status == STATUS_OK)
        status = read_numbers(arguments, !annotation.files[0].function, &wanted);
    if (status == STATUS_OK)
        status = annotate_read_sources(&annotation, arguments->folders, arguments->folder_count);
    if (status == STATUS_OK)
        status = write_annotation(&annotation, format, &wanted, arguments);
    annotate_free(&annotation);
    return status;
}

static enum status check(struct arguments *arguments, enum format *format)
{
    struct annotate_options wanted;
    if (!arguments->what)
        return fail(STATUS_USAGE, "annotate", NULL,
                    "nothing to annotate; name a file or a function, before the profiles");
    enum status status = command_format("annotate", arguments->format, format);
    if (status == STATUS_OK)
        status = read_numbers(arguments, true, &wanted);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, "annotate", arguments->output);
    return status == STATUS_OK ? source_check_output(&arguments->source, arguments->output)
                               : status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {
        .source.command = "annotate", .source.sites = true, .format = "table"};
    struct database database;
    enum format format;
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum status status = check(&arguments, &format);
    if (status == STATUS_OK)
        status = source_open(&arguments.source, &database);
    if (status == STATUS_OK) {
        status = annotate(&arguments, format, &database);
        source_close(&arguments.source, &database);
    }
    free(arguments.folders);
    return status;
}

const struct command command_annotate = {
    "annotate", "profinst annotate", "Show source with calls and times of its lines", &parser, run};
