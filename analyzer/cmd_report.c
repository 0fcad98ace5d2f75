/* profinst report: where the time goes, as text. */
#include <stdlib.h>

#include "config.h"
#include "json.h"
#include "output.h"
#include "pager.h"
#include "report_arguments.h"
#include "text.h"

/* A report of each program; in JSON, all of them are one value. */
struct writer {
    const struct report_arguments *arguments;
    struct database *database;
    FILE *stream;
    json_t *reports; /* of several programs; NULL: there is one */
    size_t written;
};

static void write_report(struct writer *writer, struct report *report)
{
    switch (writer->arguments->format) {
    case FORMAT_JSON:
        if (writer->reports)
            json_add(writer->reports, report_json(report));
        else
            report_write_json(writer->stream, report);
        break;
    case FORMAT_CSV:
        report_write_csv(writer->stream, report);
        break;
    case FORMAT_MARKDOWN:
        report_write_markdown(writer->stream, report);
        break;
    case FORMAT_TABLE:
        report_write_table(writer->stream, report, &writer->arguments->screen);
        break;
    }
}

static void write_view(struct writer *writer, struct view *view)
{
    if (writer->reports)
        json_add(writer->reports, view_json(view));
    else
        view_write(writer->stream, view, writer->arguments->format, &writer->arguments->screen);
}

static enum status query_advice(struct writer *writer, struct report *report,
                                struct advice_list *advice)
{
    const struct report_options *options = &writer->arguments->options;
    report->advice = advice;
    enum status status = advice_query(advice, writer->database, options->config);
    return status == STATUS_OK && options->filtered ? advice_keep_shown(advice, writer->database)
                                                    : status;
}

/* Of what the database shows at the moment. */
static enum status report_on(struct writer *writer)
{
    const struct report_arguments *arguments = writer->arguments;
    bool whole = arguments->view.kind == VIEW_FUNCTIONS;
    struct report_options options = arguments->options;
    options.totals_only = !whole;
    struct report report;
    struct advice_list advice = {0};
    enum status status = report_query(&report, writer->database, &options);
    if (status == STATUS_OK && whole && !arguments->no_advice && arguments->format != FORMAT_CSV)
        status = query_advice(writer, &report, &advice);
    if (status == STATUS_OK && writer->written++ > 0 && !writer->reports)
        fputc('\n', writer->stream);
    if (status == STATUS_OK && whole)
        write_report(writer, &report);
    if (status == STATUS_OK && !whole) {
        struct view view;
        status = report_view_query(&view, writer->database, &report, &arguments->view);
        if (status == STATUS_OK)
            write_view(writer, &view);
        view_free(&view);
    }
    advice_free(&advice);
    report_free(&report);
    return status;
}

/* Whether there is anything to show of what the database shows. */
static enum status has_rows(struct writer *writer, bool *found)
{
    const struct report_arguments *arguments = writer->arguments;
    sqlite3_stmt *row;
    bool empty = false;
    *found = true;
    enum status status = report_view_is_empty(writer->database, &arguments->view, &empty);
    if (status == STATUS_OK && !empty && arguments->options.filtered) {
        status = database_prepare(writer->database, "SELECT 1 FROM temp.shown_functions", &row);
        if (status == STATUS_OK)
            status = database_step(writer->database, row, found);
        sqlite3_finalize(row);
    }
    *found &= !empty;
    return status;
}

static enum status report_on_each(struct writer *writer, const struct source_programs *programs)
{
    const struct report_arguments *arguments = writer->arguments;
    if (arguments->format == FORMAT_CSV)
        return fail(STATUS_USAGE, "report", NULL,
                    "csv holds one kind of rows, and these profiles are of %zu programs; choose "
                    "one with --program=%s",
                    programs->count, text_base_name(programs->paths[0]));
    writer->reports = arguments->format == FORMAT_JSON ? json_array() : NULL;
    bool any, found = true; /* where none has rows, all are told */
    enum status status = has_rows(writer, &any);
    for (size_t i = 0; status == STATUS_OK && i < programs->count; i++) {
        status = source_show_program(&arguments->source, writer->database, programs->paths[i]);
        if (status == STATUS_OK && any)
            status = has_rows(writer, &found);
        if (status == STATUS_OK && found)
            status = report_on(writer);
    }
    if (status == STATUS_OK && writer->reports)
        json_write(writer->stream, writer->reports);
    json_decref(writer->reports);
    return status;
}

static enum status report_on_all(struct report_arguments *arguments, struct database *database)
{
    struct output output;
    struct source_programs programs;
    enum status status = row_filter_apply(database, "report", &arguments->filter);
    if (status == STATUS_OK)
        status = report_view_prepare(database, &arguments->view);
    if (status == STATUS_OK)
        status = source_find_programs(&arguments->source, database, &programs);
    if (status != STATUS_OK)
        return status;
    output_begin(&output);
    struct writer writer = {.arguments = arguments, .database = database, .stream = output.stream};
    status = programs.count < 2 ? report_on(&writer) : report_on_each(&writer, &programs);
    free(programs.paths);
    if (status == STATUS_OK)
        return pager_end(&output, arguments->output, &arguments->screen);
    output_abandon(&output);
    return status;
}

static enum status explain(const struct report_arguments *arguments)
{
    struct output output;
    output_begin(&output);
    enum status status =
        advice_explain(output.stream, arguments->explain, arguments->options.config);
    if (status == STATUS_OK)
        return pager_end(&output, arguments->output, &arguments->screen);
    output_abandon(&output);
    return status;
}

static enum status report(struct report_arguments *arguments)
{
    struct database database;
    enum status status = screen_open(&arguments->screen, "report", arguments->output);
    if (status == STATUS_OK && arguments->explain)
        return explain(arguments);
    if (status == STATUS_OK)
        status = source_check_output(&arguments->source, arguments->output);
    if (status == STATUS_OK)
        status = source_open(&arguments->source, &database);
    if (status != STATUS_OK)
        return status;
    status = report_on_all(arguments, &database);
    source_close(&arguments->source, &database);
    return status;
}

static enum status run(int argc, char **argv)
{
    struct config config;
    struct report_arguments arguments = {.source.command = "report", .options.config = &config};
    enum status status = report_parse(&arguments, argc, argv);
    if (status == STATUS_OK)
        status = config_read(&config, arguments.config);
    if (status != STATUS_OK)
        return status;
    status = report(&arguments);
    config_free(&config);
    return status;
}

const struct command command_report = {"report", "profinst report", "Report where the time goes",
                                       &report_parser, run};
