/* Completion scripts of shells, made of what argp knows of the commands: options, what their
 * arguments are called, and what they do. An argument a|b|c is one of these words. */
#ifndef PROFINST_ANALYZER_COMPLETION_H
#define PROFINST_ANALYZER_COMPLETION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "command.h"
#include "memory.h"

enum completion_kind { COMPLETE_NOTHING, COMPLETE_WORDS, COMPLETE_FILE, COMPLETE_PROFILE };

struct completion_argument {
    enum completion_kind kind;
    const char *words; /* with spaces between */
};

struct completion_option {
    const char *name;
    char letter;      /* 0: none */
    const char *what; /* its argument's name; NULL: it has none */
    bool optional;    /* the argument, which then stands in the same word */
    bool repeated;    /* it may be given several times */
    struct completion_argument argument;
    const char *doc; /* the beginning of what --help tells of it */
};

/* Strings belong to the pool or to the command. */
struct completion_command {
    const char *name;
    const char *help;
    struct completion_option *options;
    size_t option_count;
    struct completion_argument operands; /* what is no option */
};

struct completion {
    struct pool pool;
    struct completion_command *commands; /* with help, as the last one */
    size_t count;
    const char *names; /* of the commands, with spaces between */
};

struct completion completion_make(void);
void completion_free(struct completion *completion);

/* In single quotes, with which quotes in the text end and begin again. */
const char *completion_quote(struct pool *pool, const char *text);

void completion_write_bash(FILE *stream, struct completion *completion);
void completion_write_zsh(FILE *stream, struct completion *completion);
void completion_write_fish(FILE *stream, struct completion *completion);

#endif
