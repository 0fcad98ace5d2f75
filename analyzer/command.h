/* The commands. To add one: write cmd_NAME.c, declare it here, put it into the table in main.c and
 * its file into CMakeLists.txt, and test it. */
#ifndef PROFINST_ANALYZER_COMMAND_H
#define PROFINST_ANALYZER_COMMAND_H

#include "error.h"

enum status command_load(int argc, char **argv);
enum status command_report(int argc, char **argv);
enum status command_graph(int argc, char **argv);
enum status command_dump(int argc, char **argv);
enum status command_selection(int argc, char **argv);
enum status command_suggest_filter(int argc, char **argv);

/* Ends the --help of every command. */
#define COMMAND_EXIT_CODES                                                                         \
    "Exit codes: 0 done; 2 wrong usage; 3 a profile or database cannot be read "                   \
    "or is not valid; 4 output cannot be written; 5 out of memory or internal error."

/* A whole number of an option, at least 0. */
enum status command_number(const char *command, const char *option, const char *text,
                           long long *number);

/* Where among these, which end in NULL; -1: nowhere. */
int command_find(const char *const *names, const char *name);

/* Of --format. */
enum format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV, FORMAT_MARKDOWN };
enum status command_format(const char *command, const char *name, enum format *format);

#endif
