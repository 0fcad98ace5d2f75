/* zsh: a function that hands the options of a command over to _arguments. */
#include <string.h>

#include "completion.h"

/* For a description in brackets, or between colons. */
static const char *escape(struct pool *pool, const char *text)
{
    char *result = pool_take(pool, 2 * strlen(text) + 1), *end = result;
    for (; *text; text++) {
        if (strchr("[]:\\", *text))
            *end++ = '\\';
        *end++ = *text;
    }
    *end = '\0';
    return result;
}

static const char *action(struct pool *pool, const struct completion_argument *argument)
{
    switch (argument->kind) {
    case COMPLETE_WORDS:
        return pool_format(pool, "(%s)", argument->words);
    case COMPLETE_FILE:
        return "_files";
    case COMPLETE_PROFILE:
        return "_files -g \"*.profinst\"";
    case COMPLETE_NOTHING:
        break;
    }
    return "";
}

static void write_option(FILE *stream, struct pool *pool, const struct completion_option *option)
{
    const char *about = pool_format(pool, "[%s]", escape(pool, option->doc));
    if (option->what)
        about = pool_format(pool, "%s:%s%s:%s", about, option->optional ? ":" : "",
                            escape(pool, option->what), action(pool, &option->argument));
    const char *equals = !option->what ? "" : option->optional ? "=-" : "=";
    const char *plus = !option->what ? "" : option->optional ? "-" : "+";
    fputs(" \\\n            ", stream);
    const char *others = option->repeated ? "*" /* whether they are there already or not */
                         : option->letter
                             ? pool_format(pool, "(-%c --%s)", option->letter, option->name)
                             : "";
    if (option->letter)
        fprintf(stream, "'%s'{'-%c%s','--%s%s'}", others, option->letter, plus, option->name,
                equals);
    else
        fprintf(stream, "'%s--%s%s'", others, option->name, equals);
    fputs(completion_quote(pool, about), stream);
}

static void write_command(FILE *stream, struct pool *pool, const struct completion_command *command)
{
    fprintf(stream, "    %s)\n        _arguments -s -S", command->name);
    for (size_t i = 0; i < command->option_count; i++)
        write_option(stream, pool, &command->options[i]);
    if (command->operands.kind != COMPLETE_NOTHING) {
        const char *what = command->operands.kind == COMPLETE_WORDS ? "word" : "profile";
        fprintf(stream, " \\\n            %s",
                completion_quote(
                    pool, pool_format(pool, "*:%s:%s", what, action(pool, &command->operands))));
    }
    fputs("\n        ;;\n", stream);
}

void completion_write_zsh(FILE *stream, struct completion *completion)
{
    struct pool *pool = &completion->pool;
    fputs("#compdef profinst\n"
          "# Completions of profinst for zsh, printed by 'profinst completion zsh'.\n"
          "\n"
          "_profinst()\n"
          "{\n"
          "    local curcontext=$curcontext state line ret=1\n"
          "    local -a commands=(\n",
          stream);
    for (size_t i = 0; i < completion->count; i++)
        fprintf(stream, "        %s\n",
                completion_quote(pool, pool_format(pool, "%s:%s", completion->commands[i].name,
                                                   completion->commands[i].help)));
    fputs("    )\n"
          "    _arguments -C '(- *)'{'-?','--help'}'[List the commands]' \\\n"
          "        '(- *)'{'-V','--version'}'[Print the version]' \\\n"
          "        '1:command:->command' '*::argument:->argument' && ret=0\n"
          "    if [[ $state == command ]]; then\n"
          "        _describe -t commands command commands\n"
          "        return\n"
          "    fi\n"
          "    [[ $state == argument ]] || return ret\n"
          "    curcontext=${curcontext%:*}-$words[1]:\n"
          "    case $words[1] in\n",
          stream);
    for (size_t i = 0; i < completion->count; i++)
        write_command(stream, pool, &completion->commands[i]);
    fputs("    esac\n"
          "}\n"
          "\n"
          "# As a file in fpath it is called, with eval it only defines itself.\n"
          "if [[ $funcstack[1] == _profinst ]]; then\n"
          "    _profinst \"$@\"\n"
          "else\n"
          "    compdef _profinst profinst\n"
          "fi\n",
          stream);
}
