/* profinst completion: what a shell needs to complete command lines. */
#include <argp.h>

#include "command.h"
#include "completion.h"
#include "output.h"

struct arguments {
    const char *shell;
    const char *output; /* NULL: standard output */
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->shell)
            return ARGP_ERR_UNKNOWN;
        arguments->shell = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .args_doc = "bash|zsh|fish",
    .doc =
        "Print a script that makes a shell complete commands, options and their arguments. Where "
        "profinst is installed the shell finds it by itself; otherwise put this into its start-up "
        "file:\v"
        "  bash  source <(profinst completion bash)\n"
        "  zsh   source <(profinst completion zsh)\n"
        "  fish  profinst completion fish | source\n\n" COMMAND_EXIT_CODES,
};

static enum status run(int argc, char **argv)
{
    static const char *const shells[] = {"bash", "zsh", "fish", NULL};
    static void (*const writers[])(FILE *, struct completion *) = {
        completion_write_bash, completion_write_zsh, completion_write_fish};
    struct arguments arguments = {0};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    if (!arguments.shell)
        return fail(STATUS_USAGE, "completion", NULL, "no shell given; use bash, zsh or fish");
    int shell = command_choose("completion", "shell", shells, arguments.shell);
    if (shell < 0)
        return STATUS_USAGE;
    struct completion completion = completion_make();
    struct output output;
    output_begin(&output);
    writers[shell](output.stream, &completion);
    completion_free(&completion);
    return output_end(&output, arguments.output);
}

const struct command command_completion = {"completion", "profinst completion",
                                           "Make a shell complete command lines", &parser, run};
