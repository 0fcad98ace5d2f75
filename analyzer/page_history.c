/* The history of what costs most, where the database has more than one point of it. */
#include <math.h>

#include "history.h"
#include "json.h"
#include "page.h"
#include "text.h"

enum { MOST_FUNCTIONS = 40, LEAST_POINTS = 2 };

enum status page_find_history(struct page *page, struct database *database)
{
    const struct history_options options = {
        .command = "html",
        .what = page->report.has_times ? HISTORY_SELF : HISTORY_CALLS,
        .overview = true,
        .limit = MOST_FUNCTIONS,
        .least_points = LEAST_POINTS,
        .all_series = true,
    };
    return history_query(&page->history, database, &options);
}

static json_t *shown(struct history *history, const char *text)
{
    return json_text(text ? text_printable(&history->pool, text) : NULL);
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *change_json(struct history *history, double before, double after)
{
    return before > 0 && isfinite(after) ? json_text(history_change(history, before, after))
                                         : json_null();
}

/* From the first point that is known to the last; and, of each, from the one before that is. */
static void put_changes(json_t *object, struct history *history,
                        const struct history_function *function)
{
    json_t *changes = json_array();
    double first = NAN, last = NAN;
    for (size_t p = 0; p < history->point_count; p++) {
        double mean = function->levels[p].figures.mean;
        json_add(changes, change_json(history, last, mean));
        first = isfinite(first) ? first : mean;
        last = isfinite(mean) ? mean : last;
    }
    json_put(object, "change", change_json(history, first, last));
    json_put(object, "changes", changes);
}

static json_t *point_json(struct history *history, const struct history_point *point)
{
    json_t *object = json_object();
    json_put(object, "started", json_text(history_moment(history, point)));
    json_put(object, "name", shown(history, point->name));
    json_put(object, "commit",
             point->commit ? shown(history, history_commit(history, point)) : json_null());
    json_put(object, "runs", json_integer((json_int_t)point->run_count));
    return object;
}

static json_t *step_json(struct history *history, const struct history_function *function,
                         const struct change_point *step)
{
    json_t *object = json_object();
    json_put(object, "point", json_integer((json_int_t)step->at));
    json_put(object, "before", number(step->before));
    json_put(object, "after", number(step->after));
    json_put(object, "change", json_text(history_change(history, step->before, step->after)));
    json_put(object, "confidence", json_text(history_confidence(history, function, step)));
    return object;
}

static json_t *function_json(const struct page *page, struct history *history,
                             const struct history_function *function)
{
    json_t *object = json_object(), *means = json_array(), *errors = json_array(),
           *calls = json_array(), *steps = json_array();
    for (size_t p = 0; p < history->point_count; p++) {
        json_add(means, number(function->levels[p].figures.mean));
        json_add(errors, number(function->levels[p].half));
        json_add(calls, number(function->levels[p].calls.mean));
    }
    for (size_t i = 0; i < function->steps.count; i++)
        json_add(steps, step_json(history, function, &function->steps.steps[i]));
    json_put(object, "name", shown(history, function->name));
    json_put(object, "index", json_integer(page_place(page, function->id)));
    json_put(object, "mean", means);
    json_put(object, "error", errors);
    json_put(object, "calls", calls);
    put_changes(object, history, function);
    json_put(object, "steps", steps);
    if (function->steps.count > 0)
        json_put(object, "strongest", json_integer((json_int_t)function->steps.strongest));
    return object;
}

json_t *page_history(struct page *page)
{
    struct history *history = &page->history;
    if (history->point_count < LEAST_POINTS)
        return NULL;
    json_t *root = json_object(), *notes = json_array(), *points = json_array(),
           *functions = json_array();
    for (size_t i = 0; i < history->note_count; i++)
        json_add(notes, shown(history, history->notes[i]));
    for (size_t i = 0; i < history->point_count; i++)
        json_add(points, point_json(history, &history->points[i]));
    for (size_t i = 0; i < history->function_count; i++)
        json_add(functions, function_json(page, history, &history->functions[i]));
    json_put(root, "what", json_text(history_what(history)));
    json_put(root, "program", shown(history, history->program));
    json_put(root, "notes", notes);
    json_put(root, "points", points);
    json_put(root, "functions", functions);
    return root;
}
