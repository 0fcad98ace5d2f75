/* The commands. To add one: write cmd_NAME.c, declare it here, put it into the list in
 * commands.c and its file into CMakeLists.txt, and test it. */
#ifndef PROFINST_ANALYZER_COMMAND_H
#define PROFINST_ANALYZER_COMMAND_H

#include <argp.h>
#include <stdbool.h>

#include "error.h"

struct command {
    const char *name;
    const char *title;         /* argv[0], for its own messages: "profinst NAME" */
    const char *help;          /* one line */
    const struct argp *parser; /* --help and completions come from it */
    enum status (*run)(int argc, char **argv);
};

extern const struct command command_report;
extern const struct command command_annotate;
extern const struct command command_graph;
extern const struct command command_flame;
extern const struct command command_html;
extern const struct command command_export;
extern const struct command command_history;
extern const struct command command_run;
extern const struct command command_series;
extern const struct command command_diff;
extern const struct command command_load;
extern const struct command command_baseline;
extern const struct command command_query;
extern const struct command command_schema;
extern const struct command command_selection;
extern const struct command command_suggest_filter;
extern const struct command command_dump;
extern const struct command command_check;
extern const struct command command_init;
extern const struct command command_completion;

/* All of them, in the order of `profinst --help`; NULL behind the last. */
extern const struct command *const commands[];

/* Whether SIGPIPE was ignored when profinst was started, as it is from then on. */
extern bool command_pipe_ignored;

/* Ends the --help of every command. */
#define COMMAND_EXIT_CODES                                                                         \
    "Exit codes: 0 done; 2 wrong usage; 3 a profile, database or configuration "                   \
    "cannot be read or is not valid; 4 output cannot be written; 5 out of memory or internal "     \
    "error."

/* A whole number of an option, at least 0. */
enum status command_number(const char *command, const char *option, const char *text,
                           long long *number);

/* A percentage of an option, from 0 to 100, as a share of 1. */
enum status command_share(const char *command, const char *option, const char *text, double *share);

/* Where among these, which end in NULL; -1: nowhere. */
int command_find(const char *const *names, const char *name);

/* The same; if nowhere, says that it is an unknown `what`, and what was meant or there is. */
int command_choose(const char *command, const char *what, const char *const *names,
                   const char *name);

/* Of --format. */
enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV, FORMAT_MARKDOWN };
enum status command_format(const char *command, const char *name, enum format *format);

#endif
