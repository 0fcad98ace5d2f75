#include "report_grid.h"

#include <jansson.h>
#include <string.h>

#include "text.h"

struct sums {
    int64_t begin_ns; /* Unix time: the first start */
    int64_t threads, calls, lost_calls, folded_calls, folded_ns, user_ns, system_ns;
    size_t not_ended, without_usage, without_times;
};

static struct sums sum_up(const struct report *report)
{
    struct sums sums = {.begin_ns = INT64_MAX};
    for (size_t i = 0; i < report->process_count; i++) {
        const struct report_process *process = &report->processes[i];
        sums.begin_ns =
            process->started_unix_ns < sums.begin_ns ? process->started_unix_ns : sums.begin_ns;
        /* A damaged header may claim anything; the sum need not be more than "very many". */
        sums.threads = database_sum(sums.threads, process->threads);
        sums.calls = database_sum(sums.calls, process->calls);
        sums.lost_calls = database_sum(sums.lost_calls, process->lost_calls);
        sums.folded_calls = database_sum(sums.folded_calls, process->folded_calls);
        sums.folded_ns = database_sum(sums.folded_ns, process->folded_ns);
        sums.user_ns = database_sum(sums.user_ns, process->user_ns);
        sums.system_ns = database_sum(sums.system_ns, process->system_ns);
        sums.not_ended += !process->ended;
        sums.without_usage += !process->usage_known;
        sums.without_times += !process->times_known;
    }
    return sums;
}

static void add(struct summary_line *lines, size_t *count, const char *label, const char *text)
{
    lines[(*count)++] = (struct summary_line){.label = label, .text = text};
}

/* What stood on the command line behind the program's name; "" if it cannot be read. */
static const char *arguments(struct pool *pool, const char *json)
{
    json_t *list = json_loads(json, 0, NULL);
    const char *words = "";
    for (size_t i = 1; i < json_array_size(list); i++) {
        const char *word = json_string_value(json_array_get(list, i));
        words = word ? pool_format(pool, "%s %s", words, text_shell(pool, word)) : words;
    }
    json_decref(list);
    return words;
}

/* "/opt/bin/app --fast 'input file' (process 4711)" */
static struct summary_line program(struct report *report)
{
    struct pool *pool = &report->pool;
    const struct report_process *first = &report->processes[0];
    const char *more = report->process_count == 1
                           ? ""
                           : pool_format(pool, " and %s more",
                                         text_count(pool, (int64_t)report->process_count - 1));
    const char *tail = pool_format(pool, " (process %lld)%s", (long long)first->process_id, more);
    return (struct summary_line){
        .label = "Program",
        .text = pool_format(pool, "%s%s%s", text_shell(pool, first->program),
                            arguments(pool, first->arguments), tail),
        .tail = strlen(tail),
    };
}

/* Which of the processes a note is about. */
static const char *who(struct report *report, size_t count)
{
    if (report->process_count == 1)
        return "the process";
    return pool_format(&report->pool, "%s of %s processes",
                       text_count(&report->pool, (int64_t)count),
                       text_count(&report->pool, (int64_t)report->process_count));
}

static const char *inlined(struct report *report)
{
    int64_t calls = report->function_total.inlined_calls;
    return calls ? pool_format(&report->pool, ", %s of them inlined into callers",
                               text_count(&report->pool, calls))
                 : "";
}

/* Of all processes together: of one that did not end, it is known up to some moment. */
static const char *processor_time(struct report *report, const struct sums *sums)
{
    struct pool *pool = &report->pool;
    if (sums->without_usage == report->process_count)
        return "";
    return pool_format(pool, ", CPU time %s%s (user %s, system %s)",
                       sums->not_ended || sums->without_usage ? "at least " : "",
                       text_duration(pool, database_sum(sums->user_ns, sums->system_ns)),
                       text_duration(pool, sums->user_ns), text_duration(pool, sums->system_ns));
}

static void add_notes(struct report *report, const struct sums *sums, struct summary_line *lines,
                      size_t *count)
{
    struct pool *pool = &report->pool;
    if (sums->not_ended)
        add(lines, count, "Note",
            pool_format(pool,
                        "%s did not end by exit: still running, killed, or left by _exit; counted "
                        "is what happened until then",
                        who(report, sums->not_ended)));
    if (sums->lost_calls)
        add(lines, count, "Note",
            pool_format(pool,
                        "%s calls could not be recorded: there was no room for them where profiles "
                        "are written, or in memory, or their thread had ended",
                        text_count(pool, sums->lost_calls)));
    if (sums->folded_calls)
        add(lines, count, "Note",
            pool_format(pool,
                        "%s calls came past the limit of contexts: calls, edges and self times are "
                        "exact, but any cumulative time may lack up to %s (%s); a higher "
                        "PROFINST_MAX_CONTEXTS avoids that",
                        text_count(pool, sums->folded_calls), text_duration(pool, sums->folded_ns),
                        text_percent(pool, sums->folded_ns, report->total_ns)));
    if (sums->without_times)
        add(lines, count, "Note",
            pool_format(pool,
                        "%s ended before the clock was measured: there are counts but no times",
                        who(report, sums->without_times)));
}

/* How the times were taken, of all processes together. */
static const char *timing(struct report *report)
{
    struct pool *pool = &report->pool;
    int64_t samples = 0, hook_samples = 0, sample_ns = 0;
    const char *name = report->processes[0].timing;
    for (size_t i = 0; i < report->process_count; i++) {
        const struct report_process *process = &report->processes[i];
        samples = database_sum(samples, process->samples);
        hook_samples = database_sum(hook_samples, process->hook_samples);
        sample_ns = process->sample_ns > sample_ns ? process->sample_ns : sample_ns;
        if (strcmp(process->timing, name) != 0)
            name = "not the same in all processes";
    }
    if (strcmp(name, "exact") == 0)
        return "exact: the clock was read at every call";
    if (strcmp(name, "counts") == 0)
        return "counts: calls were counted, and no times taken";
    if (strcmp(name, "auto") != 0)
        return name;
    if (sample_ns == 0)
        return "auto: no samples were taken, so times of short calls are rough estimates";
    return pool_format(pool, "auto: short calls by %s %s, one each %s of processor time%s",
                       text_count(pool, samples), samples == 1 ? "sample" : "samples",
                       text_duration(pool, sample_ns),
                       hook_samples ? pool_format(pool, "; %s of them in the profiler",
                                                  text_count(pool, hook_samples))
                                    : "");
}

/* " (12.3 %)", or nothing if there is no whole. */
static const char *share(struct report *report, int64_t part, int64_t whole, const char *of)
{
    return whole > 0
               ? pool_format(&report->pool, " (%s%s)", text_percent(&report->pool, part, whole), of)
               : "";
}

static const char *profiler(struct report *report)
{
    struct pool *pool = &report->pool;
    int64_t noise = report->function_total.below_noise;
    int64_t with_it = database_sum(report->total_ns, report->profiler_ns);
    return pool_format(pool, "%s%s, taken out of all times%s",
                       text_duration(pool, report->profiler_ns),
                       share(report, report->profiler_ns, with_it, " of the threads' time"),
                       noise ? pool_format(pool, "; %s %s below the noise", text_count(pool, noise),
                                           noise == 1 ? "function is" : "functions are")
                             : "");
}

/* When it began, and how long it took. */
static const char *started(struct report *report, const struct sums *sums)
{
    struct pool *pool = &report->pool;
    bool several = report->runs > 1;
    const char *runs =
        several ? pool_format(pool, "first of %s runs, ", text_count(pool, report->runs)) : "";
    return pool_format(pool, "%s, %s%s %s%s%s", text_moment(pool, sums->begin_ns), runs,
                       sums->not_ended ? "recorded for" : "ran",
                       text_duration(pool, report->runs_ns), several ? " in all" : "",
                       processor_time(report, sums));
}

static const char *threads(struct report *report, const struct sums *sums)
{
    struct pool *pool = &report->pool;
    const char *count = text_count(pool, sums->threads);
    if (!report->has_times)
        return count;
    return pool_format(pool, "%s, together %s", count,
                       text_duration(pool, database_sum(report->total_ns, report->profiler_ns)));
}

static void add_times(struct report *report, struct summary_line *lines, size_t *count)
{
    struct pool *pool = &report->pool;
    if (report->profiler_ns > 0)
        add(lines, count, "Profiler", profiler(report));
    if (report->has_times)
        add(lines, count, "Outside",
            pool_format(pool, "%s%s in no instrumented function",
                        text_duration(pool, report->outside_ns),
                        share(report, report->outside_ns, report->total_ns, "")));
    if (report->unattributed_ns)
        add(lines, count, "Unattributed",
            pool_format(pool, "%s%s lost in interrupted events",
                        text_duration(pool, report->unattributed_ns),
                        share(report, report->unattributed_ns, report->total_ns, "")));
}

void report_summary(struct report *report, struct summary_line lines[SUMMARY_LINES])
{
    struct pool *pool = &report->pool;
    size_t count = 0;
    if (report->process_count > 0) {
        struct sums sums = sum_up(report);
        lines[count++] = program(report);
        add(lines, &count, "Started", started(report, &sums));
        add(lines, &count, "Threads", threads(report, &sums));
        add(lines, &count, "Calls",
            pool_format(pool, "%s of %s %s%s", text_count(pool, sums.calls),
                        text_count(pool, report->function_total.rows),
                        report->function_total.rows == 1 ? "function" : "functions",
                        inlined(report)));
        add(lines, &count, "Timing", timing(report));
        add_times(report, lines, &count);
        add_notes(report, &sums, lines, &count);
    }
    lines[count] = (struct summary_line){0};
}

static bool lost(const struct report *report)
{
    for (size_t i = 0; i < report->process_count; i++)
        if (report->processes[i].lost_calls > 0)
            return true;
    return false;
}

const char *report_why_empty(const struct report *report)
{
    if (report->function_total.rows > 0 || lost(report))
        return NULL;
    if (report->process_count == 0)
        return "The database holds no profiles. Load some with 'profinst load --db'.";
    return "No calls were recorded. Either no function that ran was instrumented, or none was "
           "called, "
           "or PROFINST_FILTER switched all of them off. Check that the program was compiled with "
           "-fplugin=libprofinst.so, and that what ran is what was compiled so; 'profinst "
           "selection' "
           "shows which functions of it are measured, and why.";
}
