/* What histograms of durations come to for each function: in the run, and in all runs, with the
 * histograms of processes that were loaded before. */
#include <stdlib.h>

#include "histogram.h"
#include "load_steps.h"

static double whole(uint64_t ticks)
{
    return (double)(ticks > INT64_MAX ? INT64_MAX : ticks);
}

/* The columns of a row of other processes' histograms. */
enum { FUNCTION, OF_RUN, BUCKET };

static const char others[] =
    "SELECT range.function_id, process.run_id = ?1, " HISTOGRAM_COLUMNS
    " FROM duration_range AS range"
    " JOIN thread ON thread.id = range.thread_id"
    " JOIN process ON process.id = thread.process_id"
    " JOIN duration ON duration.duration_range_id = range.id"
    " WHERE range.context_id IS NULL AND process.ticks_per_second > 0 AND process.id <> ?2"
    " AND range.function_id IN"
    "  (SELECT function_id FROM duration_range JOIN thread ON thread.id = thread_id"
    "   WHERE thread.process_id = ?2 AND context_id IS NULL)"
    " ORDER BY range.function_id";

/* What the process has of its own. */
static void add_octave(const struct loader *loader, const struct profile_octave *octave,
                       struct histogram *of_run, struct histogram *of_all)
{
    const struct profile *profile = loader->profile;
    uint64_t measured = octave->timed;
    for (uint32_t i = 0; i < DURATION_BUCKETS; i++) {
        if (octave->counts[i] == 0)
            continue;
        const struct histogram_bucket bucket = {
            .ns_per_tick = 1e9 / profile->ticks_per_second,
            .inside_ns = profile->header.timed.inside / 1024.0 * profile->ns_per_tick,
            .octave = octave->octave,
            .bucket = i,
            .least = whole(octave->least),
            .greatest = whole(octave->greatest),
            .calls = octave->counts[i],
            .measured = measured,
            .partly = profile->header.timing == PROFINST_TIMING_AUTO,
        };
        histogram_add(of_run, &bucket);
        histogram_add(of_all, &bucket);
        measured = 0;
    }
}

/* Of a function, in the run and in all runs. */
static enum status finish(const struct loader *loader, sqlite3_stmt *statement,
                          sqlite3_int64 function, struct histogram *of_run,
                          struct histogram *of_all)
{
    enum status status =
        histogram_write(loader->database, statement, loader->run, function, of_run);
    if (status == STATUS_OK)
        status = histogram_write(loader->database, statement, 0, function, of_all);
    histogram_clear(of_run);
    histogram_clear(of_all);
    return status;
}

/* The process's own octaves, by function. */
struct own {
    sqlite3_int64 function;
    const struct profile_octave *octave;
};

static int by_function(const void *left, const void *right)
{
    const struct own *a = left, *b = right;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->octave > b->octave) - (a->octave < b->octave);
}

static struct own *sort_own(const struct loader *loader, size_t *count)
{
    const struct profile *profile = loader->profile;
    struct own *own = memory_array(profile->octave_count, sizeof *own);
    *count = 0;
    for (size_t i = 0; i < profile->octave_count; i++)
        if (profile->octaves[i].context == PROFILE_NONE)
            own[(*count)++] =
                (struct own){loader->functions[profile->octaves[i].function], &profile->octaves[i]};
    qsort(own, *count, sizeof *own, by_function);
    return own;
}

/* Rows come function by function, and are of functions that the process has, too. */
static enum status find_durations(const struct loader *loader, sqlite3_stmt *row,
                                  sqlite3_stmt *statement)
{
    struct histogram of_run = {0}, of_all = {0};
    size_t count;
    struct own *own = sort_own(loader, &count);
    bool known = loader->profile->ticks_per_second > 0, more;
    enum status status = database_step(loader->database, row, &more);
    for (size_t i = 0; status == STATUS_OK && i < count;) {
        sqlite3_int64 function = own[i].function;
        for (; i < count && own[i].function == function; i++)
            if (known)
                add_octave(loader, own[i].octave, &of_run, &of_all);
        while (status == STATUS_OK && more && sqlite3_column_int64(row, FUNCTION) == function) {
            const struct histogram_bucket bucket = histogram_read(row, BUCKET);
            histogram_add(&of_all, &bucket);
            if (sqlite3_column_int(row, OF_RUN))
                histogram_add(&of_run, &bucket);
            status = database_step(loader->database, row, &more);
        }
        if (status == STATUS_OK)
            status = finish(loader, statement, function, &of_run, &of_all);
    }
    free(own);
    free(of_run.buckets);
    free(of_all.buckets);
    return status;
}

enum status load_durations(const struct loader *loader, bool contexts)
{
    if (loader->profile->octave_count == 0)
        return STATUS_OK;
    enum status status = load_histograms(loader, contexts);
    sqlite3_stmt *row = NULL, *statement = NULL;
    if (status == STATUS_OK)
        status = database_prepare(loader->database, others, &row);
    if (status == STATUS_OK)
        status = histogram_prepare(loader->database, &statement);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(row, 1, loader->run);
        sqlite3_bind_int64(row, 2, loader->process);
        status = find_durations(loader, row, statement);
    }
    sqlite3_finalize(row);
    sqlite3_finalize(statement);
    return status;
}
