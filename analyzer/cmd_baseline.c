/* profinst baseline: series that others are compared with. */
#include <argp.h>

#include "baseline_words.h"
#include "command.h"

enum { KEY_HISTORY = 256, KEY_WITHOUT_CONTEXTS, KEY_RUN };

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct baseline_arguments *arguments = state->input;
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
        if (arguments->operand_count == BASELINE_OPERANDS)
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
        .doc = "save: a series of this run alone, as the view 'runs' numbers it"                   \
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

static const struct word {
    const char *name, *title, *command;
    const struct argp *parser;
    int least, most; /* operands */
    const char *missing;
    enum status (*run)(struct baseline_arguments *arguments);
} words[] = {
    {"save", "profinst baseline save", "baseline save", &save_parser, 1, 1, "a name",
     baseline_word_save},
    {"list", "profinst baseline list", "baseline list", &list_parser, 0, 0, "", baseline_word_list},
    {"show", "profinst baseline show", "baseline show", &show_parser, 1, 1, "a name",
     baseline_word_show},
    {"remove", "profinst baseline remove", "baseline remove", &remove_parser, 1, 1, "a name",
     baseline_word_remove},
    {"export", "profinst baseline export", "baseline export", &export_parser, 1, 1, "a name",
     baseline_word_export},
    {"import", "profinst baseline import", "baseline import", &import_parser, 1, 2, "a file",
     baseline_word_import},
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
    struct baseline_arguments arguments = {
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
    struct baseline_arguments arguments = {.command = "baseline"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    return fail(STATUS_USAGE, "baseline", NULL,
                "the first word is missing; give save, list, show, remove, export or import");
}

const struct command command_baseline = {
    "baseline", "profinst baseline", "Keep series of runs to compare others with", &parser, run};
