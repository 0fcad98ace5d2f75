#include "baseline_words.h"

#include <string.h>
#include <unistd.h>

#include "baseline.h"
#include "command.h"
#include "output.h"
#include "pager.h"
#include "series_find.h"
#include "source.h"
#include "text.h"
#include "transfer.h"

enum { DEFAULT_FUNCTIONS = 10 };

/* One file is not written over another that is read. */
static enum status check_output(const struct baseline_arguments *arguments)
{
    struct source source = {.command = arguments->command, .database = arguments->database};
    return source_check_output(&source, arguments->output);
}

/* For changes of what is there. */
static enum status begin(const struct baseline_arguments *arguments, struct database *database)
{
    if (access(arguments->database, F_OK) != 0) /* says so, in the words of those that read */
        return database_open(database, arguments->database);
    return database_begin(database, arguments->database);
}

/* Commits and tells what was done, or takes it back. */
static enum status end(struct database *database, enum status status, struct pool *pool,
                       const char *text)
{
    if (status == STATUS_OK)
        status = database_commit(database);
    if (status == STATUS_OK)
        database_close(database);
    else
        database_abandon(database);
    if (status == STATUS_OK)
        status = output_write(NULL, text, strlen(text));
    pool_free(pool);
    return status;
}

/* Gives the series its name; *text says what that did. */
static enum status give_name(const struct baseline_arguments *arguments, struct database *database,
                             const char *name, int64_t series, struct pool *pool, const char **text)
{
    static const char *const outcomes[] = {
        [BASELINE_NEW] = "",
        [BASELINE_REPLACED] = "; the former one is kept, see 'profinst baseline list --history'",
        [BASELINE_ALREADY] = "; it was that before"};
    enum baseline_outcome outcome;
    const char *description;
    enum status status =
        baseline_name(database, arguments->command, name, series, arguments->force, &outcome);
    if (status == STATUS_OK)
        status = baseline_describe(database, pool, series, &description);
    if (status == STATUS_OK)
        *text = pool_format(pool, "baseline '%s': %s%s\n", name, description, outcomes[outcome]);
    return status;
}

static enum status find_series(const struct baseline_arguments *arguments,
                               struct database *database, int64_t *series)
{
    long long run = 0;
    *series = 0;
    enum status status = STATUS_OK;
    if (arguments->run) {
        status = command_number(arguments->command, "--run", arguments->run, &run);
        if (status == STATUS_OK && run == 0)
            status = fail(STATUS_USAGE, arguments->command, NULL,
                          "--run=0 is no run; the view 'runs' numbers them from 1");
    } else if (arguments->series) {
        status = series_find_named(database, arguments->command, arguments->series, series);
    } else {
        status = series_find(database, NULL, series);
    }
    if (status != STATUS_OK || *series != 0)
        return status;
    return baseline_series_of_run(database, arguments->command, run, series);
}

enum status baseline_word_save(struct baseline_arguments *arguments)
{
    struct database database;
    struct pool pool = {0};
    int64_t series;
    const char *text = NULL, *name = arguments->operands[0];
    if (arguments->series && arguments->run)
        return fail(STATUS_USAGE, arguments->command, NULL, "give one of --series and --run");
    enum status status = baseline_check_name(arguments->command, name);
    if (status == STATUS_OK)
        status = begin(arguments, &database);
    if (status != STATUS_OK)
        return status;
    status = find_series(arguments, &database, &series);
    if (status == STATUS_OK)
        status = baseline_check_series(&database, arguments->command, series);
    if (status == STATUS_OK)
        status = give_name(arguments, &database, name, series, &pool, &text);
    return end(&database, status, &pool, text);
}

enum status baseline_word_remove(struct baseline_arguments *arguments)
{
    struct database database;
    struct pool pool = {0};
    int64_t count;
    const char *name = arguments->operands[0], *text = NULL;
    enum status status = begin(arguments, &database);
    if (status != STATUS_OK)
        return status;
    status = baseline_remove(&database, arguments->command, name, arguments->history, &count);
    if (status == STATUS_OK)
        text = count == 1 ? pool_format(&pool, "baseline '%s' removed; its series stays\n", name)
                          : pool_format(&pool,
                                        "baseline '%s' removed, %lld in all; their series "
                                        "stay\n",
                                        name, (long long)count);
    return end(&database, status, &pool, text);
}

enum status baseline_word_import(struct baseline_arguments *arguments)
{
    struct database database;
    struct pool pool = {0};
    int64_t series;
    const char *text = NULL, *name = NULL;
    enum status status = STATUS_OK;
    if (arguments->operand_count > 1)
        status = baseline_check_name(arguments->command, arguments->operands[1]);
    if (status == STATUS_OK)
        status = database_begin(&database, arguments->database);
    if (status != STATUS_OK)
        return status;
    status = transfer_read(&database, arguments->operands[0], &series, &pool, &name);
    if (arguments->operand_count > 1)
        name = arguments->operands[1];
    else if (status == STATUS_OK)
        status = baseline_check_name(arguments->command, name);
    if (status == STATUS_OK)
        status = give_name(arguments, &database, name, series, &pool, &text);
    return end(&database, status, &pool, text);
}

static bool ends_in(const char *text, const char *ending)
{
    size_t length = strlen(text), size = strlen(ending);
    return length >= size && strcmp(text + length - size, ending) == 0;
}

enum status baseline_word_export(struct baseline_arguments *arguments)
{
    struct database database;
    struct output output;
    int64_t series;
    const char *name = arguments->operands[0];
    enum status status = check_output(arguments);
    if (status == STATUS_OK)
        status = database_open(&database, arguments->database);
    if (status != STATUS_OK)
        return status;
    const struct transfer_options options = {.contexts = !arguments->without_contexts,
                                             .compressed = arguments->output &&
                                                           ends_in(arguments->output, ".gz")};
    output_begin(&output);
    status = baseline_find(&database, arguments->command, name, &series);
    if (status == STATUS_OK)
        status = transfer_write(&database, series, name, options, output.stream);
    database_close(&database);
    if (status == STATUS_OK)
        return output_end(&output, arguments->output);
    output_abandon(&output);
    return status;
}

/* `rows`: the view that CSV holds. */
static enum status show_views(struct baseline_arguments *arguments, struct view *views,
                              size_t count, enum format format, size_t rows)
{
    struct output output;
    output_begin(&output);
    if (format == FORMAT_CSV) {
        views += rows;
        count = 1;
    }
    json_t *root = format == FORMAT_JSON && count > 1 ? json_object() : NULL;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && format == FORMAT_TABLE)
            fputc('\n', output.stream);
        if (root)
            json_put(root, views[i].name, view_json(&views[i]));
        else
            view_write(output.stream, &views[i], format, &arguments->screen);
    }
    if (root)
        json_write(output.stream, root);
    json_decref(root);
    return pager_end(&output, arguments->output, &arguments->screen);
}

/* What list and show have in common. */
static enum status open_for_show(struct baseline_arguments *arguments, struct database *database,
                                 enum format *format)
{
    enum status status = command_format(arguments->command, arguments->format, format);
    if (status == STATUS_OK)
        status = check_output(arguments);
    if (status == STATUS_OK)
        status = screen_open(&arguments->screen, arguments->command, arguments->output);
    return status == STATUS_OK ? database_open(database, arguments->database) : status;
}

enum status baseline_word_list(struct baseline_arguments *arguments)
{
    struct database database;
    enum format format;
    struct view view = {0};
    enum status status = open_for_show(arguments, &database, &format);
    if (status != STATUS_OK)
        return status;
    status = baseline_list(&database, arguments->history, &view);
    database_close(&database);
    if (status == STATUS_OK)
        status = show_views(arguments, &view, 1, format, 0);
    view_free(&view);
    return status;
}

enum status baseline_word_show(struct baseline_arguments *arguments)
{
    struct database database;
    enum format format;
    struct view views[BASELINE_VIEWS] = {0};
    int64_t series;
    long long limit = DEFAULT_FUNCTIONS;
    enum status status = STATUS_OK;
    if (arguments->limit)
        status = command_number(arguments->command, "--limit", arguments->limit, &limit);
    if (status == STATUS_OK)
        status = open_for_show(arguments, &database, &format);
    if (status != STATUS_OK)
        return status;
    status = baseline_find(&database, arguments->command, arguments->operands[0], &series);
    if (status == STATUS_OK)
        status = baseline_show(&database, series, limit, views);
    database_close(&database);
    if (status == STATUS_OK)
        status = show_views(arguments, views, BASELINE_VIEWS, format, BASELINE_RUNS);
    for (int i = 0; i < BASELINE_VIEWS; i++)
        view_free(&views[i]);
    return status;
}
