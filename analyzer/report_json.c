#include <math.h>
#include <stdlib.h>

#include "json.h"
#include "report.h"
#include "text.h"

/* Null where no times were taken. */
static json_t *time_ns(const struct report *report, int64_t nanoseconds)
{
    return report->has_times ? json_integer(nanoseconds) : json_null();
}

static json_t *process(const struct report_process *process)
{
    json_t *object = json_object();
    json_put(object, "program", json_text(process->program));
    json_t *arguments = json_loads(process->arguments, 0, NULL);
    json_put(object, "arguments", arguments ? arguments : json_null());
    json_put(object, "pid", json_integer(process->process_id));
    json_put(object, "parent_pid", json_integer(process->parent_process_id));
    json_put(object, "run", json_integer(process->run));
    json_put(object, "started_unix_ns", json_integer(process->started_unix_ns));
    json_put(object, "duration_ns", json_integer(process->duration_ns));
    json_put(object, "user_ns",
             process->usage_known ? json_integer(process->user_ns) : json_null());
    json_put(object, "system_ns",
             process->usage_known ? json_integer(process->system_ns) : json_null());
    json_put(object, "peak_bytes",
             process->peak_bytes ? json_integer(process->peak_bytes) : json_null());
    json_put(object, "ended", json_boolean(process->ended));
    json_put(object, "times_known", json_boolean(process->times_known));
    json_put(object, "timing", json_text(process->timing));
    json_put(object, "samples", json_integer(process->samples));
    json_put(object, "hook_samples", json_integer(process->hook_samples));
    json_put(object, "sample_ns",
             process->sample_ns ? json_integer(process->sample_ns) : json_null());
    json_put(object, "profiler_ns", json_integer(process->profiler_ns));
    json_put(object, "threads", json_integer(process->threads));
    json_put(object, "calls", json_integer(process->calls));
    json_put(object, "inlined_calls", json_integer(process->inlined_calls));
    json_put(object, "lost_calls", json_integer(process->lost_calls));
    json_put(object, "folded_calls", json_integer(process->folded_calls));
    json_put(object, "folded_ns", json_integer(process->folded_ns));
    json_put(object, "unattributed_ns", json_integer(process->unattributed_ns));
    json_put(object, "event_ns",
             process->event_ns > 0 && isfinite(process->event_ns) ? json_real(process->event_ns)
                                                                  : json_null());
    return object;
}

static json_t *average_or_null(const struct report *report, const struct report_calls *calls)
{
    return calls->has_average ? time_ns(report, calls->average_ns) : json_null();
}

static void put_estimate(json_t *object, const struct report *report,
                         const struct report_estimate *estimate)
{
    json_put(object, "raw_self_ns", time_ns(report, estimate->raw_self_ns));
    json_put(object, "self_error_ns", time_ns(report, estimate->self_error_ns));
    json_put(object, "cumulative_error_ns", time_ns(report, estimate->cumulative_error_ns));
    json_put(object, "below_noise", json_boolean(estimate->below_noise));
}

static void put_durations(json_t *object, const struct report_durations *durations)
{
    static const char *const names[REPORT_DURATIONS] = {"min_ns", "p50_ns", "p75_ns",
                                                        "p95_ns", "p99_ns", "max_ns"};
    json_put(object, "measured_calls", json_integer(durations->measured));
    for (int i = 0; i < REPORT_DURATIONS; i++)
        json_put(object, names[i],
                 durations->known[i] ? json_integer(durations->values_ns[i]) : json_null());
}

static json_t *function(const struct report *report, const struct report_function *function)
{
    json_t *object = json_object();
    json_put(object, "function", json_text(function->name));
    json_put(object, "linkage_name", json_text(function->linkage_name));
    json_put(object, "module", json_text(function->module));
    json_put(object, "file", json_text(function->file));
    json_put(object, "line", json_line(function->line));
    json_put(object, "external", json_boolean(function->external));
    json_put(object, "fingerprint", json_text(function->fingerprint));
    json_put(object, "calls", json_integer(function->calls.calls));
    json_put(object, "inlined_calls", json_integer(function->calls.inlined_calls));
    json_put(object, "recursive_calls", json_integer(function->calls.recursive_calls));
    json_put(object, "self_ns", time_ns(report, function->self_ns));
    json_put(object, "cumulative_ns", time_ns(report, function->cumulative_ns));
    json_put(object, "average_ns", average_or_null(report, &function->calls));
    put_estimate(object, report, &function->estimate);
    put_durations(object, &function->durations);
    json_put(object, "severity", json_text(severity_name(function->severity)));
    return object;
}

static json_t *edge(const struct report *report, const struct report_edge *edge)
{
    json_t *object = json_object();
    json_put(object, "caller", json_text(edge->caller));
    json_put(object, "callee", json_text(edge->callee));
    json_put(object, "caller_linkage_name", json_text(edge->caller_linkage_name));
    json_put(object, "callee_linkage_name", json_text(edge->callee_linkage_name));
    json_put(object, "external", json_boolean(edge->external));
    json_put(object, "calls", json_integer(edge->calls.calls));
    json_put(object, "inlined_calls", json_integer(edge->calls.inlined_calls));
    json_put(object, "recursive_calls", json_integer(edge->calls.recursive_calls));
    json_put(object, "cumulative_ns", time_ns(report, edge->cumulative_ns));
    json_put(object, "average_ns", average_or_null(report, &edge->calls));
    return object;
}

static json_t *context(const struct report *report, const struct report_context *context)
{
    json_t *path = json_array();
    for (size_t i = 0; i < context->depth; i++)
        json_add(path, json_text(context->path[i]));
    json_t *object = json_object();
    json_put(object, "path", path);
    json_put(object, "external", json_boolean(context->external));
    json_put(object, "calls", json_integer(context->calls.calls));
    json_put(object, "inlined_calls", json_integer(context->calls.inlined_calls));
    json_put(object, "self_ns", time_ns(report, context->self_ns));
    json_put(object, "cumulative_ns", time_ns(report, context->cumulative_ns));
    json_put(object, "average_ns", average_or_null(report, &context->calls));
    put_estimate(object, report, &context->estimate);
    return object;
}

static void put_totals(json_t *object, const struct report *report)
{
    json_put(object, "total_ns", time_ns(report, report->total_ns));
    json_put(object, "profiler_ns", time_ns(report, report->profiler_ns));
    json_put(object, "outside_ns", time_ns(report, report->outside_ns));
    json_put(object, "unattributed_ns", time_ns(report, report->unattributed_ns));
}

json_t *report_json(const struct report *report)
{
    json_t *root = json_object();
    json_t *processes = json_array();
    for (size_t i = 0; i < report->process_count; i++)
        json_add(processes, process(&report->processes[i]));
    json_t *functions = json_array();
    for (size_t i = 0; i < report->function_count; i++)
        json_add(functions, function(report, &report->functions[i]));

    json_put(root, "version", json_integer(3));
    json_put(root, "processes", processes);
    put_totals(root, report);
    json_put(root, "functions", functions);
    if (report->advice)
        json_put(root, "advice", advice_json(report->advice, (size_t)report->options.advice_limit));
    if (report->options.edges) {
        json_t *edges = json_array();
        for (size_t i = 0; i < report->edge_count; i++)
            json_add(edges, edge(report, &report->edges[i]));
        json_put(root, "edges", edges);
    }
    if (report->options.contexts) {
        json_t *contexts = json_array();
        for (size_t i = 0; i < report->context_count; i++)
            json_add(contexts, context(report, &report->contexts[i]));
        json_put(root, "contexts", contexts);
    }
    return root;
}

void report_write_json(FILE *stream, struct report *report)
{
    json_t *root = report_json(report);
    json_write(stream, root);
    json_decref(root);
}

/* Takes over the row. */
static void write_line(FILE *stream, const char *kind, json_t *row)
{
    json_t *line = json_object();
    json_put(line, "kind", json_text(kind)); /* in front */
    if (json_object_update(line, row) != 0)
        out_of_memory();
    json_write_line(stream, line);
    json_decref(line);
    json_decref(row);
}

void report_write_json_lines(FILE *stream, struct report *report)
{
    json_t *totals = json_object();
    put_totals(totals, report);
    write_line(stream, "total", totals);
    for (size_t i = 0; i < report->process_count; i++)
        write_line(stream, "process", process(&report->processes[i]));
    for (size_t i = 0; i < report->function_count; i++)
        write_line(stream, "function", function(report, &report->functions[i]));
    for (size_t i = 0; i < report->edge_count; i++)
        write_line(stream, "edge", edge(report, &report->edges[i]));
}
