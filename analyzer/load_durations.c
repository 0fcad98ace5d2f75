/* What histograms of durations come to for each function: in the run, and in all runs, with the
 * histograms of processes that were loaded before. */
#include <math.h>
#include <stdlib.h>

#include "durations.h"
#include "load_steps.h"

static int64_t whole(uint64_t ticks)
{
    return ticks > INT64_MAX ? INT64_MAX : (int64_t)ticks;
}

/* The durations of a function, of some runs. */
struct heap {
    struct durations durations;
    struct duration_bucket *buckets;
    size_t count, capacity;
};

/* The columns of a row of other processes' histograms. */
enum {
    FUNCTION,
    OF_RUN,
    NS_PER_TICK,
    INSIDE_NS,
    OCTAVE,
    MEASURED,
    LEAST,
    GREATEST,
    FIRST,
    BUCKET,
    CALLS
};

static const char others[] =
    "SELECT range.function_id, process.run_id = ?1, 1e9 / process.ticks_per_second,"
    " ifnull(process.timed_inside_ns, 0), range.octave, range.measured, range.least_ticks,"
    " range.greatest_ticks,"
    " duration.bucket = (SELECT min(bucket) FROM duration WHERE duration_range_id = range.id),"
    " duration.bucket, duration.calls"
    " FROM duration_range AS range"
    " JOIN thread ON thread.id = range.thread_id"
    " JOIN process ON process.id = thread.process_id"
    " JOIN duration ON duration.duration_range_id = range.id"
    " WHERE range.context_id IS NULL AND process.ticks_per_second > 0 AND process.id <> ?2"
    " AND range.function_id IN"
    "  (SELECT function_id FROM duration_range JOIN thread ON thread.id = thread_id"
    "   WHERE thread.process_id = ?2 AND context_id IS NULL)"
    " ORDER BY range.function_id";

/* A bucket, or more of an octave that a process measured. */
struct measured {
    double ns_per_tick, inside_ns; /* of the process */
    uint32_t octave, bucket;
    double least, greatest; /* ticks, of the octave */
    uint64_t calls;
    uint64_t measured; /* of the octave; 0 if this is not the first of its buckets */
};

/* Without what recording the call itself took; what the calls in it took nobody knows. */
static double corrected(const struct measured *bucket, double ticks)
{
    double ns = ticks * bucket->ns_per_tick - bucket->inside_ns;
    return ns > 0 ? ns : 0;
}

static void add(struct heap *heap, const struct measured *bucket)
{
    struct durations *durations = &heap->durations;
    double from =
        fmax(bucket->least, (double)duration_bucket_first(bucket->octave, bucket->bucket));
    double to =
        fmin(bucket->greatest, (double)duration_bucket_last(bucket->octave, bucket->bucket));
    bool first = heap->count == 0;
    heap->buckets = memory_grow(heap->buckets, &heap->capacity, heap->count, sizeof *heap->buckets);
    heap->buckets[heap->count++] = (struct duration_bucket){
        corrected(bucket, from), corrected(bucket, fmax(from, to)), (double)bucket->calls};
    durations->calls += bucket->calls;
    durations->measured += bucket->measured;
    double shortest = corrected(bucket, bucket->least),
           longest = corrected(bucket, bucket->greatest);
    durations->min_ns = first ? shortest : fmin(durations->min_ns, shortest);
    durations->max_ns = first ? longest : fmax(durations->max_ns, longest);
}

static struct measured measured_at(sqlite3_stmt *row)
{
    return (struct measured){
        .ns_per_tick = sqlite3_column_double(row, NS_PER_TICK),
        .inside_ns = sqlite3_column_double(row, INSIDE_NS),
        .octave = (uint32_t)sqlite3_column_int(row, OCTAVE) % PROFINST_OCTAVES,
        .bucket = (uint32_t)sqlite3_column_int(row, BUCKET) % DURATION_BUCKETS,
        .least = sqlite3_column_double(row, LEAST),
        .greatest = sqlite3_column_double(row, GREATEST),
        .calls = (uint64_t)sqlite3_column_int64(row, CALLS),
        .measured =
            sqlite3_column_int(row, FIRST) ? (uint64_t)sqlite3_column_int64(row, MEASURED) : 0,
    };
}

/* What the process has of its own. */
static void add_octave(const struct loader *loader, const struct profile_octave *octave,
                       struct heap *of_run, struct heap *of_all)
{
    const struct profile *profile = loader->profile;
    uint64_t measured = octave->timed;
    for (uint32_t i = 0; i < DURATION_BUCKETS; i++) {
        if (octave->counts[i] == 0)
            continue;
        const struct measured bucket = {
            .ns_per_tick = 1e9 / profile->ticks_per_second,
            .inside_ns = profile->header.timed.inside / 1024.0 * profile->ns_per_tick,
            .octave = octave->octave,
            .bucket = i,
            .least = (double)whole(octave->least),
            .greatest = (double)whole(octave->greatest),
            .calls = octave->counts[i],
            .measured = measured,
        };
        add(of_run, &bucket);
        add(of_all, &bucket);
        of_run->durations.partly = of_all->durations.partly =
            of_all->durations.partly || profile->header.timing == PROFINST_TIMING_AUTO;
        measured = 0;
    }
}

static int64_t nanoseconds(double value)
{
    return value < 0x1p62 ? (int64_t)llround(value) : INT64_C(1) << 62;
}

static enum status write_down(const struct loader *loader, sqlite3_stmt *statement,
                              sqlite3_int64 run, sqlite3_int64 function,
                              const struct durations *durations)
{
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, function);
    sqlite3_bind_int64(statement, 3, whole(durations->measured));
    sqlite3_bind_int64(statement, 4, nanoseconds(durations->min_ns));
    sqlite3_bind_int64(statement, 5, nanoseconds(durations->max_ns));
    for (int i = 0; i < DURATION_COUNT; i++) {
        if (durations->known[i])
            sqlite3_bind_int64(statement, 6 + i, nanoseconds(durations->percentiles_ns[i]));
        else
            sqlite3_bind_null(statement, 6 + i);
    }
    return database_run(loader->database, statement);
}

/* Of a function, in the run and in all runs; which is the same as long as there is one. */
static enum status finish(const struct loader *loader, sqlite3_stmt *statement,
                          sqlite3_int64 function, struct heap *of_run, struct heap *of_all)
{
    enum status status = STATUS_OK;
    bool same = of_run->count == of_all->count;
    if (of_all->count > 0)
        durations_find(&of_all->durations, of_all->buckets, of_all->count);
    if (of_run->count > 0 && !same)
        durations_find(&of_run->durations, of_run->buckets, of_run->count);
    if (of_run->count > 0)
        status = write_down(loader, statement, loader->run, function,
                            same ? &of_all->durations : &of_run->durations);
    if (status == STATUS_OK && of_all->count > 0)
        status = write_down(loader, statement, 0, function, &of_all->durations);
    of_run->durations = of_all->durations = (struct durations){0};
    of_run->count = of_all->count = 0;
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
    struct heap of_run = {0}, of_all = {0};
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
            const struct measured bucket = measured_at(row);
            add(&of_all, &bucket);
            if (sqlite3_column_int(row, OF_RUN))
                add(&of_run, &bucket);
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
        status = database_prepare(
            loader->database,
            "INSERT OR REPLACE INTO function_duration (run_id, function_id, measured_calls, min_ns,"
            " max_ns, p50_ns, p75_ns, p95_ns, p99_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &statement);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(row, 1, loader->run);
        sqlite3_bind_int64(row, 2, loader->process);
        status = find_durations(loader, row, statement);
    }
    sqlite3_finalize(row);
    sqlite3_finalize(statement);
    return status;
}
