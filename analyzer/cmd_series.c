/* profinst series: which series a database has, and the figures of one. */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "pager.h"
#include "series_figures.h"
#include "series_find.h"
#include "source.h"
#include "text.h"
#include "view.h"

struct arguments {
    const char *database, *format, *output;
    const char *series; /* id or name; NULL: list all */
    struct screen screen;
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct arguments *arguments = state->input;
    switch (key) {
    case 'd':
        arguments->database = argument;
        return 0;
    case 'f':
        arguments->format = argument;
        return 0;
    case 'o':
        arguments->output = argument;
        return 0;
    case ARGP_KEY_ARG:
        if (arguments->series)
            return ARGP_ERR_UNKNOWN;
        arguments->series = argument;
        return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &arguments->screen;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {.name = "db", .key = 'd', .arg = "FILE", .doc = "The database (default: profinst.db)"},
    {.name = "format",
     .key = 'f',
     .arg = "table|json|csv|markdown",
     .doc = "What to write (default: table); of one series a table or JSON"},
    {.name = "output", .key = 'o', .arg = "FILE", .doc = "Write to FILE"},
    {0},
};

static const struct argp_child children[] = {{.argp = &style_parser}, {0}};

static const struct argp parser = {
    .options = options,
    .parser = parse,
    .children = children,
    .args_doc = "[SERIES]",
    .doc = "List the series that 'profinst run' has made, the newest first; or tell the figures of "
           "one, by its number or its name, of which the newest is meant.\v" COMMAND_EXIT_CODES,
};

static const struct view_column columns[] = {
    {"id", "series", NULL, VIEW_ID, NULL},
    {"name", "name", NULL, VIEW_TEXT, NULL},
    {"started", "started", NULL, VIEW_TEXT, NULL},
    {"runs", "runs", NULL, VIEW_COUNT, NULL},
    {"failed", "failed", NULL, VIEW_COUNT, NULL},
    {"mean_wall_ns", "mean wall", NULL, VIEW_TIME, NULL},
    {"commit", "commit", NULL, VIEW_TEXT, NULL},
    {"tags", "tags", NULL, VIEW_TEXT, NULL},
    {"program", "program", NULL, VIEW_TEXT, NULL},
};

static const char list_sql[] =
    "SELECT id, name, strftime('%Y-%m-%d %H:%M:%S', started_unix_ns / 1000000000, 'unixepoch'),"
    " (SELECT count(*) FROM series_run WHERE series_id = series.id),"
    " (SELECT nullif(count(*), 0) FROM series_run WHERE series_id = series.id"
    "   AND (signal IS NOT NULL OR exit_code <> 0)),"
    " " SERIES_MEAN_WALL_NS ","
    " (SELECT substr(value, 1, 12) || iif((SELECT value FROM series_fact AS dirty"
    "   WHERE dirty.series_id = series.id AND dirty.name = 'git.dirty') = '1', '-dirty', '')"
    "  FROM series_fact WHERE series_id = series.id AND name = 'git.commit'),"
    " (SELECT group_concat(substr(name, 5) || '=' || value, ' ') FROM (SELECT name, value"
    "   FROM series_fact WHERE series_id = series.id AND name LIKE 'tag.%' ORDER BY name)),"
    " program FROM series ORDER BY started_unix_ns DESC, id DESC";

static enum status list(struct arguments *arguments, struct database *database, enum format format)
{
    struct view view = {.name = "series",
                        .title = "Series",
                        .columns = columns,
                        .column_count = sizeof columns / sizeof *columns,
                        .has_times = true};
    enum status status = view_query(&view, database, list_sql, 0);
    if (status == STATUS_OK) {
        struct output output;
        output_begin(&output);
        view_write(output.stream, &view, format, &arguments->screen);
        status = pager_end(&output, arguments->output, &arguments->screen);
    }
    view_free(&view);
    return status;
}

static enum status show(struct arguments *arguments, struct database *database, enum format format)
{
    int64_t id;
    struct series_figures figures;
    if (format == FORMAT_CSV || format == FORMAT_MARKDOWN)
        return fail(STATUS_USAGE, "series", NULL,
                    "one series is told as a table or as JSON; give --format=json, or no SERIES");
    enum status status = series_find_named(database, "series", arguments->series, &id);
    if (status != STATUS_OK)
        return status;
    status = series_figures_query(&figures, database, id);
    if (status == STATUS_OK) {
        struct output output;
        output_begin(&output);
        if (format == FORMAT_JSON)
            series_figures_write_json(output.stream, &figures);
        else
            series_figures_write_table(output.stream, &figures, &arguments->screen, NULL);
        status = pager_end(&output, arguments->output, &arguments->screen);
    }
    series_figures_free(&figures);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct arguments arguments = {.database = "profinst.db", .format = "table"};
    argp_parse(&parser, argc, argv, 0, NULL, &arguments);
    enum format format;
    struct database database;
    enum status status = command_format("series", arguments.format, &format);
    struct source source = {.command = "series", .database = arguments.database};
    if (status == STATUS_OK)
        status = source_check_output(&source, arguments.output);
    if (status == STATUS_OK)
        status = screen_open(&arguments.screen, "series", arguments.output);
    if (status == STATUS_OK)
        status = database_open(&database, arguments.database);
    if (status != STATUS_OK)
        return status;
    status = arguments.series ? show(&arguments, &database, format)
                              : list(&arguments, &database, format);
    database_close(&database);
    return status;
}

const struct command command_series = {
    "series", "profinst series", "List series of runs, or tell the figures of one", &parser, run};
