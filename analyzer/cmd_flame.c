/* profinst flame: the tree of contexts as a flame graph. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "compare.h"
#include "flame.h"
#include "output.h"
#include "source.h"
#include "text.h"

enum { DEFAULT_FRAMES = 10000, DEFAULT_WIDTH = 1200, LEAST_WIDTH = 400, GREATEST_WIDTH = 100000 };
static const double default_min_share = 0.00001;

struct arguments {
    struct source source;
    struct sides sides; /* with `diff` */
    struct flame_options wanted;
    bool diff;
    const char *output, *limit, *min_share, *width, *by, *value, *color, *widths;
};

enum { KEY_DIFF = 0x100, KEY_WIDTHS }; /* options without a letter */

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'o':
        arguments->output = argument;
        return 0;
    case 'i':
        arguments->wanted.icicle = true;
        return 0;
    case 'b':
        arguments->by = argument;
        return 0;
    case 'v':
        arguments->value = argument;
        return 0;
    case 'c':
        arguments->color = argument;
        return 0;
    case 'm':
        arguments->min_share = argument;
        return 0;
    case 'n':
        arguments->limit = argument;
        return 0;
    case 'w':
        arguments->width = argument;
        return 0;
    case 't':
        arguments->wanted.title = argument;
        return 0;
    case KEY_DIFF:
        arguments->diff = true;
        return 0;
    case KEY_WIDTHS:
        arguments->widths = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->source;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "The picture, FILE.svg"},
    {.name = "icicle", .key = 'i', .doc = "Callers stand above what they call"},
    {.name = "diff",
     .key = KEY_DIFF,
     .doc = "What has changed from BEFORE to AFTER, each named as for 'profinst diff': red has "
            "become more, blue less, the darker, the larger the difference is as a share of the "
            "whole; what differs by chance stays grey, and what one side does not have is dashed"},
    {.name = "widths",
     .key = KEY_WIDTHS,
     .arg = "before|after",
     .doc = "With --diff, the side that widths are of: what is new has none before, what is gone "
            "none after (default: after)"},
    {.name = "by",
     .key = 'b',
     .arg = "program|process|thread",
     .doc =
         "What has a frame of its own below all others (default: program, if there are several)"},
    {.name = "value",
     .key = 'v',
     .arg = "time|calls",
     .doc = "What the width of a frame is of (default: time, or calls if there are no times)"},
    {.name = "color",
     .key = 'c',
     .arg = "file|module|name",
     .doc = "What has a colour of its own: the source files or modules with the largest share, or "
            "every name (default: file)"},
    {.name = "min-share",
     .key = 'm',
     .arg = "PERCENT",
     .doc =
         "Leave out frames with a smaller part of the picture's width (default: 0.001, a hundredth "
         "of a pixel: zoomed into a hundredth of the picture, nothing of a pixel is missing)"},
    {.name = "limit",
     .key = 'n',
     .arg = "N",
     .doc = "Frames at most, the widest ones; 0: all (default: 10000)"},
    {.name = "width", .key = 'w', .arg = "PIXELS", .doc = "Of the picture (default: 1200)"},
    {.name = "title", .key = 't', .arg = "TEXT", .doc = "Above it (default: the program's name)"},
    {0},
};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = source_arguments,
    .args_doc = "-o FILE [PROFILE...]\n-o FILE --db FILE\n-o FILE --diff BEFORE AFTER",
    .doc =
        "Draw the chains of callers as a flame graph, an SVG file for browsers that needs nothing "
        "else. A frame is a function called through the frames below it, and as wide as its share "
        "of the time, all it called included. A recursive call is counted in the frame that the "
        "function has already. Pale frames are inlined calls, which have no time but of what "
        "they call; grey ones are not part of the build.\v"
        "In a browser: a click, or Tab and Enter, makes a frame as wide as the picture; the arrow "
        "keys go to callers, callees and neighbours; Esc or 'Reset zoom' goes back. '/' or Ctrl-F "
        "searches names by a regular expression, in which capitals matter if it has some; "
        "'matched' is the share, of what is shown, of the frames found and all that they call. "
        "Frames "
        "that were left out are not found.\n\n" COMMAND_EXIT_CODES,
};

/* Where among these an option's value is; the first if it is not given. -1: none of them. */
static int choose(const char *what, const char *const *names, const char *name)
{
    return name ? command_choose("flame", what, names, name) : 0;
}

static enum status check_choices(struct arguments *arguments)
{
    static const char *const groups[] = {"program", "process", "thread", NULL};
    static const char *const values[] = {"time", "calls", NULL};
    static const char *const sides[] = {"before", "after", NULL};
    static const char *const colors[] = {"file", "module", "name", NULL};
    int group = choose("group", groups, arguments->by);
    int value = choose("value", values, arguments->value);
    int color = choose("color", colors, arguments->color);
    int side = arguments->widths ? choose("side", sides, arguments->widths) : AFTER;
    if (group < 0 || value < 0 || color < 0 || side < 0)
        return STATUS_USAGE;
    arguments->wanted.side = side;
    arguments->wanted.groups = (enum tree_groups)group;
    arguments->wanted.value = (enum flame_value)value;
    arguments->wanted.color = (enum flame_color)color;
    return STATUS_OK;
}

static enum status check_numbers(struct arguments *arguments)
{
    long long limit = DEFAULT_FRAMES, width = DEFAULT_WIDTH;
    enum status status = STATUS_OK;
    if (arguments->limit)
        status = command_number("flame", "--limit", arguments->limit, &limit);
    if (status == STATUS_OK && arguments->width)
        status = command_number("flame", "--width", arguments->width, &width);
    if (status != STATUS_OK)
        return status;
    if (width < LEAST_WIDTH || width > GREATEST_WIDTH)
        return fail(STATUS_USAGE, "flame", NULL, "--width=%s is no width; give %d to %d pixels",
                    arguments->width, LEAST_WIDTH, GREATEST_WIDTH);
    arguments->wanted.limit = limit;
    arguments->wanted.width = (int)width;
    arguments->wanted.min_share = default_min_share;
    return arguments->min_share ? command_share("flame", "--min-share", arguments->min_share,
                                                &arguments->wanted.min_share)
                                : STATUS_OK;
}

/* What there is to say of one side only, or of two. */
static enum status check_diff(struct arguments *arguments)
{
    if (!arguments->diff)
        return arguments->widths ? fail(STATUS_USAGE, "flame", NULL,
                                        "--widths chooses one of two sides; name them with --diff")
                                 : STATUS_OK;
    if (arguments->by || arguments->color)
        return fail(STATUS_USAGE, "flame", NULL, "--%s does not go together with --diff, %s",
                    arguments->by ? "by" : "color",
                    arguments->by ? "which compares all of a side"
                                  : "where colours tell what has changed");
    enum status status = sides_from_source(&arguments->sides, &arguments->source);
    arguments->sides.contexts = true;
    return status;
}

static enum status check(struct arguments *arguments)
{
    if (!arguments->output)
        return fail(STATUS_USAGE, "flame", NULL, "no output given; name a picture with -o");
    const char *dot = strrchr(text_base_name(arguments->output), '.');
    if (!dot || strcmp(dot, ".svg") != 0)
        return fail(STATUS_USAGE, "flame", arguments->output,
                    "its ending names no format; use .svg");
    enum status status = check_choices(arguments);
    if (status == STATUS_OK)
        status = check_numbers(arguments);
    if (status == STATUS_OK)
        status = check_diff(arguments);
    return status == STATUS_OK ? source_check_output(&arguments->source, arguments->output)
                               : status;
}

static enum status write(const struct arguments *arguments, struct flame *flame)
{
    struct output output;
    output_begin(&output);
    flame_write(output.stream, flame);
    return output_end(&output, arguments->output);
}

static enum status draw_one(struct arguments *arguments)
{
    struct database database;
    struct flame flame;
    enum status status = source_open(&arguments->source, &database);
    if (status != STATUS_OK)
        return status;
    status = flame_query(&flame, &database, &arguments->wanted);
    if (status == STATUS_OK)
        status = write(arguments, &flame);
    flame_free(&flame);
    source_close(&arguments->source, &database);
    return status;
}

static enum status draw_two(struct arguments *arguments)
{
    struct database database;
    struct comparison comparison;
    enum status status = sides_open(&arguments->sides, &database);
    if (status != STATUS_OK)
        return status;
    status = compare(&database, &arguments->sides, &comparison);
    if (status == STATUS_OK) {
        struct flame flame;
        flame_compare(&flame, &comparison, &arguments->wanted);
        status = write(arguments, &flame);
        flame_free(&flame);
    }
    compare_free(&comparison);
    sides_close(&arguments->sides, &database);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.source = {.command = "flame", .contexts = true}};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum status status = check(&arguments);
    if (status != STATUS_OK)
        return status;
    return arguments.diff ? draw_two(&arguments) : draw_one(&arguments);
}

const struct command command_flame = {"flame", "profinst flame", "Draw the chains of callers",
                                      &parser, run};
