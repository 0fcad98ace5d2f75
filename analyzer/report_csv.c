#include <inttypes.h>

#include "csv.h"
#include "report.h"

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
        csv_field(stream, row->name);
        csv_field(stream, row->linkage_name);
        csv_field(stream, row->module);
        csv_field(stream, row->file);
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
        csv_field(stream, row->caller);
        csv_field(stream, row->callee);
        csv_field(stream, row->caller_linkage_name);
        csv_field(stream, row->callee_linkage_name);
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
        csv_field(stream, report_join_path(&pool, row));
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
