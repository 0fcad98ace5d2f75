/* profinst baseline: series that others are compared with. */
#include <argp.h>
#include <string.h>
#include <unistd.h>

#include "baseline.h"
#include "command.h"
#include "output.h"
#include "pager.h"
#include "source.h"
#include "text.h"
#include "transfer.h"

enum { DEFAULT_FUNCTIONS = 10, OPERANDS = 2 };

struct arguments {
    const char *command; /* for messages: "baseline save" */
    const char *database;
    const char *series, *run; /* NULL: the newest */
    const char *format, *limit;
    const char *output; /* NULL: standard output */
    bool force, history, without_contexts;
    char *operands[OPERANDS];
    int operand_count;
    struct screen screen;
};

enum { KEY_HISTORY = 256, KEY_WITHOUT_CONTEXTS, KEY_RUN };

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd':
        arguments->database = argument;
        return 0;
    case 's':
        arguments->series = argument;
        return 0;
    case KEY_RUN:
        arguments->run = argument;
        return 0;
    case 'F':
        arguments->force = true;
        return 0;
    case KEY_HISTORY:
        arguments->history = true;
        return 0;
    case KEY_WITHOUT_CONTEXTS:
        arguments->without_contexts = true;
        return 0;
    case 'f':
        arguments->format = argument;
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->operand_count == OPERANDS)
            return ARGP_ERR_UNKNOWN;
        arguments->operands[arguments->operand_count++] = argument;
        return 0;
    case ARGP_KEY_INIT:
        if (state->root_argp->children)
            state->child_inputs[0] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* Options, each in the tables of all words that have it. */
#define OPTION_DB                                                                                  \
    {                                                                                              \
        .name = "db", .key = 'd', .arg = "FILE", .doc = "The database (default: profinst.db)"      \
    }
#define OPTION_SERIES                                                                              \
    {                                                                                              \
        .name = "series", .key = 's', .arg = "SERIES",                                             \
        .doc =                                                                                     \
            "save: the series of that name, of several the newest, or of that number (default: "   \
            "the newest series, or if there is none the newest run)"                               \
    }
#define OPTION_RUN                                                                                 \
    {                                                                                              \
        .name = "run", .key = KEY_RUN, .arg = "N",                                                 \
        .doc = "save: a series of this run alone, as 'profinst report --runs' numbers it"          \
    }
#define OPTION_FORCE                                                                               \
    {                                                                                              \
        .name = "force", .key = 'F',                                                               \
        .doc = "save, import: take the name from a baseline that has it, which is kept as history" \
    }
#define OPTION_HISTORY                                                                             \
    {                                                                                              \
        .name = "history", .key = KEY_HISTORY,                                                     \
        .doc = "list, remove: those, too, whose name others have taken"                            \
    }
#define OPTION_CONTEXTS                                                                            \
    {                                                                                              \
        .name = "without-contexts", .key = KEY_WITHOUT_CONTEXTS,                                   \
        .doc = "export: leave out contexts, which makes large programs' files small; then they "   \
               "cannot be compared, all else can"                                                  \
    }
#define OPTION_OUTPUT                                                                              \
    {                                                                                              \
        .name = "output", .key = 'o', .arg = "FILE",                                               \
        .doc = "Write to FILE; export: compressed if it ends in .gz"                               \
    }
#define OPTION_FORMAT                                                                              \
    {                                                                                              \
        .name = "format", .key = 'f', .arg = "table|json|csv|markdown",                            \
        .doc = "list, show: what to write (default: table)"                                        \
    }
#define OPTION_LIMIT                                                                               \
    {                                                                                              \
        .name = "limit", .key = 'n', .arg = "N",                                                   \
        .doc = "show: functions at most; 0: all (default: 10)"                                     \
    }

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

#define WORD(word, usage, text, ...)                                                               \
    static const struct argp_option word##_options[] = {__VA_ARGS__, OPTION_DB, {0}};              \
    static const struct argp word##_parser = {.options = word##_options,                           \
                                              .parser = parse,                                     \
                                              .children = children,                                \
                                              .args_doc = usage,                                   \
                                              .doc = text "\v" COMMAND_EXIT_CODES};

WORD(save, "NAME", "Give a series a name for others to be compared with.", OPTION_SERIES,
     OPTION_RUN, OPTION_FORCE)
WORD(list, "", "List the baselines of a database.", OPTION_HISTORY, OPTION_FORMAT, OPTION_OUTPUT)
WORD(show, "NAME",
     "Show how a baseline was made, its runs and their time, and the functions with most time. CSV "
     "holds one kind of rows: the runs.",
     OPTION_FORMAT, OPTION_LIMIT, OPTION_OUTPUT)
WORD(remove, "NAME", "Take a baseline's name from its series, which stays in the database.",
     OPTION_HISTORY)
WORD(export, "NAME",
     "Write a baseline as one file for version control. The same series and name make the same "
     "bytes, whenever and wherever it is written.",
     OPTION_OUTPUT, OPTION_CONTEXTS)
WORD(import, "FILE [NAME]",
     "Read a baseline that was exported into the database, which is made if there is none; under "
     "the name that it has, or another one. All of it is read, or nothing if it cannot be.",
     OPTION_FORCE)

/* One file is not written over another that is read. */
static enum status check_output(const struct arguments *arguments)
{
    struct source source = {.command = arguments->command, .database = arguments->database};
    return source_check_output(&source, arguments->output);
}

/* For changes of what is there. */
static enum status begin(const struct arguments *arguments, struct database *database)
{
    if (access(arguments->database, F_OK) != 0) /* says so, in the words of those that read */
        return database_open(database, arguments->database);
    return database_begin(database, arguments->database);
}

/* Commits and tells what was done, or takes it back. */
static enum status end(struct database *database, enum status status, struct pool *pool,
                       const char *text)
{
    if (status == STATUS_OK)
        status = database_commit(database);
    if (status == STATUS_OK)
        database_close(database);
    else
        database_abandon(database);
    if (status == STATUS_OK)
        status = output_write(NULL, text, strlen(text));
    pool_free(pool);
    return status;
}

/* Gives the series its name; *text says what that did. */
static enum status give_name(const struct arguments *arguments, struct database *database,
                             const char *name, int64_t series, struct pool *pool, const char **text)
{
    static const char *const outcomes[] = {
        [BASELINE_NEW] = "",
        [BASELINE_REPLACED] = "; the former one is kept, see 'profinst baseline list --history'",
        [BASELINE_ALREADY] = "; it was that before"};
    enum baseline_outcome outcome;
    const char *description;
    enum status status =
        baseline_name(database, arguments->command, name, series, arguments->force, &outcome);
    if (status == STATUS_OK)
        status = baseline_describe(database, pool, series, &description);
    if (status == STATUS_OK)
        *text = pool_format(pool, "baseline '%s': %s%s\n", name, description, outcomes[outcome]);
    return status;
}

static enum status find_series(const struct arguments *arguments, struct database *database,
                               int64_t *series)
{
    long long run = 0;
    *series = 0;
    enum status status = STATUS_OK;
    if (arguments->run)
        status = command_number(arguments->command, "--run", arguments->run, &run);
    else
        status = baseline_find_series(database, arguments->command, arguments->series, series);
    if (status != STATUS_OK || *series != 0)
        return status;
    return baseline_series_of_run(database, arguments->command, run, series);
}

static enum status save(struct arguments *arguments)
{
    struct database database;
    struct pool pool = {0};
    int64_t series;
    const char *text = NULL, *name = arguments->operands[0];
    if (arguments->series && arguments->run)
        return fail(STATUS_USAGE, arguments->command, NULL, "give one of --series and --run");
    enum status status = baseline_check_name(arguments->command, name);
    if (status == STATUS_OK)
        status = begin(arguments, &database);
    if (status != STATUS_OK)
        return status;
    status = find_series(arguments, &database, &series);
    if (status == STATUS_OK)
        status = give_name(arguments, &database, name, series, &pool, &text);
    return end(&database, status, &pool, text);
}

static enum status remove_name(struct arguments *arguments)
{
    struct database database;
    struct pool pool = {0};
    int64_t count;
    const char *name = arguments->operands[0], *text = NULL;
    enum status status = begin(arguments, &database);
    if (status != STATUS_OK)
        return status;
    status = baseline_remove(&database, arguments->command, name, arguments->history, &count);
    if (status == STATUS_OK)
        text = count == 1 ? pool_format(&pool, "baseline '%s' removed; its series stays\n", name)
                          : pool_format(&pool,
                                        "baseline '%s' removed, %lld in all; their series "
                                        "stay\n",
                                        name, (long long)count);
    return end(&database, status, &pool, text);
}

static enum status import(struct arguments *arguments)
{
    struct database database;
    struct pool pool = {0};
    int64_t series;
    const char *text = NULL, *name = NULL;
    enum status status = STATUS_OK;
    if (arguments->operand_count > 1)
        status = baseline_check_name(arguments->command, arguments->operands[1]);
    if (status == STATUS_OK)
        status = database_begin(&database, arguments->database);
    if (status != STATUS_OK)
        return status;
    status = transfer_read(&database, arguments->operands[0], &series, &pool, &name);
    if (arguments->operand_count > 1)
        name = arguments->operands[1];
    else if (status == STATUS_OK)
        status = baseline_check_name(arguments->command, name);
    if (status == STATUS_OK)
        status = give_name(arguments, &database, name, series, &pool, &text);
    return end(&database, status, &pool, text);
}

static bool ends_in(const char *text, const char *ending)
{
    size_t length = strlen(text), size = strlen(ending);
    return length >= size && strcmp(text + length - size, ending) == 0;
}

static enum status export(struct arguments *arguments) {
    struct database database; struct output output; int64_t series;
    const char *name = arguments->operands[0];
    enum status status = check_output(arguments);
    if (status == STATUS_OK) status = database_open(&database, arguments->database);
    if (status != STATUS_OK) return status;
    const struct transfer_options options = {.contexts = !arguments->without_contexts,
                                             .compressed = arguments->output &&
                                                           ends_in(arguments->output, ".gz")};
    output_begin(&output);
    status = baseline_find(&database, arguments->command, name, &series);
    if (status == STATUS_OK)
        status = transfer_write(&database, series, name, options, output.stream);
    database_close(&database);
    if (status == STATUS_OK) return output_end(&output, arguments->output);
    output_abandon(&output);
    return status;
}

static void write_views(FILE *stream, struct view *views, size_t count, enum format format,
                        const struct screen *screen)
{
    json_t *root = format == FORMAT_JSON ? json_object() : NULL;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && format != FORMAT_CSV && format != FORMAT_JSON)
            fputc('\n', stream);
        if (format == FORMAT_TABLE)
            view_write_table(stream, &views[i], screen);
        else if (format == FORMAT_MARKDOWN)
            view_write_markdown(stream, &views[i]);
        else if (format == FORMAT_JSON)
            json_put(root, views[i].name, view_json(&views[i]));
    }
    if (format == FORMAT_JSON) {
        json_write(stream, count == 1 ? json_object_get(root, views->name) : root);
        json_decref(root);
    }
}

/* `rows`: the view that CSV holds. */
static enum status show_views(struct arguments *arguments, struct view *views, size_t count,
                              enum format format, size_t rows)
{
    struct output output;
    output_begin(&output);
    if (format == FORMAT_CSV)
        view_write_csv(output.stream, &views[rows]);
    else
        write_views(output.stream, views, count, format, &arguments->screen);
    return pager_end(&output, arguments->output, &arguments->screen);
}

/* What list and show have in common. */
static enum status open_for_show(struct arguments *arguments, struct database *database,
                                 enum format *format)
{
    enum status status = command_format(arguments->command, arguments->format, format);
    if (status == STATUS_OK)
        status = check_output(arguments);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, arguments->command, arguments->output);
    return status == STATUS_OK ? database_open(database, arguments->database) : status;
}

static enum status list(struct arguments *arguments)
{
    struct database database;
    enum format format;
    struct view view = {0};
    enum status status = open_for_show(arguments, &database, &format);
    if (status != STATUS_OK)
        return status;
    status = baseline_list(&database, arguments->history, &view);
    database_close(&database);
    if (status == STATUS_OK)
        status = show_views(arguments, &view, 1, format, 0);
    view_free(&view);
    return status;
}

static enum status show(struct arguments *arguments)
{
    struct database database;
    enum format format;
    struct view views[BASELINE_VIEWS] = {0};
    int64_t series;
    long long limit = DEFAULT_FUNCTIONS;
    enum status status = STATUS_OK;
    if (arguments->limit)
        status = command_number(arguments->command, "--limit", arguments->limit, &limit);
    if (status == STATUS_OK)
        status = open_for_show(arguments, &database, &format);
    if (status != STATUS_OK)
        return status;
    status = baseline_find(&database, arguments->command, arguments->operands[0], &series);
    if (status == STATUS_OK)
        status = baseline_show(&database, series, limit, views);
    database_close(&database);
    if (status == STATUS_OK)
        status = show_views(arguments, views, BASELINE_VIEWS, format, BASELINE_RUNS);
    for (int i = 0; i < BASELINE_VIEWS; i++)
        view_free(&views[i]);
    return status;
}

static const struct word {
    const char *name, *title, *command;
    const struct argp *parser;
    int least, most; /* operands */
    const char *missing;
    enum status (*run)(struct arguments *arguments);
} words[] = {
    {"save", "profinst baseline save", "baseline save", &save_parser, 1, 1, "a name", save},
    {"list", "profinst baseline list", "baseline list", &list_parser, 0, 0, "", list},
    {"show", "profinst baseline show", "baseline show", &show_parser, 1, 1, "a name", show},
    {"remove", "profinst baseline remove", "baseline remove", &remove_parser, 1, 1, "a name",
     remove_name},
    {"export", "profinst baseline export", "baseline export", &export_parser, 1, 1, "a name",
     export},
    {"import", "profinst baseline import", "baseline import", &import_parser, 1, 2, "a file",
     import},
};
enum { WORDS = sizeof words / sizeof *words };

/* All that there is, for --help, completions and the manual page. */
static const struct argp_option options[] = {
    OPTION_SERIES, OPTION_RUN,      OPTION_FORCE,  OPTION_HISTORY, OPTION_FORMAT,
    OPTION_LIMIT,  OPTION_CONTEXTS, OPTION_OUTPUT, OPTION_DB,      {0},
};
static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "save|list|show|remove|export|import [NAME|FILE]",
    .doc = "Keep series of runs to compare others with: give one a name (save NAME), list them "
           "(list), show one (show NAME), take the name away (remove NAME), write one as a file "
           "for version control (export NAME -o FILE), and read such a file (import FILE [NAME])."
           "\v"
           "What an option is for stands in front of its description. 'profinst baseline save "
           "--help' explains one of them by itself.\n\n" COMMAND_EXIT_CODES,
};

static enum status run_word(const struct word *word, int argc, char **argv)
{
    struct arguments arguments = {
        .command = word->command, .database = "profinst.db", .format = "table"};
    argv[0] = (char *)word->title;
    argp_parse(word->parser, argc, argv, 0, NULL, &arguments);
    if (arguments.operand_count < word->least)
        return fail(STATUS_USAGE, word->command, NULL, "%s is missing; give one", word->missing);
    if (arguments.operand_count > word->most)
        return fail(STATUS_USAGE, word->command, NULL, "'%s' is too much; leave it out",
                    arguments.operands[word->most]);
    return word->run(&arguments);
}

static enum status run(int argc, char **argv)
{
    const char *names[WORDS + 1] = {0};
    for (int i = 0; i < WORDS; i++)
        names[i] = words[i].name;
    if (argc > 1 && *argv[1] != '-') {
        int found = command_choose("baseline", "word", names, argv[1]);
        return found < 0 ? STATUS_USAGE : run_word(&words[found], argc - 1, argv + 1);
    }
    struct arguments arguments = {.command = "baseline"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    return fail(STATUS_USAGE, "baseline", NULL,
                "the first word is missing; give save, list, show, remove, export or import");
}

const struct command command_baseline = {
    "baseline", "profinst baseline", "Keep series of runs to compare others with", &parser, run};
