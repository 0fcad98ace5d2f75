/* bash: a function that looks at the words of the line. */
#include "completion.h"

/* Readline takes "--format=ta" for three words, but for users who told it otherwise. */
static const char begin[] =
    "# Completions of profinst for bash, printed by 'profinst completion bash'.\n"
    "\n"
    "_profinst_words()\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -P \"$prefix\" -W \"$1\" -- \"$word\")\n"
    "    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace\n"
    "}\n"
    "\n"
    "_profinst_files()\n"
    "{\n"
    "    COMPREPLY=()\n"
    "    compopt -o default\n"
    "}\n"
    "\n"
    "# Profiles and the folders that they may be in; if there are none, any files.\n"
    "_profinst_profiles()\n"
    "{\n"
    "    mapfile -t COMPREPLY < <(compgen -f -X '!*.profinst' -- \"$word\"; compgen -d -- "
    "\"$word\")\n"
    "    compopt -o filenames -o default\n"
    "}\n"
    "\n"
    "_profinst()\n"
    "{\n"
    "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local prefix='' options='' joined=''\n"
    "    COMPREPLY=()\n"
    "    if [[ $word == '=' ]]; then\n"
    "        word='' joined=1\n"
    "    elif [[ $before == '=' ]]; then\n"
    "        before=${COMP_WORDS[COMP_CWORD - 2]} joined=1\n"
    "    elif [[ $word == --*=* ]]; then\n"
    "        before=${word%%=*} prefix=${word%%=*}= word=${word#*=} joined=1\n"
    "    fi\n"
    "    if ((COMP_CWORD == 1)); then\n";

static void write_complete(FILE *stream, struct pool *pool,
                           const struct completion_argument *argument)
{
    switch (argument->kind) {
    case COMPLETE_WORDS:
        fprintf(stream, "_profinst_words %s", completion_quote(pool, argument->words));
        break;
    case COMPLETE_FILE:
        fputs("_profinst_files", stream);
        break;
    case COMPLETE_PROFILE:
        fputs("_profinst_profiles", stream);
        break;
    case COMPLETE_NOTHING:
        break;
    }
}

/* How an option stands in a case: "--output | -o". */
static const char *pattern(struct pool *pool, const struct completion_option *option)
{
    return option->letter ? pool_format(pool, "--%s | -%c", option->name, option->letter)
                          : pool_format(pool, "--%s", option->name);
}

/* What comes behind an option that has an argument. */
static void write_arguments(FILE *stream, struct pool *pool,
                            const struct completion_command *command)
{
    const char *others = ""; /* of whose arguments nothing is known */
    fputs("        case $before in\n", stream);
    for (size_t i = 0; i < command->option_count; i++) {
        const struct completion_option *option = &command->options[i];
        const char *name = pattern(pool, option);
        if (option->optional) { /* in the same word, or not at all */
            fprintf(stream, "        --%s) [[ ! $joined ]] || { ", option->name);
            write_complete(stream, pool, &option->argument);
            fputs("; return; } ;;\n", stream);
        } else if (option->what && option->argument.kind == COMPLETE_NOTHING) {
            others = *others ? pool_format(pool, "%s | %s", others, name) : name;
        } else if (option->what) {
            fprintf(stream, "        %s) ", name);
            write_complete(stream, pool, &option->argument);
            fputs("; return ;;\n", stream);
        }
    }
    if (*others)
        fprintf(stream, "        %s) return ;;\n", others);
    fputs("        esac\n", stream);
}

static void write_command(FILE *stream, struct pool *pool, const struct completion_command *command)
{
    const char *names = "";
    for (size_t i = 0; i < command->option_count; i++)
        names = pool_format(pool, "%s%s--%s%s", names, i ? " " : "", command->options[i].name,
                            command->options[i].what ? "=" : "");
    fprintf(stream, "    %s)\n        options=%s\n", command->name, completion_quote(pool, names));
    write_arguments(stream, pool, command);
    if (command->operands.kind != COMPLETE_NOTHING) {
        fputs("        [[ $word == -* ]] || ", stream);
        write_complete(stream, pool, &command->operands);
        fputc('\n', stream);
    }
    fputs("        ;;\n", stream);
}

void completion_write_bash(FILE *stream, struct completion *completion)
{
    struct pool *pool = &completion->pool;
    fputs(begin, stream);
    fprintf(stream,
            "        _profinst_words %s\n        return\n    fi\n"
            "    case ${COMP_WORDS[1]} in\n",
            completion_quote(pool, pool_format(pool, "%s --help --version", completion->names)));
    for (size_t i = 0; i < completion->count; i++)
        write_command(stream, pool, &completion->commands[i]);
    fputs("    esac\n"
          "    [[ $word != -* ]] || _profinst_words \"$options\"\n"
          "}\n"
          "\n"
          "complete -F _profinst profinst\n",
          stream);
}
