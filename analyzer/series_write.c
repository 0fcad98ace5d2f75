/* The figures of a series, for people and for programs. */
#include <math.h>

#include "grid.h"
#include "json.h"
#include "series_figures.h"
#include "text.h"

enum { MOST_NAMED = 10 }; /* runs of a list */

static const struct {
    const char *key, *name;
} quantities[SERIES_QUANTITIES] = {
    {"wall_ns", "wall time"},
    {"user_ns", "user time"},
    {"system_ns", "system time"},
    {"peak_bytes", "peak memory"},
};

/* ---- for people ---------------------------------------------------------------------------- */

static int64_t whole(double value)
{
    return value >= 9e18 ? INT64_MAX : value <= -9e18 ? INT64_MIN : (int64_t)llround(value);
}

static const char *amount(struct pool *pool, enum series_quantity quantity, double value)
{
    if (isnan(value))
        return "-";
    if (quantity == SERIES_PEAK)
        return pool_format(pool, "%.1f MB", value / 1e6);
    return value < 0 ? pool_format(pool, "-%s", text_duration(pool, whole(-value)))
                     : text_duration(pool, whole(value));
}

static const char *words_of(struct pool *pool, const char *arguments)
{
    json_t *list = json_loads(arguments, 0, NULL);
    const char *words = "";
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        words =
            pool_format(pool, "%s%s%s", words, i ? " " : "", word ? text_shell(pool, word) : "?");
    }
    json_decref(list);
    return words;
}

static const char *plural(struct pool *pool, int64_t count, const char *what)
{
    return pool_format(pool, "%s %s%s", text_count(pool, count), what, count == 1 ? "" : "s");
}

static void write_heading(FILE *stream, struct series_figures *figures, const struct screen *screen)
{
    struct pool *pool = &figures->pool;
    const char *name = figures->name ? pool_format(pool, " '%s'", figures->name) : "";
    const char *warmup =
        figures->warmup_runs > 0
            ? pool_format(pool, " after %s", plural(pool, figures->warmup_runs, "warm-up"))
            : "";
    style_write(
        stream, screen, STYLE_HEADING,
        text_printable(pool, pool_format(pool, "Series %lld%s", (long long)figures->id, name)));
    fprintf(stream, ": %s%s, %s\n", plural(pool, (int64_t)figures->run_count, "run"), warmup,
            text_moment(pool, figures->started_unix_ns));
    fprintf(stream, "%s\n",
            text_cut(pool, text_printable(pool, words_of(pool, figures->arguments)),
                     screen->width ? screen->width : 200));
}

/* Of one run there is nothing but its figures. */
static void write_quantities(FILE *stream, struct series_figures *figures,
                             const struct screen *screen)
{
    struct pool *pool = &figures->pool;
    struct grid grid;
    bool several = figures->statistics[SERIES_WALL].count > 1;
    grid_begin(&grid, pool, NULL);
    grid_column(&grid, GRID_WORD, "");
    static const char *const headers[] = {"mean", "± sd", "median", "min", "max"};
    for (size_t i = 0; several && i < sizeof headers / sizeof *headers; i++)
        grid_column(&grid, GRID_NUMBER, headers[i]);
    grid_column(&grid, several ? GRID_WORD : GRID_NUMBER, several ? "95 % of the mean" : "run");
    for (int q = 0; q < SERIES_QUANTITIES; q++) {
        const struct statistics *statistics = &figures->statistics[q];
        const double values[] = {statistics->mean, statistics->deviation, statistics->median,
                                 statistics->least, statistics->greatest};
        struct grid_cell *cell = grid_row(&grid);
        cell++->text = quantities[q].name;
        for (size_t i = 0; several && i < sizeof values / sizeof *values; i++)
            cell++->text = amount(pool, (enum series_quantity)q, values[i]);
        if (!several)
            cell->text = amount(pool, (enum series_quantity)q, statistics->mean);
        else if (!isnan(statistics->low))
            cell->text = pool_format(pool, "%s to %s",
                                     amount(pool, (enum series_quantity)q, statistics->low),
                                     amount(pool, (enum series_quantity)q, statistics->high));
    }
    grid_write_table(stream, &grid, screen);
    grid_free(&grid);
}

static const char *calls_of(struct pool *pool, const struct statistics *calls)
{
    if (calls->least == calls->greatest)
        return text_count(pool, whole(calls->mean));
    return pool_format(pool, "%s to %s", text_count(pool, whole(calls->least)),
                       text_count(pool, whole(calls->greatest)));
}

static void write_functions(FILE *stream, struct series_figures *figures,
                            const struct screen *screen)
{
    struct pool *pool = &figures->pool;
    struct grid grid;
    if (figures->function_count == 0)
        return;
    grid_begin(&grid, pool, NULL);
    grid_column(&grid, GRID_NUMBER, "self");
    grid_column(&grid, GRID_NUMBER, "± sd");
    grid_column(&grid, GRID_NUMBER, "calls");
    grid_column(&grid, GRID_NAME, "function");
    for (size_t i = 0; i < figures->function_count; i++) {
        const struct series_function *function = &figures->functions[i];
        struct grid_cell *cell = grid_row(&grid);
        cell++->text = amount(pool, SERIES_WALL, function->self_ns.mean);
        cell++->text = amount(pool, SERIES_WALL, function->self_ns.deviation);
        cell++->text = calls_of(pool, &function->calls);
        cell->text = function->name;
    }
    grid_write_table(stream, &grid, screen);
    grid_free(&grid);
}

static void write_line(FILE *stream, const struct screen *screen, const char *text)
{
    text_write_lines(stream, text, 0, screen->width);
}

/* Runs of a list beyond those that are named. */
static const char *and_more(struct pool *pool, size_t count)
{
    return count > MOST_NAMED
               ? pool_format(pool, " and %s more", text_count(pool, (int64_t)(count - MOST_NAMED)))
               : "";
}

/* What makes the figures doubtful. */
static void write_notes(FILE *stream, struct series_figures *figures, const struct screen *screen)
{
    struct pool *pool = &figures->pool;
    const char *outliers = "", *failures = "";
    size_t outside = 0, failed = 0, cut_short = 0, without = 0;
    for (size_t i = 0; i < figures->run_count; i++) {
        const struct series_figures_run *run = &figures->runs[i];
        if (run->is_outlier[SERIES_WALL] && outside++ < MOST_NAMED)
            outliers = pool_format(pool, "%s%srun %lld took %s", outliers, *outliers ? ", " : "",
                                   (long long)run->number,
                                   amount(pool, SERIES_WALL, run->values[SERIES_WALL]));
        if ((run->signal || run->exit_code > 0) && failed++ < MOST_NAMED)
            failures =
                pool_format(pool, "%s%srun %lld with %s %lld", failures, *failures ? ", " : "",
                            (long long)run->number, run->signal ? "signal" : "exit code",
                            (long long)(run->signal ? run->signal : run->exit_code));
        cut_short += run->signal != 0;
        without += run->run == 0;
    }
    if (*outliers || *failures || without)
        fputc('\n', stream);
    if (*outliers)
        write_line(stream, screen,
                   pool_format(pool,
                               "Outliers of the wall time: %s%s. Let nothing else run on the "
                               "machine, and use --warmup where first runs are slow.",
                               outliers, and_more(pool, outside)));
    if (*failures)
        write_line(stream, screen,
                   pool_format(pool, "Failed: %s%s.%s", failures, and_more(pool, failed),
                               cut_short > 0 && cut_short < figures->run_count
                                   ? " What a signal ended is not in the figures."
                                   : ""));
    if (without)
        write_line(
            stream, screen,
            pool_format(pool, "Without a profile: %s.", plural(pool, (int64_t)without, "run")));
}

static void write_hint(FILE *stream, struct series_figures *figures, const struct screen *screen,
                       const char *database)
{
    const struct series_figures_run *last = NULL;
    for (size_t i = 0; i < figures->run_count; i++)
        last = figures->runs[i].run ? &figures->runs[i] : last;
    if (!last)
        return;
    struct pool *pool = &figures->pool;
    fputc('\n', stream);
    write_line(stream, screen,
               pool_format(pool, "Functions of the last run: profinst report --db %s --run=%lld",
                           text_printable(pool, text_shell(pool, database)), (long long)last->run));
}

void series_figures_write_table(FILE *stream, struct series_figures *figures,
                                const struct screen *screen, const char *database)
{
    write_heading(stream, figures, screen);
    write_quantities(stream, figures, screen);
    write_functions(stream, figures, screen);
    write_notes(stream, figures, screen);
    if (database)
        write_hint(stream, figures, screen, database);
}

/* ---- for programs -------------------------------------------------------------------------- */

static json_t *real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *amount_json(double value)
{
    return isnan(value) ? json_null() : json_integer(whole(value));
}

static json_t *statistics_json(const struct statistics *statistics)
{
    json_t *object = json_object();
    json_put(object, "count", json_integer((int64_t)statistics->count));
    json_put(object, "mean", real(statistics->mean));
    json_put(object, "deviation", real(statistics->deviation));
    json_put(object, "median", real(statistics->median));
    json_put(object, "min", real(statistics->least));
    json_put(object, "max", real(statistics->greatest));
    json_put(object, "low", real(statistics->low));
    json_put(object, "high", real(statistics->high));
    return object;
}

static json_t *run_json(const struct series_figures_run *run)
{
    json_t *object = json_object(), *outlier = json_array();
    json_put(object, "number", json_integer(run->number));
    json_put(object, "run", run->run ? json_integer(run->run) : json_null());
    json_put(object, "started_unix_ns", json_integer(run->started_unix_ns));
    for (int q = 0; q < SERIES_QUANTITIES; q++) {
        json_put(object, quantities[q].key, amount_json(run->values[q]));
        if (run->is_outlier[q])
            json_add(outlier, json_string(quantities[q].key));
    }
    json_put(object, "exit_code", run->exit_code >= 0 ? json_integer(run->exit_code) : json_null());
    json_put(object, "signal", run->signal ? json_integer(run->signal) : json_null());
    json_put(object, "load_average", real(run->load_average));
    json_put(object, "outlier", outlier);
    return object;
}

void series_figures_write_json(FILE *stream, struct series_figures *figures)
{
    json_t *root = json_object(), *facts = json_object(), *runs = json_array();
    json_t *statistics = json_object(), *functions = json_array();
    json_t *arguments = json_loads(figures->arguments, 0, NULL);
    json_put(root, "version", json_integer(1));
    json_put(root, "id", json_integer(figures->id));
    json_put(root, "key", json_string(figures->key));
    json_put(root, "name", json_text(figures->name));
    json_put(root, "program", json_string(figures->program));
    json_put(root, "arguments", arguments ? arguments : json_null());
    json_put(root, "started_unix_ns", json_integer(figures->started_unix_ns));
    json_put(root, "warmup_runs", json_integer(figures->warmup_runs));
    for (size_t i = 0; i < figures->facts.count; i++)
        json_put(facts, figures->facts.items[i].name, json_string(figures->facts.items[i].value));
    for (size_t i = 0; i < figures->run_count; i++)
        json_add(runs, run_json(&figures->runs[i]));
    for (int q = 0; q < SERIES_QUANTITIES; q++)
        json_put(statistics, quantities[q].key, statistics_json(&figures->statistics[q]));
    for (size_t i = 0; i < figures->function_count; i++) {
        json_t *object = json_object();
        json_put(object, "function", json_string(figures->functions[i].name));
        json_put(object, "self_ns", statistics_json(&figures->functions[i].self_ns));
        json_put(object, "calls", statistics_json(&figures->functions[i].calls));
        json_add(functions, object);
    }
    json_put(root, "facts", facts);
    json_put(root, "runs", runs);
    json_put(root, "statistics", statistics);
    json_put(root, "functions", functions);
    json_write(stream, root);
    json_decref(root);
}
