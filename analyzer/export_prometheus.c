/* Prometheus' text format and OpenMetrics, which is its successor and stricter. All that a profile
 * tells of a function is a sum since the program began, hence a counter; errors are gauges. */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "export_totals.h"

enum unit { UNIT_CALLS, UNIT_SECONDS };

struct metric {
    const char *name; /* of the family, with its unit */
    const char *help;
    enum unit unit;
    bool gauge;
    size_t offset; /* of an int64_t: calls or nanoseconds */
};

#define OF_FUNCTION(member) offsetof(struct export_function, member)

static const struct metric function_metrics[] = {
    {"profinst_function_calls", "Calls of a function, recursive and inlined ones too.", UNIT_CALLS,
     false, OF_FUNCTION(calls)},
    {"profinst_function_inlined_calls", "Calls of a function that were inlined.", UNIT_CALLS, false,
     OF_FUNCTION(inlined_calls)},
    {"profinst_function_recursive_calls", "Calls of a function while it was running already.",
     UNIT_CALLS, false, OF_FUNCTION(recursive_calls)},
    {"profinst_function_self_seconds", "Time spent in a function itself.", UNIT_SECONDS, false,
     OF_FUNCTION(self_ns)},
    {"profinst_function_cumulative_seconds", "Time spent in a function and all that it called.",
     UNIT_SECONDS, false, OF_FUNCTION(cumulative_ns)},
    {"profinst_function_self_error_seconds", "Half of the 95 % interval of the self time.",
     UNIT_SECONDS, true, OF_FUNCTION(self_error_ns)},
    {"profinst_function_cumulative_error_seconds",
     "Half of the 95 % interval of the cumulative time.", UNIT_SECONDS, true,
     OF_FUNCTION(cumulative_error_ns)},
};

static const struct metric thread_metrics[] = {
    {"profinst_outside_seconds", "Time of all threads in no function that is measured.",
     UNIT_SECONDS, false, offsetof(struct export_times, outside_ns)},
    {"profinst_unattributed_seconds",
     "Time of all threads not known to be inside or outside of functions.", UNIT_SECONDS, false,
     offsetof(struct export_times, unattributed_ns)},
};

struct writer {
    FILE *stream;
    struct pool pool; /* of the family at hand */
    bool open;        /* OpenMetrics */
};

/* Backslashes, quotes and line feeds are escaped; of these a printable name has the first two. */
static void write_label(struct writer *writer, const char *before, const char *label,
                        const char *value)
{
    fprintf(writer->stream, "%s%s=\"", before, label);
    for (const char *from = export_name(&writer->pool, value, ""); *from; from++) {
        if (*from == '\\' || *from == '"')
            fputc('\\', writer->stream);
        fputc(*from, writer->stream);
    }
    fputc('"', writer->stream);
}

/* A label without a value is the same as none. */
static void write_labels(struct writer *writer, const struct export_function *function)
{
    write_label(writer, "{", "function", function->name);
    write_label(writer, ",", "linkage_name", function->linkage_name);
    if (function->module)
        write_label(writer, ",", "module", function->module);
    if (function->file)
        write_label(writer, ",", "file", function->file);
    if (function->line)
        fprintf(writer->stream, ",line=\"%" PRId64 "\"", function->line);
    fputc('}', writer->stream);
}

/* Prometheus' format has the suffix of counters in the name of the family, OpenMetrics only in that
 * of the sample. */
static void write_family(struct writer *writer, const struct metric *metric)
{
    const char *suffix = metric->gauge || writer->open ? "" : "_total";
    fprintf(writer->stream, "# HELP %s%s %s\n# TYPE %s%s %s\n", metric->name, suffix, metric->help,
            metric->name, suffix, metric->gauge ? "gauge" : "counter");
    if (writer->open && metric->unit == UNIT_SECONDS)
        fprintf(writer->stream, "# UNIT %s seconds\n", metric->name);
}

/* `function` NULL: the sample has no labels. */
static void write_sample(struct writer *writer, const struct metric *metric,
                         const struct export_function *function, const void *from)
{
    int64_t value;
    memcpy(&value, (const char *)from + metric->offset, sizeof value);
    fprintf(writer->stream, "%s%s", metric->name, metric->gauge ? "" : "_total");
    if (function)
        write_labels(writer, function);
    if (metric->unit == UNIT_SECONDS)
        fprintf(writer->stream, " %" PRId64 ".%09" PRId64 "\n", value / 1000000000,
                value % 1000000000);
    else
        fprintf(writer->stream, " %" PRId64 "\n", value);
}

static bool is_known(const struct metric *metric, const struct export_totals *totals)
{
    return metric->unit != UNIT_SECONDS || totals->times.known;
}

static enum status write_metrics(struct writer *writer, struct database *database)
{
    struct export_totals totals;
    enum status status = export_query_totals(&totals, database);
    for (size_t i = 0; i < sizeof function_metrics / sizeof *function_metrics; i++) {
        const struct metric *metric = &function_metrics[i];
        if (!is_known(metric, &totals))
            continue;
        write_family(writer, metric);
        for (size_t at = 0; at < totals.function_count; at++)
            write_sample(writer, metric, &totals.functions[at], &totals.functions[at]);
        pool_free(&writer->pool);
    }
    for (size_t i = 0; i < sizeof thread_metrics / sizeof *thread_metrics; i++) {
        const struct metric *metric = &thread_metrics[i];
        if (!is_known(metric, &totals))
            continue;
        write_family(writer, metric);
        write_sample(writer, metric, NULL, &totals.times);
    }
    if (writer->open)
        fputs("# EOF\n", writer->stream);
    export_totals_free(&totals);
    return status;
}

enum status export_prometheus(FILE *stream, struct database *database)
{
    return write_metrics(&(struct writer){.stream = stream}, database);
}

enum status export_openmetrics(FILE *stream, struct database *database)
{
    return write_metrics(&(struct writer){.stream = stream, .open = true}, database);
}
