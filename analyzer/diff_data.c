/* A comparison for programs: docs/COMPARE.md has the fields. */
#include <math.h>
#include <stdlib.h>

#include "csv.h"
#include "diff.h"
#include "json.h"
#include "text.h"

static const char *const presences[] = {"both", "before", "after"};
static const char *const codes[] = {NULL, "same", "changed"};
static const char *const verdicts[] = {"same", "noise", "unknown", "different"};

static bool is_whole(double value)
{
    return fabs(value) < 0x1p53 && value == floor(value);
}

static json_t *side_figures(const struct compared *compared, int side)
{
    const struct statistics *figures = &compared->figures[side];
    json_t *values = json_array(), *object = json_object();
    for (size_t i = 0; i < figures->count; i++)
        json_add(values, json_number(compared->values[side][i]));
    json_put(object, "values", values);
    json_put(object, "mean", json_number(figures->mean));
    json_put(object, "median", json_number(figures->median));
    json_put(object, "deviation", json_number(figures->deviation));
    json_put(object, "least", json_number(figures->least));
    json_put(object, "greatest", json_number(figures->greatest));
    json_put(object, "low", json_number(figures->low));
    json_put(object, "high", json_number(figures->high));
    json_put(object, "error", json_number(compared->error[side]));
    return object;
}

static json_t *quantity(const struct compared *compared)
{
    const struct statistics_contrast *contrast = &compared->contrast;
    json_t *object = json_object();
    json_put(object, "before", side_figures(compared, BEFORE));
    json_put(object, "after", side_figures(compared, AFTER));
    json_put(object, "difference", json_number(compared_difference(compared)));
    json_put(object, "ratio", json_number(contrast->ratio));
    json_put(object, "ratio_low", json_number(contrast->low));
    json_put(object, "ratio_high", json_number(contrast->high));
    json_put(object, "p", json_number(contrast->p));
    json_put(object, "adjusted_p", json_number(compared->adjusted_p));
    json_put(object, "effect", json_number(contrast->effect));
    json_put(object, "verdict", json_text(verdicts[compared->verdict]));
    return object;
}

/* null where a side has no times. */
static json_t *time_of(const struct diff *diff, const struct compared *compared)
{
    return diff->comparison->has_times ? quantity(compared) : json_null();
}

static json_t *both(const struct diff *diff, const double values[SIDES])
{
    if (!diff->comparison->has_times)
        return json_null();
    json_t *object = json_object();
    json_put(object, "before", json_number(values[BEFORE]));
    json_put(object, "after", json_number(values[AFTER]));
    return object;
}

/* null if there is none. */
static const char *reason_of(const struct compared_function *row)
{
    return row->reason ? compare_reason(row->reason) : NULL;
}

json_t *diff_function_json(const struct diff *diff, const struct compared_function *row)
{
    const struct comparison *comparison = diff->comparison;
    const char *caller = row->caller != SIZE_MAX ? comparison->functions[row->caller].name : NULL;
    json_t *object = json_object();
    json_put(object, "name", json_text(row->name));
    json_put(object, "linkage_name", json_text(row->linkage_name));
    json_put(object, "module", json_text(row->module));
    json_put(object, "file", json_text(row->file));
    json_put(object, "line", json_line(row->line));
    json_put(object, "external", json_boolean(row->external));
    json_put(object, "former_name", json_text(row->former_name));
    json_put(object, "former_file", json_text(row->former_file));
    json_put(object, "presence", json_text(presences[row->presence]));
    json_put(object, "code", json_text(codes[row->code]));
    json_put(object, "reason", json_text(reason_of(row)));
    json_put(object, "caller", json_text(caller));
    json_put(object, "changed", json_boolean(compared_function_changed(row)));
    json_put(object, "below_noise", json_boolean(row->below_noise));
    json_put(object, "calls", quantity(&row->calls));
    json_put(object, "self_ns", time_of(diff, &row->self_ns));
    json_put(object, "cumulative_ns", time_of(diff, &row->cumulative_ns));
    json_put(object, "average_ns", both(diff, row->average_ns));
    json_put(object, "p50_ns", both(diff, row->p50_ns));
    json_put(object, "p95_ns", both(diff, row->p95_ns));
    json_put(object, "p99_ns", both(diff, row->p99_ns));
    return object;
}

json_t *diff_edge_json(const struct diff *diff, const struct compared_edge *row)
{
    const struct compared_function *functions = diff->comparison->functions;
    json_t *object = json_object();
    json_put(object, "caller", json_text(functions[row->caller].name));
    json_put(object, "callee", json_text(functions[row->callee].name));
    json_put(object, "caller_linkage_name", json_text(functions[row->caller].linkage_name));
    json_put(object, "callee_linkage_name", json_text(functions[row->callee].linkage_name));
    json_put(object, "presence", json_text(presences[row->presence]));
    json_put(object, "changed", json_boolean(compared_edge_changed(row)));
    json_put(object, "calls", quantity(&row->calls));
    json_put(object, "cumulative_ns", time_of(diff, &row->cumulative_ns));
    return object;
}

json_t *diff_context_json(const struct diff *diff, const struct compared_context *row)
{
    struct pool pool = {0};
    json_t *object = json_object();
    json_put(object, "path", json_text(compare_path(&pool, diff->comparison, row)));
    json_put(object, "presence", json_text(presences[row->presence]));
    json_put(object, "changed", json_boolean(compared_context_changed(row)));
    json_put(object, "calls", quantity(&row->calls));
    json_put(object, "self_ns", time_of(diff, &row->self_ns));
    json_put(object, "cumulative_ns", time_of(diff, &row->cumulative_ns));
    pool_free(&pool);
    return object;
}

static json_t *side_json(const struct comparison *comparison, int side)
{
    const struct side *about = &comparison->sides->side[side];
    json_t *object = json_object();
    json_put(object, "name", json_text(about->label));
    json_put(object, "program", json_text(comparison->program[side]));
    json_put(object, "runs", json_integer((json_int_t)about->run_count));
    json_put(object, "runs_left_out", json_integer((json_int_t)about->left_out));
    return object;
}

static void put_rows(json_t *root, const struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    json_t *functions = json_array(), *edges = json_array(), *contexts = json_array();
    for (size_t i = 0; i < diff->functions.count; i++)
        json_add(functions,
                 diff_function_json(diff, &comparison->functions[diff->functions.rows[i]]));
    for (size_t i = 0; i < diff->edges.count; i++)
        json_add(edges, diff_edge_json(diff, &comparison->edges[diff->edges.rows[i]]));
    for (size_t i = 0; i < diff->contexts.count; i++)
        json_add(contexts, diff_context_json(diff, &comparison->contexts[diff->contexts.rows[i]]));
    json_put(root, "functions", functions);
    json_put(root, "edges", diff->options.edges ? json_incref(edges) : json_null());
    json_put(root, "contexts", comparison->has_contexts ? json_incref(contexts) : json_null());
    json_decref(edges);
    json_decref(contexts);
}

json_t *diff_about_json(const struct diff *diff)
{
    const struct comparison *comparison = diff->comparison;
    json_t *root = json_object(), *warnings = json_array();
    for (size_t i = 0; i < comparison->warning_count; i++)
        json_add(warnings, json_text(comparison->warnings[i]));
    json_put(root, "version", json_integer(1));
    json_put(root, "before", side_json(comparison, BEFORE));
    json_put(root, "after", side_json(comparison, AFTER));
    json_put(root, "has_times", json_boolean(comparison->has_times));
    json_put(root, "same_ground", json_boolean(comparison->same_ground));
    json_put(root, "warnings", warnings);
    json_put(root, "wall_ns", time_of(diff, &comparison->wall_ns));
    json_put(root, "self_ns", time_of(diff, &comparison->self_ns));
    json_put(root, "calls", quantity(&comparison->total_calls));
    return root;
}

void diff_write_json(FILE *stream, const struct diff *diff)
{
    json_t *root = diff_about_json(diff);
    put_rows(root, diff);
    char *text = json_dumps(root, JSON_INDENT(2) | JSON_REAL_PRECISION(DIFF_DIGITS));
    if (!text)
        out_of_memory();
    text_write_json(stream, text);
    fputc('\n', stream);
    free(text);
    json_decref(root);
}

/* A field, empty of what is not known; and the comma before it. */
static void number_field(FILE *stream, double value)
{
    fputc(',', stream);
    if (isfinite(value))
        fprintf(stream, is_whole(value) ? "%.0f" : "%.12g", value);
}

#define QUANTITY(name)                                                                             \
    "," name "_before," name "_after," name "_difference," name "_ratio," name "_ratio_low," name  \
    "_ratio_high," name "_p," name "_adjusted_p," name "_effect," name "_verdict"

static void quantity_fields(FILE *stream, const struct compared *compared, bool known)
{
    if (!known) {
        fputs(",,,,,,,,,,", stream);
        return;
    }
    number_field(stream, compared->figures[BEFORE].mean);
    number_field(stream, compared->figures[AFTER].mean);
    number_field(stream, compared_difference(compared));
    number_field(stream, compared->contrast.ratio);
    number_field(stream, compared->contrast.low);
    number_field(stream, compared->contrast.high);
    number_field(stream, compared->contrast.p);
    number_field(stream, compared->adjusted_p);
    number_field(stream, compared->contrast.effect);
    fprintf(stream, ",%s", verdicts[compared->verdict]);
}

static void both_fields(FILE *stream, const double values[SIDES], bool known)
{
    number_field(stream, known ? values[BEFORE] : NAN);
    number_field(stream, known ? values[AFTER] : NAN);
}

static void write_functions(FILE *stream, const struct diff *diff)
{
    bool times = diff->comparison->has_times;
    fputs("function,linkage_name,module,file,former_name,former_file,code,reason,presence,line,"
          "external,changed,below_noise" QUANTITY("calls") QUANTITY("self_ns")
              QUANTITY("cumulative_ns") ",average_ns_before,average_ns_after,p50_ns_before,"
                                        "p50_ns_after,p95_ns_before,p95_ns_after,p99_ns_before,"
                                        "p99_ns_after\r\n",
          stream);
    for (size_t i = 0; i < diff->functions.count; i++) {
        const struct compared_function *row = &diff->comparison->functions[diff->functions.rows[i]];
        csv_field(stream, row->name);
        csv_field(stream, row->linkage_name);
        csv_field(stream, row->module);
        csv_field(stream, row->file);
        csv_field(stream, row->former_name);
        csv_field(stream, row->former_file);
        csv_field(stream, codes[row->code]);
        csv_field(stream, reason_of(row));
        fputs(presences[row->presence], stream);
        number_field(stream, row->line ? (double)row->line : NAN);
        fprintf(stream, ",%d,%d,%d", row->external, compared_function_changed(row),
                row->below_noise);
        quantity_fields(stream, &row->calls, true);
        quantity_fields(stream, &row->self_ns, times);
        quantity_fields(stream, &row->cumulative_ns, times);
        both_fields(stream, row->average_ns, times);
        both_fields(stream, row->p50_ns, times);
        both_fields(stream, row->p95_ns, times);
        both_fields(stream, row->p99_ns, times);
        fputs("\r\n", stream);
    }
}

static void write_edges(FILE *stream, const struct diff *diff)
{
    const struct compared_function *functions = diff->comparison->functions;
    fputs("caller,callee,caller_linkage_name,callee_linkage_name,presence,changed" QUANTITY("calls")
              QUANTITY("cumulative_ns") "\r\n",
          stream);
    for (size_t i = 0; i < diff->edges.count; i++) {
        const struct compared_edge *row = &diff->comparison->edges[diff->edges.rows[i]];
        csv_field(stream, functions[row->caller].name);
        csv_field(stream, functions[row->callee].name);
        csv_field(stream, functions[row->caller].linkage_name);
        csv_field(stream, functions[row->callee].linkage_name);
        fprintf(stream, "%s,%d", presences[row->presence], compared_edge_changed(row));
        quantity_fields(stream, &row->calls, true);
        quantity_fields(stream, &row->cumulative_ns, diff->comparison->has_times);
        fputs("\r\n", stream);
    }
}

static void write_contexts(FILE *stream, const struct diff *diff)
{
    fputs("path,presence,changed" QUANTITY("calls") QUANTITY("self_ns")
              QUANTITY("cumulative_ns") "\r\n",
          stream);
    for (size_t i = 0; i < diff->contexts.count; i++) {
        const struct compared_context *row = &diff->comparison->contexts[diff->contexts.rows[i]];
        struct pool pool = {0};
        csv_field(stream, compare_path(&pool, diff->comparison, row));
        pool_free(&pool);
        fprintf(stream, "%s,%d", presences[row->presence], compared_context_changed(row));
        quantity_fields(stream, &row->calls, true);
        quantity_fields(stream, &row->self_ns, diff->comparison->has_times);
        quantity_fields(stream, &row->cumulative_ns, diff->comparison->has_times);
        fputs("\r\n", stream);
    }
}

void diff_write_csv(FILE *stream, const struct diff *diff)
{
    if (diff->options.contexts)
        write_contexts(stream, diff);
    else if (diff->options.edges)
        write_edges(stream, diff);
    else
        write_functions(stream, diff);
}
