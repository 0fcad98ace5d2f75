/* profinst check: whether a program has become slower than it may. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "baseline.h"
#include "command.h"
#include "gate_confirm.h"
#include "gate_steps.h"
#include "output.h"
#include "pager.h"
#include "text.h"

enum {
    KEY_DB = 0x100,
    KEY_CONFIG = 0x300,
    KEY_BASELINE,
    KEY_CONFIRM,
    KEY_CONTEXTS,
    KEY_STATUS,
    KEY_FORCE
};
enum { EXIT_REGRESSION = 1, EXIT_WARNINGS = 2 };
enum { ROWS_FOR_PEOPLE = 30 };

enum gate_format { AS_TABLE, AS_JSON, AS_MARKDOWN, AS_GITHUB, AS_JUNIT };
static const char *const format_names[] = {"table", "json", "markdown", "github", "junit", NULL};

struct arguments {
    struct screen screen;
    struct sides sides;
    const char *config, *format, *limit;
    const char *output;          /* NULL: standard output */
    const char *programs[SIDES]; /* to confirm with; NULL: nobody wants that */
    enum gate_format as;         /* `format` */
    size_t rows;                 /* `limit` */
    bool contexts, warnings_as_status, force;
};

/* The one option of two arguments, which argp does not know of: the second is the next word. */
static void take_programs(struct arguments *arguments, char *before, struct argp_state *state)
{
    bool more = state->next < state->argc && !state->quoted && *state->argv[state->next] != '-';
    if (!more)
        argp_error(state, "--confirm names two programs, the versions before and after");
    arguments->programs[BEFORE] = before;
    arguments->programs[AFTER] = state->argv[state->next++];
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case KEY_DB:
        arguments->sides.database = argument;
        return 0;
    case KEY_CONFIG:
        arguments->config = argument;
        return 0;
    case KEY_BASELINE:
        arguments->sides.side[BEFORE].text = argument;
        return 0;
    case KEY_CONFIRM:
        take_programs(arguments, argument, state);
        return 0;
    case KEY_CONTEXTS:
        arguments->contexts = true;
        return 0;
    case KEY_STATUS:
        arguments->warnings_as_status = true;
        return 0;
    case KEY_FORCE:
        arguments->force = true;
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
        if (arguments->sides.side[AFTER].text)
            return ARGP_ERR_UNKNOWN;
        arguments->sides.side[AFTER].text = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "baseline",
     .key = KEY_BASELINE,
     .arg = "NAME|FILE",
     .doc = "What to compare with (default: the one that the configuration names, or else the only "
            "one of the database)"},
    {.name = "db",
     .key = KEY_DB,
     .arg = "FILE",
     .doc = "The database with the series and the baseline (default: profinst.db)"},
    {.name = "config",
     .key = KEY_CONFIG,
     .arg = "FILE",
     .doc =
         "Limits and rules (default: " CONFIG_FILE " in the working directory, if there is one)"},
    {.name = "confirm",
     .key = KEY_CONFIRM,
     .arg = "OLD NEW",
     .doc = "Run both versions again, by turns, where times may have grown, and judge by that: OLD "
            "and NEW are their executables"},
    {.name = "contexts",
     .key = KEY_CONTEXTS,
     .doc = "Judge the calls of each chain of callers, too"},
    {.name = "format",
     .key = 'f',
     .arg = "table|json|markdown|github|junit",
     .doc = "What to write (default: table)"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Rows of a table, or annotations, at most; 0: all (default: 30)"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {.name = "warnings-as-status",
     .key = KEY_STATUS,
     .doc = "Exit with 2 where there are warnings and no failures"},
    {.name = "force", .key = KEY_FORCE, .doc = "Compare even with another program"},
    {0},
};

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "[SERIES]",
    .doc =
        "Judge the newest series of the database, or SERIES, against a baseline: SERIES is what "
        "diff takes, a profile, say, or series:N.\v"
        "Numbers of calls are exact where they are the same in every run, and any growth is told: "
        "past 5 % it is a failure. Times fail where they have grown by more than 20 %, and warn "
        "past 10 %, only if that is no chance: each side needs five runs. Limits, rules for "
        "functions, files and modules, and what is put up with for a while stand in " CONFIG_FILE
        ", which 'profinst init' writes; docs/GATE.md tells all.\n\n"
        "Exit codes: 0 within all limits, or warnings; 1 a limit is passed; 2 warnings only, with "
        "--warnings-as-status; 3 no verdict, as a series, baseline, database or configuration "
        "cannot be read, is not valid or of another program, or as runs failed; 4 output cannot be "
        "written; 5 out of memory or internal error; 64 wrong usage, or no such series or "
        "baseline.",
};

/* The only baseline of the database, where nobody names one. */
static enum status find_baseline(struct arguments *arguments, const struct config *config)
{
    struct sides *sides = &arguments->sides;
    struct database database = {0};
    if (!sides->side[BEFORE].text)
        sides->side[BEFORE].text = config->baseline;
    if (sides->side[BEFORE].text)
        return STATUS_OK;
    enum status status =
        database_open(&database, sides->database ? sides->database : "profinst.db");
    if (status != STATUS_OK)
        return status;
    status = baseline_only(&database, "cannot judge", &sides->pool, &sides->side[BEFORE].text);
    database_close(&database);
    return status;
}

static void write_as(enum gate_format format, FILE *stream, struct gate *gate, size_t limit,
                     const struct screen *screen)
{
    switch (format) {
    case AS_TABLE:
        gate_write_table(stream, gate, limit, screen);
        break;
    case AS_JSON:
        gate_write_json(stream, gate);
        break;
    case AS_MARKDOWN:
        gate_write_markdown(stream, gate);
        break;
    case AS_GITHUB:
        gate_write_github(stream, gate, limit);
        break;
    case AS_JUNIT:
        gate_write_junit(stream, gate);
        break;
    }
}

static enum status write_gate(const struct arguments *arguments, struct gate *gate)
{
    struct output output;
    output_begin(&output);
    write_as(arguments->as, output.stream, gate, arguments->rows, &arguments->screen);
    return pager_end(&output, arguments->output, &arguments->screen);
}

/* A baseline of another program would make everything new and gone. */
static enum status check_program(const struct arguments *arguments,
                                 const struct comparison *comparison)
{
    const char *before = comparison->program[BEFORE], *after = comparison->program[AFTER];
    if (arguments->force || !before || !after ||
        strcmp(text_base_name(before), text_base_name(after)) == 0)
        return STATUS_OK;
    return fail(STATUS_INPUT, "cannot judge", comparison->sides->side[AFTER].label,
                "it is of the program %s, and %s is of %s; name a baseline of that program, or "
                "give --force",
                after, comparison->sides->side[BEFORE].label, before);
}

/* Against itself, nothing ever differs. */
static enum status check_sides(const struct sides *sides)
{
    const struct side *before = &sides->side[BEFORE], *after = &sides->side[AFTER];
    if (before->series == 0 || before->series != after->series)
        return STATUS_OK;
    return fail(STATUS_INPUT, "cannot judge", after->label,
                "it is the baseline itself; run the program again with 'profinst run'");
}

static const char *today(char text[16])
{
    time_t now = time(NULL);
    struct tm day;
    strftime(text, 16, "%Y-%m-%d", gmtime_r(&now, &day));
    return text;
}

static bool wants_contexts(const struct arguments *arguments, const struct config *config)
{
    bool wanted = arguments->contexts;
    for (size_t i = 0; i < config->gate.rule_count; i++)
        wanted |= config->gate.rules[i].what == GATE_CONTEXTS;
    return wanted;
}

static enum status judge(struct arguments *arguments, const struct config *config,
                         struct database *database, enum gate_severity *verdict)
{
    struct comparison comparison = {0};
    struct gate gate = {.config = config,
                        .comparison = &comparison,
                        .confirms = arguments->programs[BEFORE] != NULL};
    char day[16];
    enum status status = check_sides(&arguments->sides);
    if (status == STATUS_OK)
        status = gate_take_runs(config, database, &arguments->sides, &gate);
    if (status == STATUS_OK)
        status = compare(database, &arguments->sides, &comparison);
    if (status == STATUS_OK)
        status = check_program(arguments, &comparison);
    for (size_t i = 0; status == STATUS_OK && i < comparison.warning_count; i++)
        gate_note(&gate, comparison.warnings[i]);
    if (status == STATUS_OK)
        status = gate_judge(&gate, database, today(day));
    if (status == STATUS_OK && arguments->programs[BEFORE])
        status = gate_confirm(&gate, database, arguments->programs, day);
    if (status == STATUS_OK)
        status = write_gate(arguments, &gate);
    *verdict = gate_verdict(&gate);
    gate_free(&gate);
    compare_free(&comparison);
    return status;
}

static enum status understand(struct arguments *arguments)
{
    long long rows = ROWS_FOR_PEOPLE;
    enum status status = STATUS_OK;
    int format = command_choose("check", "format", format_names, arguments->format);
    if (format < 0)
        return STATUS_USAGE;
    if (arguments->limit)
        status = command_number("check", "--limit", arguments->limit, &rows);
    arguments->as = (enum gate_format)format;
    arguments->rows = (size_t)rows;
    return status;
}

static enum status check(struct arguments *arguments, const struct config *config,
                         enum gate_severity *verdict)
{
    struct database database;
    enum status status = understand(arguments);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, "check", arguments->output);
    if (status == STATUS_OK)
        status = find_baseline(arguments, config);
    arguments->sides.contexts = wants_contexts(arguments, config);
    if (status == STATUS_OK)
        status = sides_open(&arguments->sides, &database);
    if (status != STATUS_OK)
        return status;
    status = judge(arguments, config, &database, verdict);
    sides_close(&arguments->sides, &database);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.sides.command = "check", .format = "table"};
    struct config config;
    enum gate_severity verdict = GATE_OFF;
    argp_err_exit_status = EX_USAGE; /* 2 means warnings here */
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum status status = config_read(&config, arguments.config);
    if (status == STATUS_OK) {
        status = check(&arguments, &config, &verdict);
        config_free(&config);
    }
    pool_free(&arguments.sides.pool);
    if (status == STATUS_USAGE)
        return (enum status)EX_USAGE;
    if (status != STATUS_OK)
        return status;
    if (verdict == GATE_FAIL)
        return (enum status)EXIT_REGRESSION;
    return verdict == GATE_WARN && arguments.warnings_as_status ? (enum status)EXIT_WARNINGS
                                                                : STATUS_OK;
}

const struct command command_check = {"check", "profinst check",
                                      "Judge whether a program has become slower", &parser, run};
