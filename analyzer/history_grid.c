/* Histories as people read them: table and Markdown. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "grid.h"
#include "history.h"
#include "sparkline.h"
#include "text.h"

enum { LABEL_WIDTH = 10, SPARK_WIDTH = 60, SPARK_WIDTH_IN_ROW = 24 };

/* The order in which columns give up room; see grid.h. */
enum { DROP_RUNS = 1, DROP_CALLS, DROP_DIFFERENCE, DROP_ERROR };

/* Where it goes. */
struct page {
    FILE *stream;
    struct history *history;
    const struct screen *screen; /* NULL: it is Markdown */
};

static void line(const struct page *page, const char *label, const char *text, enum style style)
{
    struct pool *pool = &page->history->pool;
    if (!page->screen) {
        fprintf(page->stream, "- %s: %s\n", label, text_markdown(pool, text));
        return;
    }
    style_write(page->stream, page->screen, STYLE_HEADING, label);
    fprintf(page->stream, "%*s%s", LABEL_WIDTH - (int)strlen(label), "",
            style_begin(page->screen, style));
    text_write_lines(page->stream, text_printable(pool, text), LABEL_WIDTH, page->screen->width);
    fputs(style_end(page->screen, style), page->stream);
}

static bool is_count(const struct history *history)
{
    return history->options.what == HISTORY_CALLS;
}

/* As a whole number, the nearest that there is. */
static int64_t whole(double value)
{
    return value >= 9.2e18 ? INT64_MAX : value <= -9.2e18 ? INT64_MIN : (int64_t)round(value);
}

/* "1.23 ms", "1,234", "-" of NAN. */
static const char *quantity(struct history *history, double value)
{
    if (isnan(value))
        return "-";
    const char *sign = value < 0 ? "-" : "";
    double size = fabs(value);
    if (!is_count(history) && size < 9.95 && size != floor(size))
        return pool_format(&history->pool, "%s%.1f ns", sign, size);
    if (is_count(history) && size != floor(size))
        return pool_format(&history->pool, "%s%.1f", sign, size);
    return pool_format(&history->pool, "%s%s", sign,
                       is_count(history) ? text_count(&history->pool, whole(size))
                                         : text_duration(&history->pool, whole(size)));
}

static const char *difference(struct history *history, double before, double after)
{
    double value = after - before;
    if (isnan(value))
        return "-";
    return pool_format(&history->pool, "%s%s", value > 0 ? "+" : "", quantity(history, value));
}

/* "12", "10–14" if runs differ. */
static const char *calls(struct history *history, const struct statistics *figures)
{
    struct pool *pool = &history->pool;
    const char *least = text_count(pool, whole(figures->least));
    return figures->least == figures->greatest
               ? least
               : pool_format(pool, "%s–%s", least, text_count(pool, whole(figures->greatest)));
}

/* What a step is told by: "commit 3f2a9c1d20ab, 2027-01-15 08:00:00 UTC". */
static const char *point_name(struct history *history, const struct history_point *point)
{
    const char *moment = history_moment(history, point);
    if (point->commit)
        return pool_format(&history->pool, "commit %s, %s", history_commit(history, point), moment);
    if (point->name)
        return pool_format(&history->pool, "series %s, %s", point->name, moment);
    return point->series
               ? pool_format(&history->pool, "series %lld, %s", (long long)point->series, moment)
               : pool_format(&history->pool, "run %lld, %s", (long long)point->run, moment);
}

static double mean(const struct history_function *function, size_t point)
{
    return function->levels[point].figures.mean;
}

static const char *spark(struct history *history, const struct history_function *function,
                         size_t width)
{
    double *means = memory_array(history->point_count, sizeof *means);
    for (size_t p = 0; p < history->point_count; p++)
        means[p] = mean(function, p);
    const char *drawn = sparkline_draw(&history->pool, means, history->point_count, width);
    free(means);
    return drawn;
}

static void write_grid(const struct page *page, struct grid *grid)
{
    if (page->screen)
        grid_write_table(page->stream, grid, page->screen);
    else
        grid_write_markdown(page->stream, grid);
    grid_free(grid);
}

static enum style style_of_step(const struct change_point *step)
{
    return !step ? STYLE_PLAIN : step->after > step->before ? STYLE_HOT : STYLE_WARM;
}

/* Before a point: the latest that is known. NAN: there is none. */
static double mean_before(const struct history_function *function, size_t point)
{
    while (point-- > 0)
        if (!isnan(mean(function, point)))
            return mean(function, point);
    return NAN;
}

static void add_columns(const struct history *history, struct grid *grid)
{
    grid_column(grid, GRID_WORD, "when");
    grid_column(grid, GRID_WORD, "commit");
    grid_column(grid, GRID_TEXT, "series");
    grid_column(grid, GRID_NUMBER, "runs")->drop_at = DROP_RUNS;
    grid_column(grid, GRID_NUMBER, history_what(history));
    grid_column(grid, GRID_NUMBER, "±")->drop_at = DROP_ERROR;
    grid_column(grid, GRID_NUMBER, "difference")->drop_at = DROP_DIFFERENCE;
    grid_column(grid, GRID_NUMBER, "in %");
    grid_column(grid, GRID_NUMBER, "step");
    if (!is_count(history) && history->options.what != HISTORY_WALL)
        grid_column(grid, GRID_NUMBER, "calls")->drop_at = DROP_CALLS;
}

static void add_point(struct history *history, struct grid *grid,
                      const struct history_function *function, size_t at)
{
    const struct history_point *point = &history->points[at];
    const struct history_level *level = &function->levels[at];
    const struct change_point *step = history_step_at(function, at);
    double before = mean_before(function, at);
    struct grid_cell *cell = grid_row(grid);
    cell++->text = history_moment(history, point);
    cell++->text = history_commit(history, point);
    cell++->text = point->name ? point->name : "-";
    cell++->text = text_count(&history->pool, (int64_t)point->run_count);
    cell->style = style_of_step(step);
    cell++->text = quantity(history, level->figures.mean);
    cell++->text = quantity(history, level->half);
    cell++->text = difference(history, before, level->figures.mean);
    cell++->text = history_change(history, before, level->figures.mean);
    cell->style = style_of_step(step);
    cell++->text = step ? history_confidence(history, function, step) : "-";
    if (!is_count(history) && history->options.what != HISTORY_WALL)
        cell->text = calls(history, &level->calls);
}

static const char *place(struct history *history, const struct history_function *function)
{
    return function->file ? text_place(&history->pool, function->file, function->line)
                          : function->module;
}

/* "at commit …: 1.00 ms → 1.20 ms (+20.0 %), with a confidence of 99.98 %" */
static void write_step(const struct page *page, const struct history_function *function,
                       const struct change_point *step)
{
    struct history *history = page->history;
    const char *certain = function->steps.exact
                              ? "exact"
                              : pool_format(&history->pool, "confidence %s",
                                            history_confidence(history, function, step));
    line(page, "Step",
         pool_format(&history->pool, "%s → %s (%s), %s, at %s", quantity(history, step->before),
                     quantity(history, step->after),
                     step->before > 0 ? history_change(history, step->before, step->after)
                                      : difference(history, step->before, step->after),
                     certain, point_name(history, &history->points[step->at])),
         style_of_step(step));
}

static void write_steps(const struct page *page, const struct history_function *function)
{
    for (size_t i = 0; i < function->steps.count; i++)
        write_step(page, function, &function->steps.steps[i]);
    if (function->steps.count > 0)
        return;
    if (page->history->point_count == 1)
        line(page, "Step", "there is one point only", STYLE_MUTED);
    else if (!function->steps.exact && isnan(function->steps.p))
        line(page, "Step", "too few points and runs to tell", STYLE_MUTED);
    else
        line(page, "Step", function->steps.exact ? "none" : "none that is more than noise",
             STYLE_MUTED);
}

static void write_notes(const struct page *page)
{
    const struct history *history = page->history;
    for (size_t i = 0; i < history->note_count; i++)
        line(page, "Note", history->notes[i], STYLE_PLAIN);
}

static void write_function(const struct page *page, const struct history_function *function)
{
    struct history *history = page->history;
    const char *where = function->name ? place(history, function) : NULL;
    if (function->name)
        line(page, "Function", function->name, STYLE_PLAIN);
    if (where)
        line(page, "Where", where, STYLE_PATH);
    line(page, "Program", history->program, STYLE_PLAIN);
    line(page, "Trend", spark(history, function, SPARK_WIDTH), STYLE_PLAIN);
    write_steps(page, function);
    write_notes(page);
    struct grid grid;
    grid_begin(&grid, &history->pool, NULL);
    add_columns(history, &grid);
    for (size_t p = 0; p < history->point_count; p++)
        add_point(history, &grid, function, p);
    if (!page->screen)
        fputc('\n', page->stream);
    write_grid(page, &grid);
}

static void add_function(struct history *history, struct grid *grid,
                         const struct history_function *function)
{
    const struct change_points *steps = &function->steps;
    const struct change_point *step = steps->count > 0 ? &steps->steps[steps->strongest] : NULL;
    double first = NAN, last = mean_before(function, history->point_count);
    for (size_t p = history->point_count; p-- > 0;)
        first = isnan(mean(function, p)) ? first : mean(function, p);
    struct grid_cell *cell = grid_row(grid);
    cell++->text = spark(history, function, SPARK_WIDTH_IN_ROW);
    cell++->text = quantity(history, first);
    cell++->text = quantity(history, last);
    cell++->text = history_change(history, first, last);
    cell++->text = function->name;
    cell->style = style_of_step(step);
    cell++->text = step ? history_change(history, step->before, step->after) : "-";
    cell++->text = step ? history_confidence(history, function, step) : "-";
    cell->style = STYLE_PATH;
    cell->text = step ? point_name(history, &history->points[step->at]) : "-";
    if (steps->count > 1)
        cell->text = pool_format(&history->pool, "%s, and %s more", cell->text,
                                 text_count(&history->pool, (int64_t)steps->count - 1));
}

static void write_overview(const struct page *page)
{
    struct history *history = page->history;
    line(page, "Program", history->program, STYLE_PLAIN);
    line(page, "Points",
         pool_format(&history->pool, "%s, %s runs, from %s to %s",
                     text_count(&history->pool, (int64_t)history->point_count),
                     text_count(&history->pool, (int64_t)history->run_count),
                     history_moment(history, &history->points[0]),
                     history_moment(history, &history->points[history->point_count - 1])),
         STYLE_PLAIN);
    write_notes(page);
    struct grid grid;
    grid_begin(&grid, &history->pool, NULL);
    grid_column(&grid, GRID_WORD, history_what(history));
    grid_column(&grid, GRID_NUMBER, "first");
    grid_column(&grid, GRID_NUMBER, "last");
    grid_column(&grid, GRID_NUMBER, "change");
    grid_column(&grid, GRID_NAME, "function");
    grid_column(&grid, GRID_NUMBER, "step");
    grid_column(&grid, GRID_NUMBER, "confidence");
    grid_column(&grid, GRID_TEXT, "at");
    for (size_t f = 0; f < history->function_count; f++)
        add_function(history, &grid, &history->functions[f]);
    if (history->left_out > 0)
        grid.rest = pool_format(&history->pool, "%s more %s; --top=0 shows all",
                                text_count(&history->pool, (int64_t)history->left_out),
                                history->left_out == 1 ? "function" : "functions");
    if (!page->screen)
        fputc('\n', page->stream);
    write_grid(page, &grid);
}

static void write_page(const struct page *page)
{
    if (page->history->options.overview) {
        write_overview(page);
        return;
    }
    for (size_t f = 0; f < page->history->function_count; f++) {
        if (f > 0)
            fputc('\n', page->stream);
        write_function(page, &page->history->functions[f]);
    }
}

void history_write_table(FILE *stream, struct history *history, const struct screen *screen)
{
    write_page(&(struct page){stream, history, screen});
}

void history_write_markdown(FILE *stream, struct history *history)
{
    write_page(&(struct page){stream, history, NULL});
}
