/* The profinst command: finds the subcommand and runs it. */
#include <argp.h>
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "nearest.h"
#include "output.h"

static enum status print_help(void)
{
    struct output output;
    output_begin(&output);
    fputs("Usage: profinst COMMAND [OPTION...] [FILE...]\n"
          "Look into the profiles that programs instrumented by profinst leave behind.\n\n"
          "Commands:\n",
          output.stream);
    for (size_t i = 0; commands[i]; i++)
        fprintf(output.stream, "  %-15s %s\n", commands[i]->name, commands[i]->help);
    fputs("  help            Explain a command: profinst help COMMAND\n\n"
          "  --help          Print this and exit\n"
          "  --version       Print the version and exit\n\n"
          "Exit codes:\n"
          "  0  done; also if who reads a pipe has closed it, like head\n"
          "  2  wrong usage\n"
          "  3  a profile, database or configuration cannot be read or is not valid\n"
          "  4  output cannot be written\n"
          "  5  out of memory or internal error\n",
          output.stream);
    return output_end(&output, NULL);
}

static enum status print_version(void)
{
    static const char text[] = "profinst " PROFINST_VERSION "\n";
    return output_write(NULL, text, sizeof text - 1);
}

static enum status unknown_command(const char *name)
{
    const char *names[32] = {0}; /* more than there are */
    for (size_t i = 0; commands[i] && i + 1 < sizeof names / sizeof *names; i++)
        names[i] = commands[i]->name;
    const char *nearest = nearest_of(name, names);
    if (nearest)
        return fail(STATUS_USAGE, "unknown command", name, "did you mean '%s'?", nearest);
    return fail(STATUS_USAGE, "unknown command", name, "see 'profinst --help' for those there are");
}

static enum status run(const char *name, int argc, char **argv)
{
    for (size_t i = 0; commands[i]; i++) {
        if (strcmp(commands[i]->name, name) != 0)
            continue;
        argv[0] = (char *)commands[i]->title;
        return commands[i]->run(argc, argv);
    }
    return unknown_command(name);
}

static enum status help_command(const char *name)
{
    char *argv[] = {NULL, (char *)"--help", NULL};
    return run(name, 2, argv);
}

/* argp prints its help, and exits, without a look at whether that worked. */
static void check_output(void)
{
    if (fflush(stdout) != 0 && errno != EPIPE)
        _exit((int)output_failed("standard output", errno));
}

int main(int argc, char **argv)
{
    atexit(check_output);
    command_pipe_ignored = signal(SIGPIPE, SIG_IGN) ==
                           SIG_IGN; /* who closes a pipe early, like head, has read enough */
    setlocale(LC_CTYPE, "C.UTF-8"); /* wcwidth needs to know that we write UTF-8 */
    argp_program_version = "profinst " PROFINST_VERSION;
    argp_err_exit_status = STATUS_USAGE;

    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name)
        return (int)fail(STATUS_USAGE, "profinst", NULL,
                         "no command given; see 'profinst --help' for those there are");
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0)
        return (int)print_version();
    if (strcmp(name, "--help") == 0 || strcmp(name, "-?") == 0 || strcmp(name, "-h") == 0)
        return (int)print_help();
    if (strcmp(name, "help") == 0)
        return (int)(argc > 2 ? help_command(argv[2]) : print_help());
    return (int)run(name, argc - 1, argv + 1);
}
