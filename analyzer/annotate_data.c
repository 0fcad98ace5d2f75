/* What is known of lines, for programs. */
#include <inttypes.h>

#include "annotate.h"
#include "csv.h"
#include "json.h"
#include "text.h"

/* The line's text; NULL: the file ends before. */
static const char *source_of(struct pool *pool, const struct annotated_file *file, int64_t line)
{
    return line >= 1 && line <= (int64_t)file->text.line_count
               ? text_valid(pool, file->text.lines[line - 1])
               : NULL;
}

static bool is_shown(const struct annotated_file *file, int64_t line)
{
    return line >= file->first && line <= file->last;
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *time_ns(const struct annotation *annotation, int64_t nanoseconds)
{
    return annotation->has_times ? json_integer(nanoseconds) : json_null();
}

static json_t *function_of(struct annotation *annotation, const struct annotated_file *file,
                           const struct annotated_function *function)
{
    json_t *object = json_object();
    json_put(object, "line", json_line(function->line));
    json_put(object, "function", json_text(function->name));
    json_put(object, "linkage_name", json_text(function->linkage_name));
    json_put(object, "module", json_text(function->module));
    json_put(object, "calls", json_integer(function->calls));
    json_put(object, "inlined_calls", json_integer(function->inlined_calls));
    json_put(object, "recursive_calls", json_integer(function->recursive_calls));
    json_put(object, "self_ns", time_ns(annotation, function->self_ns));
    json_put(object, "self_error_ns", time_ns(annotation, function->self_error_ns));
    json_put(object, "cumulative_ns", time_ns(annotation, function->cumulative_ns));
    json_put(object, "cumulative_error_ns", time_ns(annotation, function->cumulative_error_ns));
    json_put(object, "below_noise", json_boolean(function->below_noise));
    json_put(object, "source", json_text(source_of(&annotation->pool, file, function->line)));
    return object;
}

static json_t *call_of(struct annotation *annotation, const struct annotated_file *file,
                       const struct annotated_call *call)
{
    json_t *object = json_object();
    json_put(object, "line", json_line(call->line));
    json_put(object, "caller", json_text(call->caller));
    json_put(object, "callee", json_text(call->callee));
    json_put(object, "kind", json_text(call->kind));
    json_put(object, "through", json_text(call->through));
    json_put(object, "calls", json_integer(call->calls));
    json_put(object, "inlined_calls", json_integer(call->inlined_calls));
    json_put(object, "cumulative_ns", time_ns(annotation, call->cumulative_ns));
    json_put(object, "sites", call->kind ? json_integer(call->sites) : json_null());
    json_put(object, "exact", json_boolean(call->exact));
    json_put(object, "external", json_boolean(call->external));
    json_put(object, "source", json_text(source_of(&annotation->pool, file, call->line)));
    return object;
}

/* Calls in lines that are not known belong to functions that are shown. */
static bool is_of_shown_function(const struct annotated_file *file,
                                 const struct annotated_call *call)
{
    for (size_t i = 0; i < file->function_count; i++)
        if (file->functions[i].id == call->caller_id)
            return is_shown(file, file->functions[i].line);
    return false;
}

static json_t *file_of(struct annotation *annotation, const struct annotated_file *file)
{
    json_t *object = json_object(), *functions = json_array(), *calls = json_array();
    for (size_t i = 0; i < file->function_count; i++)
        if (is_shown(file, file->functions[i].line))
            json_add(functions, function_of(annotation, file, &file->functions[i]));
    for (size_t i = 0; i < file->call_count; i++) {
        const struct annotated_call *call = &file->calls[i];
        if (call->line ? is_shown(file, call->line) : is_of_shown_function(file, call))
            json_add(calls, call_of(annotation, file, call));
    }
    json_put(object, "file", json_text(file->path));
    json_put(object, "source", json_text(text_valid(&annotation->pool, file->text.path)));
    json_put(object, "functions", functions);
    json_put(object, "calls", calls);
    return object;
}

void annotate_write_json(FILE *stream, struct annotation *annotation)
{
    json_t *root = json_object(), *files = json_array();
    for (size_t i = 0; i < annotation->file_count; i++)
        json_add(files, file_of(annotation, &annotation->files[i]));
    json_put(root, "total_ns", time_ns(annotation, annotation->total_ns));
    json_put(root, "files", files);
    json_write(stream, root);
    json_decref(root);
}

/* ---- CSV ---------------------------------------------------------------------------------- */

static void begin_row(FILE *stream, const struct annotated_file *file, int64_t line,
                      const char *kind)
{
    csv_field(stream, file->path);
    fprintf(stream, "%" PRId64 ",", line);
    csv_field(stream, kind);
}

static void write_time(FILE *stream, const struct annotation *annotation, int64_t nanoseconds)
{
    if (annotation->has_times)
        fprintf(stream, "%" PRId64, nanoseconds);
    fputc(',', stream);
}

static void write_function(FILE *stream, struct annotation *annotation,
                           const struct annotated_file *file,
                           const struct annotated_function *function)
{
    begin_row(stream, file, function->line, "function");
    csv_field(stream, function->name);
    fprintf(stream, ",,%" PRId64 ",%" PRId64 ",", function->calls, function->inlined_calls);
    write_time(stream, annotation, function->self_ns);
    write_time(stream, annotation, function->self_error_ns);
    write_time(stream, annotation, function->cumulative_ns);
    write_time(stream, annotation, function->cumulative_error_ns);
    fputs(",,", stream);
    csv_last_field(stream, source_of(&annotation->pool, file, function->line));
}

static void write_call(FILE *stream, struct annotation *annotation,
                       const struct annotated_file *file, const struct annotated_call *call)
{
    begin_row(stream, file, call->line, call->kind);
    csv_field(stream, call->caller);
    csv_field(stream, call->callee);
    csv_field(stream, call->through);
    fprintf(stream, "%" PRId64 ",%" PRId64 ",,,", call->calls, call->inlined_calls);
    write_time(stream, annotation, call->cumulative_ns);
    fprintf(stream, ",%" PRId64 ",%d,", call->sites, call->exact);
    csv_last_field(stream, source_of(&annotation->pool, file, call->line));
}

void annotate_write_csv(FILE *stream, struct annotation *annotation)
{
    fputs("file,line,kind,function,callee,through,calls,inlined_calls,self_ns,self_error_ns,"
          "cumulative_ns,cumulative_error_ns,sites,exact,source\r\n",
          stream);
    for (size_t i = 0; i < annotation->file_count; i++) {
        const struct annotated_file *file = &annotation->files[i];
        for (size_t k = 0; k < file->function_count; k++)
            if (is_shown(file, file->functions[k].line))
                write_function(stream, annotation, file, &file->functions[k]);
        for (size_t k = 0; k < file->call_count; k++)
            if (file->calls[k].line && is_shown(file, file->calls[k].line))
                write_call(stream, annotation, file, &file->calls[k]);
    }
}
