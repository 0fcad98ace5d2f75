#include <inttypes.h>

#include "csv.h"
#include "report.h"

/* A field; empty where no times were taken. */
static void time_ns(FILE *stream, const struct report *report, int64_t nanoseconds)
{
    if (report->has_times)
        fprintf(stream, "%" PRId64, nanoseconds);
    fputc(',', stream);
}

/* And what share it is of all threads' time, 0..1; empty if there is none. */
static void time_and_share(FILE *stream, const struct report *report, int64_t part)
{
    time_ns(stream, report, part);
    if (report->has_times && report->total_ns > 0)
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

/* Empty if there is none. */
static void average(FILE *stream, const struct report *report, const struct report_calls *calls)
{
    if (calls->has_average && report->has_times)
        fprintf(stream, "%" PRId64, calls->average_ns);
}

static void estimate(FILE *stream, const struct report *report,
                     const struct report_estimate *estimate)
{
    fputc(',', stream);
    time_ns(stream, report, estimate->raw_self_ns);
    time_ns(stream, report, estimate->self_error_ns);
    time_ns(stream, report, estimate->cumulative_error_ns);
    fprintf(stream, "%d", estimate->below_noise);
}

static void durations(FILE *stream, const struct report_durations *durations)
{
    fprintf(stream, ",%" PRId64, durations->measured);
    for (int i = 0; i < REPORT_DURATIONS; i++) {
        fputc(',', stream);
        if (durations->known[i])
            fprintf(stream, "%" PRId64, durations->values_ns[i]);
    }
}

#define ESTIMATE ",raw_self_ns,self_error_ns,cumulative_error_ns,below_noise"

static void write_functions(FILE *stream, const struct report *report)
{
    fputs("function,linkage_name,module,file,line,external,calls,inlined_calls,recursive_calls,"
          "self_ns,self_share,cumulative_ns,cumulative_share,average_ns" ESTIMATE
          ",measured_calls,min_ns,p50_ns,p75_ns,p95_ns,p99_ns,max_ns,severity\r\n",
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
        time_and_share(stream, report, row->self_ns);
        time_and_share(stream, report, row->cumulative_ns);
        average(stream, report, &row->calls);
        estimate(stream, report, &row->estimate);
        durations(stream, &row->durations);
        const char *name = severity_name(row->severity);
        fprintf(stream, ",%s\r\n", name ? name : "");
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
        time_and_share(stream, report, row->cumulative_ns);
        average(stream, report, &row->calls);
        fputs("\r\n", stream);
    }
}

static void write_contexts(FILE *stream, struct report *report)
{
    fputs("path,external,calls,inlined_calls,self_ns,self_share,cumulative_ns,cumulative_share,"
          "average_ns" ESTIMATE "\r\n",
          stream);
    for (size_t i = 0; i < report->context_count; i++) {
        const struct report_context *row = &report->contexts[i];
        struct pool pool = {0};
        csv_field(stream, report_join_path(&pool, row));
        pool_free(&pool);
        fprintf(stream, "%d,", row->external);
        counts(stream, &row->calls, false);
        time_and_share(stream, report, row->self_ns);
        time_and_share(stream, report, row->cumulative_ns);
        average(stream, report, &row->calls);
        estimate(stream, report, &row->estimate);
        fputs("\r\n", stream);
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
