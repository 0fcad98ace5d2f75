/* profinst init: a configuration to begin with. */
#include <argp.h>
#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "config.h"
#include "output.h"

enum { KEY_FORCE = 0x100 };

struct arguments {
    const char *output;
    bool force;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = argument;
        return 0;
    case KEY_FORCE:
        arguments->force = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .doc = "Write to FILE (default: " CONFIG_FILE ")"},
    {.name = "force", .key = KEY_FORCE, .doc = "Replace a file that is there"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .args_doc = "",
    .doc = "Write a configuration with all limits and thresholds, each with what it means and the "
           "value that it has unless one sets it.\v" COMMAND_EXIT_CODES,
};

static const char *about(const char *section)
{
    if (strcmp(section, "severity") == 0)
        return "How urgent a function is in reports. Thresholds may be off, too.";
    if (strcmp(section, "advice") == 0)
        return "When a report gives advice: 'profinst report --explain=all' tells what of.";
    return "What 'profinst check' judges, unless rules below say something else.";
}

static const char rules[] =
    "\n"
    "# Rules for some functions, as many as you like; of those that fit, the last counts. "
    "function,\n"
    "# file and module are names or patterns (parse_*, re:^get), and all that are given must fit.\n"
    "# what: calls, edges, contexts, self, cumulative, average, p50, p95, p99, self-share, wall "
    "or\n"
    "# startup. limit: growth (20 %, +5 ms, +100), the most there may be (< 5 ms, <= 1000, <= 30 "
    "%),\n"
    "# or off. severity: fail, warn or note. together = on adds up what fits, and judges the sum.\n"
    "#\n"
    "# [rule parser]\n"
    "# function = parse_*\n"
    "# what = p95\n"
    "# limit = < 5 ms\n"
    "# severity = fail\n"
    "\n"
    "# What is known, and put up with until a day.\n"
    "#\n"
    "# [allow new parser]\n"
    "# function = parse_*\n"
    "# what = calls\n"
    "# until = 2027-01-31\n"
    "# reason = the table comes with the next version\n";

/* As a sentence, in lines that fit a screen. */
static void write_comment(FILE *stream, const char *text)
{
    enum { WIDEST = 96 };
    size_t used = (size_t)fprintf(stream, "# %c", toupper((unsigned char)*text));
    for (text++; *text;) {
        size_t length = strcspn(text + 1, " ") + 1;
        if (*text == ' ' && used + length > WIDEST)
            used = (size_t)fprintf(stream, "\n#");
        used += (size_t)fprintf(stream, "%.*s", (int)length, text);
        text += length;
    }
    fputs(".\n", stream);
}

static void write_entry(FILE *stream, const struct config_entry *entry)
{
    fputc('\n', stream);
    write_comment(stream, entry->meaning);
    fprintf(stream, "%s =%s%s\n", entry->name, *entry->standard ? " " : "", entry->standard);
}

static void write_configuration(FILE *stream)
{
    const char *section = "";
    fputs("# Configuration of profinst: docs/ADVICE.md and docs/GATE.md. Shares need their percent "
          "sign, times\n# their unit: ns, us, ms, s, min, h.\n",
          stream);
    for (int key = 0; key < CONFIG_KEYS; key++) {
        const struct config_entry *entry = config_entry((enum config_key)key);
        if (strcmp(section, entry->section) != 0)
            fprintf(stream, "\n# %s\n[%s]\n", about(entry->section), entry->section);
        section = entry->section;
        write_entry(stream, entry);
    }
    fputs(rules, stream);
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.output = CONFIG_FILE};
    struct output output;
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    if (!arguments.force && access(arguments.output, F_OK) == 0)
        return fail(STATUS_OUTPUT, "cannot write", arguments.output,
                    "it is there already; name another with -o, or give --force to replace it");
    output_begin(&output);
    write_configuration(output.stream);
    return output_end(&output, arguments.output);
}

const struct command command_init = {"init", "profinst init", "Write a configuration to begin with",
                                     &parser, run};
