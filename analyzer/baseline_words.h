/* What the words of profinst baseline do. */
#ifndef PROFINST_ANALYZER_BASELINE_WORDS_H
#define PROFINST_ANALYZER_BASELINE_WORDS_H

#include <stdbool.h>

#include "error.h"
#include "style.h"

enum { BASELINE_OPERANDS = 2 };

struct baseline_arguments {
    const char *command; /* for messages: "baseline save" */
    const char *database;
    const char *series, *run; /* NULL: the newest */
    const char *format, *limit;
    const char *output; /* NULL: standard output */
    bool force, history, without_contexts;
    char *operands[BASELINE_OPERANDS];
    int operand_count;
    struct screen screen;
};

enum status baseline_word_save(struct baseline_arguments *arguments);
enum status baseline_word_list(struct baseline_arguments *arguments);
enum status baseline_word_show(struct baseline_arguments *arguments);
enum status baseline_word_remove(struct baseline_arguments *arguments);
enum status baseline_word_export(struct baseline_arguments *arguments);
enum status baseline_word_import(struct baseline_arguments *arguments);

#endif
