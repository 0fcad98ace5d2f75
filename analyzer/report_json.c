#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "report.h"
#include "text.h"

/* json_object_set_new takes over the value, NULL of a failed allocation too, and then fails. */
static void put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        out_of_memory();
}

static void append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        out_of_memory();
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *line_or_null(int64_t line)
{
    return line ? json_integer(line) : json_null();
}

static json_t *process(const struct report_process *process)
{
    json_t *object = json_object();
    put(object, "program", text_or_null(process->program));
    json_t *arguments = json_loads(process->arguments, 0, NULL);
    put(object, "arguments", arguments ? arguments : json_null());
    put(object, "pid", json_integer(process->process_id));
    put(object, "parent_pid", json_integer(process->parent_process_id));
    put(object, "run", json_integer(process->run));
    put(object, "started_unix_ns", json_integer(process->started_unix_ns));
    put(object, "duration_ns", json_integer(process->duration_ns));
    put(object, "ended", json_boolean(process->ended));
    put(object, "times_known", json_boolean(process->times_known));
    put(object, "threads", json_integer(process->threads));
    put(object, "calls", json_integer(process->calls));
    put(object, "inlined_calls", json_integer(process->inlined_calls));
    put(object, "lost_calls", json_integer(process->lost_calls));
    put(object, "folded_calls", json_integer(process->folded_calls));
    put(object, "folded_ns", json_integer(process->folded_ns));
    put(object, "unattributed_ns", json_integer(process->unattributed_ns));
    put(object, "event_ns",
        process->event_ns > 0 && isfinite(process->event_ns) ? json_real(process->event_ns)
                                                             : json_null());
    return object;
}

static json_t *average_or_null(const struct report_calls *calls)
{
    return calls->has_average ? json_integer(calls->average_ns) : json_null();
}

static json_t *function(const struct report_function *function)
{
    json_t *object = json_object();
    put(object, "function", text_or_null(function->name));
    put(object, "linkage_name", text_or_null(function->linkage_name));
    put(object, "module", text_or_null(function->module));
    put(object, "file", text_or_null(function->file));
    put(object, "line", line_or_null(function->line));
    put(object, "external", json_boolean(function->external));
    put(object, "calls", json_integer(function->calls.calls));
    put(object, "inlined_calls", json_integer(function->calls.inlined_calls));
    put(object, "recursive_calls", json_integer(function->calls.recursive_calls));
    put(object, "self_ns", json_integer(function->self_ns));
    put(object, "cumulative_ns", json_integer(function->cumulative_ns));
    put(object, "average_ns", average_or_null(&function->calls));
    return object;
}

static json_t *edge(const struct report_edge *edge)
{
    json_t *object = json_object();
    put(object, "caller", text_or_null(edge->caller));
    put(object, "callee", text_or_null(edge->callee));
    put(object, "caller_linkage_name", text_or_null(edge->caller_linkage_name));
    put(object, "callee_linkage_name", text_or_null(edge->callee_linkage_name));
    put(object, "external", json_boolean(edge->external));
    put(object, "calls", json_integer(edge->calls.calls));
    put(object, "inlined_calls", json_integer(edge->calls.inlined_calls));
    put(object, "recursive_calls", json_integer(edge->calls.recursive_calls));
    put(object, "cumulative_ns", json_integer(edge->cumulative_ns));
    put(object, "average_ns", average_or_null(&edge->calls));
    return object;
}

static json_t *context(const struct report_context *context)
{
    json_t *path = json_array();
    for (size_t i = 0; i < context->depth; i++)
        append(path, text_or_null(context->path[i]));
    json_t *object = json_object();
    put(object, "path", path);
    put(object, "external", json_boolean(context->external));
    put(object, "calls", json_integer(context->calls.calls));
    put(object, "inlined_calls", json_integer(context->calls.inlined_calls));
    put(object, "self_ns", json_integer(context->self_ns));
    put(object, "cumulative_ns", json_integer(context->cumulative_ns));
    put(object, "average_ns", average_or_null(&context->calls));
    return object;
}

void report_write_json(FILE *stream, struct report *report)
{
    json_t *root = json_object();
    json_t *processes = json_array();
    for (size_t i = 0; i < report->process_count; i++)
        append(processes, process(&report->processes[i]));
    json_t *functions = json_array();
    for (size_t i = 0; i < report->function_count; i++)
        append(functions, function(&report->functions[i]));

    put(root, "version", json_integer(2));
    put(root, "processes", processes);
    put(root, "total_ns", json_integer(report->total_ns));
    put(root, "outside_ns", json_integer(report->outside_ns));
    put(root, "unattributed_ns", json_integer(report->unattributed_ns));
    put(root, "functions", functions);
    if (report->options.edges) {
        json_t *edges = json_array();
        for (size_t i = 0; i < report->edge_count; i++)
            append(edges, edge(&report->edges[i]));
        put(root, "edges", edges);
    }
    if (report->options.contexts) {
        json_t *contexts = json_array();
        for (size_t i = 0; i < report->context_count; i++)
            append(contexts, context(&report->contexts[i]));
        put(root, "contexts", contexts);
    }
    char *json = json_dumps(root, JSON_INDENT(2));
    if (!json)
        out_of_memory();
    text_write_json(stream, json);
    fputc('\n', stream);
    free(json);
    json_decref(root);
}
