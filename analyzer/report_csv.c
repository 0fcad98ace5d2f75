/* CSV as RFC 4180 has it: lines end in CR LF, fields are quoted where they must be.
 *
 * A spreadsheet takes a field that begins with one of =+-@ for a formula, quoted or not. Such a
 * name, which no compiler makes, gets an apostrophe in front; so does one that begins with an
 * apostrophe, so that taking off the first gives every name back. */
#include <inttypes.h>
#include <string.h>

#include "report.h"
#include "text.h"

static void quoted(FILE *stream, const char *mark, const char *text)
{
    fprintf(stream, "\"%s", mark);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static void field(FILE *stream, const char *text)
{
    struct pool pool = {0};
    text = text_printable(&pool, text ? text : "");
    const char *mark = *text && strchr("=+-@'", *text) ? "'" : "";
    if (strpbrk(text, ",\""))
        quoted(stream, mark, text);
    else
        fprintf(stream, "%s%s", mark, text);
    fputc(',', stream);
    pool_free(&pool);
}

/* Of all threads' time, 0..1; empty if there is none. */
static void share(FILE *stream, const struct report *report, int64_t part)
{
    if (report->total_ns > 0)
        fprintf(stream, "%.6f", (double)part / (double)report->total_ns);
    fputc(',', stream);
}

/* `recursive`: those are told apart. */
static void counts(FILE *stream, const struct report_calls *calls, bool recursive)
{
    fprintf(stream, "%" PRId64 ",%" PRId64 ",", calls->calls, calls->inlined_calls);
    if (recursive)
        fprintf(stream, "%" PRId64 ",", calls->recursive_calls);
}

/* The last field; empty if there is none. */
static void average(FILE *stream, const struct report_calls *calls)
{
    if (calls->has_average)
        fprintf(stream, "%" PRId64, calls->average_ns);
    fputs("\r\n", stream);
}

static void write_functions(FILE *stream, const struct report *report)
{
    fputs("function,linkage_name,module,file,line,external,calls,inlined_calls,recursive_calls,"
          "self_ns,self_share,cumulative_ns,cumulative_share,average_ns\r\n",
          stream);
    for (size_t i = 0; i < report->function_count; i++) {
        const struct report_function *row = &report->functions[i];
        field(stream, row->name);
        field(stream, row->linkage_name);
        field(stream, row->module);
        field(stream, row->file);
        if (row->line)
            fprintf(stream, "%" PRId64, row->line);
        fprintf(stream, ",%d,", row->external);
        counts(stream, &row->calls, true);
        fprintf(stream, "%" PRId64 ",", row->self_ns);
        share(stream, report, row->self_ns);
        fprintf(stream, "%" PRId64 ",", row->cumulative_ns);
        share(stream, report, row->cumulative_ns);
        average(stream, &row->calls);
    }
}

static void write_edges(FILE *stream, const struct report *report)
{
    fputs("caller,callee,caller_linkage_name,callee_linkage_name,external,calls,inlined_calls,"
          "recursive_calls,cumulative_ns,cumulative_share,average_ns\r\n",
          stream);
    for (size_t i = 0; i < report->edge_count; i++) {
        const struct report_edge *row = &report->edges[i];
        field(stream, row->caller);
        field(stream, row->callee);
        field(stream, row->caller_linkage_name);
        field(stream, row->callee_linkage_name);
        fprintf(stream, "%d,", row->external);
        counts(stream, &row->calls, true);
        fprintf(stream, "%" PRId64 ",", row->cumulative_ns);
        share(stream, report, row->cumulative_ns);
        average(stream, &row->calls);
    }
}

static void write_contexts(FILE *stream, struct report *report)
{
    fputs("path,external,calls,inlined_calls,self_ns,self_share,cumulative_ns,cumulative_share,"
          "average_ns\r\n",
          stream);
    for (size_t i = 0; i < report->context_count; i++) {
        const struct report_context *row = &report->contexts[i];
        struct pool pool = {0};
        field(stream, report_join_path(&pool, row));
        pool_free(&pool);
        fprintf(stream, "%d,", row->external);
        counts(stream, &row->calls, false);
        fprintf(stream, "%" PRId64 ",", row->self_ns);
        share(stream, report, row->self_ns);
        fprintf(stream, "%" PRId64 ",", row->cumulative_ns);
        share(stream, report, row->cumulative_ns);
        average(stream, &row->calls);
    }
}

void report_write_csv(FILE *stream, struct report *report)
{
    if (report->options.contexts)
        write_contexts(stream, report);
    else if (report->options.edges)
        write_edges(stream, report);
    else
        write_functions(stream, report);
}
