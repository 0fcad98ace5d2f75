/* fish: one line for each option. */
#include <string.h>

#include "completion.h"

/* In single quotes, in which fish has escapes. */
static const char *quote(struct pool *pool, const char *text)
{
    char *result = pool_take(pool, 2 * strlen(text) + 3), *end = result;
    *end++ = '\'';
    for (; *text; text++) {
        if (strchr("'\\", *text))
            *end++ = '\\';
        *end++ = *text;
    }
    memcpy(end, "'", 2);
    return result;
}

static const char *choices(struct pool *pool, const struct completion_argument *argument)
{
    switch (argument->kind) {
    case COMPLETE_WORDS:
        return pool_format(pool, " -a %s", quote(pool, argument->words));
    case COMPLETE_FILE:
        return " -F";
    case COMPLETE_PROFILE:
        return " -k -a '(__fish_complete_suffix .profinst)'";
    case COMPLETE_NOTHING:
        break;
    }
    return "";
}

static void write_option(FILE *stream, struct pool *pool, const char *command,
                         const struct completion_option *option)
{
    const char *letter = option->letter ? (char[]){option->letter, '\0'} : NULL;
    const char *names = letter ? pool_format(pool, "-l %s -s %s", option->name, quote(pool, letter))
                               : pool_format(pool, "-l %s", option->name);
    const char *doc = quote(pool, option->doc), *words = choices(pool, &option->argument);
    const char *argument = option->argument.kind == COMPLETE_FILE ? " -r" : " -x";
    fprintf(stream, "complete -c profinst -n '__profinst_command %s' %s%s%s -d %s\n", command,
            names, option->what && !option->optional ? argument : "",
            option->what && !option->optional ? words : "", doc);
    if (option->optional)
        fprintf(stream,
                "complete -c profinst -n '__profinst_command %s; and __profinst_joined %s' -l %s"
                "%s%s -d %s\n",
                command, option->name, option->name, argument, words, doc);
}

void completion_write_fish(FILE *stream, struct completion *completion)
{
    struct pool *pool = &completion->pool;
    fputs("# Completions of profinst for fish, printed by 'profinst completion fish'.\n"
          "\n"
          "function __profinst_command\n"
          "    set -l words (commandline -opc)\n"
          "    test (count $words) -gt 1; and contains -- $words[2] $argv\n"
          "end\n"
          "\n"
          "# Whether an argument stands behind this option in the same word.\n"
          "function __profinst_joined\n"
          "    string match -q -- \"--$argv[1]=*\" (commandline -ct)\n"
          "end\n"
          "\n"
          "function __profinst_no_command\n"
          "    test (count (commandline -opc)) -eq 1\n"
          "end\n"
          "\n"
          "complete -c profinst -f\n"
          "complete -c profinst -n __profinst_no_command -l help -d 'List the commands'\n"
          "complete -c profinst -n __profinst_no_command -l version -d 'Print the version'\n",
          stream);
    for (size_t i = 0; i < completion->count; i++) {
        const struct completion_command *command = &completion->commands[i];
        fprintf(stream, "\ncomplete -c profinst -n __profinst_no_command -a %s -d %s\n",
                command->name, quote(pool, command->help));
        for (size_t k = 0; k < command->option_count; k++)
            write_option(stream, pool, command->name, &command->options[k]);
        if (command->operands.kind != COMPLETE_NOTHING)
            fprintf(stream, "complete -c profinst -n '__profinst_command %s'%s\n", command->name,
                    choices(pool, &command->operands));
    }
}
