#define _GNU_SOURCE
#include "style.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command.h"

enum { OPTION_COLOR = 256, OPTION_NO_PAGER };
enum { USUAL_WIDTH = 80, LONGEST_LINE = 10000 };

/* The sixteen colours that every terminal has, of which yellow and cyan are hard to read on white,
 * blue on black; dim text is only somewhat so, or plain where a terminal does not know it. */
static const char *const escapes[STYLES] = {
    [STYLE_HEADING] = "\x1B[1m", [STYLE_MUTED] = "\x1B[2m",       [STYLE_PATH] = "\x1B[2m",
    [STYLE_HOT] = "\x1B[1;31m",  [STYLE_WARM] = "\x1B[35m",       [STYLE_WORSE] = "\x1B[31m",
    [STYLE_BETTER] = "\x1B[32m", [STYLE_LOW] = "\x1B[2m",         [STYLE_MEDIUM] = "",
    [STYLE_HIGH] = "\x1B[35m",   [STYLE_CRITICAL] = "\x1B[1;31m",
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct screen *screen = state->input;
    switch (key) {
    case OPTION_COLOR:
        screen->color = argument ? argument : "always";
        return 0;
    case OPTION_NO_PAGER:
        screen->no_pager = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "color",
     .key = OPTION_COLOR,
     .arg = "auto|always|never",
     .flags = OPTION_ARG_OPTIONAL,
     .doc = "Colours (default: auto, on a terminal only, and not if NO_COLOR is set)"},
    {.name = "no-pager",
     .key = OPTION_NO_PAGER,
     .doc = "Do not show long output through $PROFINST_PAGER, $PAGER or less"},
    {0},
};

const struct argp style_parser = {.options = options, .parser = parse};

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

static bool is_dumb(void)
{
    const char *terminal = getenv("TERM");
    return !terminal || strcmp(terminal, "dumb") == 0;
}

static void measure(struct screen *screen)
{
    struct winsize window = {0};
    ioctl(STDOUT_FILENO, TIOCGWINSZ, &window);
    const char *columns = getenv("COLUMNS");
    long wanted = columns ? strtol(columns, NULL, 10) : 0;
    screen->height = window.ws_row;
    screen->width = wanted > 0 && wanted < LONGEST_LINE ? (size_t)wanted
                    : window.ws_col > 0                 ? window.ws_col
                                                        : USUAL_WIDTH;
}

enum status screen_open(struct screen *screen, const char *command, const char *output)
{
    static const char *const choices[] = {"auto", "always", "never", NULL};
    int choice = screen->color ? command_choose(command, "--color", choices, screen->color) : 0;
    if (choice < 0)
        return STATUS_USAGE;
    bool terminal = !output && isatty(STDOUT_FILENO);
    if (terminal)
        measure(screen);
    screen->colors = choice == 1 || (choice == 0 && terminal && !is_set("NO_COLOR") && !is_dumb());
    screen->pager = terminal && !screen->no_pager && !is_dumb();
    return STATUS_OK;
}

const char *style_begin(const struct screen *screen, enum style style)
{
    return screen->colors && escapes[style] ? escapes[style] : "";
}

const char *style_end(const struct screen *screen, enum style style)
{
    return *style_begin(screen, style) ? "\x1B[m" : "";
}

void style_write(FILE *stream, const struct screen *screen, enum style style, const char *text)
{
    if (*text)
        fprintf(stream, "%s%s%s", style_begin(screen, style), text, style_end(screen, style));
}

enum style style_of_share(double share)
{
    static const double hot = 0.2, warm = 0.05;
    return share >= hot ? STYLE_HOT : share >= warm ? STYLE_WARM : STYLE_PLAIN;
}
