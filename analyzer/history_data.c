/* Histories for programs: JSON and CSV. */
#include <inttypes.h>
#include <math.h>

#include "csv.h"
#include "history.h"
#include "json.h"
#include "text.h"

static json_t *point_json(struct history *history, const struct history_point *point)
{
    json_t *object = json_object(), *runs = json_array();
    for (size_t i = 0; i < point->run_count; i++)
        json_add(runs, json_integer(history->runs[point->first_run + i].id));
    json_put(object, "started", json_text(history_moment(history, point)));
    json_put(object, "started_unix_ns", json_integer(point->started_unix_ns));
    json_put(object, "series", point->series ? json_integer(point->series) : json_null());
    json_put(object, "name", json_text(point->name));
    json_put(object, "commit", json_text(point->commit));
    json_put(object, "dirty", point->commit ? json_boolean(point->dirty) : json_null());
    json_put(object, "branch", json_text(point->branch));
    json_put(object, "runs", runs);
    return object;
}

static json_t *level_json(const struct history_level *level, bool has_calls)
{
    json_t *object = json_object();
    json_put(object, "measured_runs", json_integer((json_int_t)level->figures.count));
    json_put(object, "mean", json_number(level->figures.mean));
    json_put(object, "error", json_number(level->half));
    json_put(object, "median", json_number(level->figures.median));
    json_put(object, "min", json_number(level->figures.least));
    json_put(object, "max", json_number(level->figures.greatest));
    json_put(object, "calls", has_calls ? json_number(level->calls.mean) : json_null());
    return object;
}

static json_t *step_json(const struct history_function *function, const struct change_point *step)
{
    json_t *object = json_object();
    json_put(object, "point", json_integer((json_int_t)step->at));
    json_put(object, "before", json_number(step->before));
    json_put(object, "after", json_number(step->after));
    json_put(object, "ratio", json_number(step->after / step->before));
    json_put(object, "exact", json_boolean(function->steps.exact));
    json_put(object, "confidence", json_number(1 - step->p));
    json_put(object, "p", json_number(step->p));
    return object;
}

static json_t *function_json(const struct history *history, const struct history_function *function)
{
    json_t *object = json_object(), *levels = json_array(), *steps = json_array();
    for (size_t p = 0; p < history->point_count; p++)
        json_add(levels, level_json(&function->levels[p], function->name != NULL));
    for (size_t i = 0; i < function->steps.count; i++)
        json_add(steps, step_json(function, &function->steps.steps[i]));
    json_put(object, "name", json_text(function->name));
    json_put(object, "linkage_name", json_text(function->linkage_name));
    json_put(object, "module", json_text(function->module));
    json_put(object, "file", json_text(function->file));
    json_put(object, "line", json_line(function->line));
    json_put(object, "levels", levels);
    json_put(object, "steps", steps);
    json_put(object, "p", json_number(function->steps.p));
    return object;
}

json_t *history_json(struct history *history)
{
    json_t *root = json_object(), *notes = json_array(), *points = json_array(),
           *functions = json_array();
    for (size_t i = 0; i < history->note_count; i++)
        json_add(notes, json_text(history->notes[i]));
    for (size_t i = 0; i < history->point_count; i++)
        json_add(points, point_json(history, &history->points[i]));
    for (size_t i = 0; i < history->function_count; i++)
        json_add(functions, function_json(history, &history->functions[i]));
    json_put(root, "version", json_integer(1));
    json_put(root, "program", json_text(history->program));
    json_put(root, "what", json_text(history_whats[history->options.what]));
    json_put(root, "unit", json_text(history->options.what == HISTORY_CALLS ? "calls" : "ns"));
    json_put(root, "notes", notes);
    json_put(root, "points", points);
    json_put(root, "functions", functions);
    json_put(root, "left_out", json_integer((json_int_t)history->left_out));
    return root;
}

void history_write_json(FILE *stream, struct history *history)
{
    json_t *root = history_json(history);
    json_write(stream, root);
    json_decref(root);
}

static void field(FILE *stream, double value, const char *end)
{
    if (isfinite(value) && value == floor(value) && fabs(value) < 9e15)
        fprintf(stream, "%" PRId64, (int64_t)value);
    else if (isfinite(value))
        fprintf(stream, "%.17g", value);
    fputs(end, stream);
}

static void write_point(FILE *stream, struct history *history, size_t at)
{
    const struct history_point *point = &history->points[at];
    csv_field(stream, history_moment(history, point));
    fprintf(stream, "%" PRId64 ",", point->started_unix_ns);
    if (point->series)
        fprintf(stream, "%" PRId64, point->series);
    fputc(',', stream);
    csv_field(stream, point->name);
    csv_field(stream, point->commit);
    fputs(!point->commit ? "," : point->dirty ? "1," : "0,", stream);
    csv_field(stream, point->branch);
    fprintf(stream, "%zu,", point->run_count);
}

static void write_level(FILE *stream, const struct history *history,
                        const struct history_function *function, size_t at)
{
    const struct history_level *level = &function->levels[at];
    const struct change_point *step = history_step_at(function, at);
    csv_field(stream, history_whats[history->options.what]);
    fprintf(stream, "%zu,", level->figures.count);
    field(stream, level->figures.mean, ",");
    field(stream, level->half, ",");
    field(stream, level->figures.median, ",");
    field(stream, level->figures.least, ",");
    field(stream, level->figures.greatest, ",");
    field(stream, function->name ? level->calls.mean : NAN, ",");
    field(stream, step ? 1 - step->p : NAN, ",");
    field(stream, step ? step->before : NAN, ",");
    field(stream, step ? step->after : NAN, "\r\n");
}

void history_write_csv(FILE *stream, struct history *history)
{
    fputs("name,linkage_name,module,file,line,started,started_unix_ns,series,series_name,commit,"
          "dirty,branch,runs,what,measured_runs,mean,error,median,min,max,calls,step_confidence,"
          "step_before,step_after\r\n",
          stream);
    for (size_t f = 0; f < history->function_count; f++) {
        const struct history_function *function = &history->functions[f];
        for (size_t p = 0; p < history->point_count; p++) {
            csv_field(stream, function->name);
            csv_field(stream, function->linkage_name);
            csv_field(stream, function->module);
            csv_field(stream, function->file);
            if (function->line)
                fprintf(stream, "%" PRId64, function->line);
            fputc(',', stream);
            write_point(stream, history, p);
            write_level(stream, history, function, p);
        }
    }
}
