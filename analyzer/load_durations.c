/* Histograms of durations, and what they come to for each function: in the run, and in all runs,
 * with the histograms of processes that were loaded before. */
#include <math.h>
#include <stdlib.h>

#include "durations.h"
#include "load_steps.h"

static enum status add_buckets(const struct loader *loader, sqlite3_stmt *statement,
                               const struct profile_octave *octave, sqlite3_int64 range)
{
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < DURATION_BUCKETS; i++) {
        if (octave->counts[i] == 0)
            continue;
        sqlite3_bind_int64(statement, 1, range);
        sqlite3_bind_int(statement, 2, i);
        sqlite3_bind_int64(statement, 3, (sqlite3_int64)octave->counts[i]);
        status = database_run(loader->database, statement);
    }
    return status;
}

static sqlite3_int64 whole(uint64_t ticks)
{
    return ticks > INT64_MAX ? INT64_MAX : (sqlite3_int64)ticks;
}

static enum status add_histograms(const struct loader *loader, bool contexts)
{
    const struct profile *profile = loader->profile;
    sqlite3_stmt *range, *bucket = NULL;
    enum status status = database_prepare(
        loader->database,
        "INSERT INTO duration_range (thread_id, function_id, context_id, octave, measured,"
        " least_ticks, greatest_ticks) VALUES (?, ?, ?, ?, ?, ?, ?)",
        &range);
    if (status == STATUS_OK)
        status = database_prepare(
            loader->database,
            "INSERT INTO duration (duration_range_id, bucket, calls) VALUES (?, ?, ?)", &bucket);
    for (size_t i = 0; status == STATUS_OK && i < profile->octave_count; i++) {
        const struct profile_octave *octave = &profile->octaves[i];
        bool of_context = octave->context != PROFILE_NONE;
        if (of_context && !contexts)
            continue;
        sqlite3_bind_int64(range, 1, loader->threads[octave->thread]);
        sqlite3_bind_int64(range, 2, loader->functions[octave->function]);
        if (of_context)
            sqlite3_bind_int64(range, 3, loader->first_context + octave->context);
        else
            sqlite3_bind_null(range, 3);
        sqlite3_bind_int64(range, 4, octave->octave);
        sqlite3_bind_int64(range, 5, whole(octave->timed));
        sqlite3_bind_int64(range, 6, whole(octave->least));
        sqlite3_bind_int64(range, 7, whole(octave->greatest));
        status = database_run(loader->database, range);
        if (status == STATUS_OK)
            status = add_buckets(loader, bucket, octave,
                                 sqlite3_last_insert_rowid(loader->database->handle));
    }
    sqlite3_finalize(range);
    sqlite3_finalize(bucket);
    return status;
}

/* The durations of a function that have been read, of some runs. */
struct heap {
    struct durations durations;
    struct duration_bucket *buckets;
    size_t count, capacity;
};

/* The columns of a row. */
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

static const char histograms[] =
    "SELECT range.function_id, process.run_id = ?1, 1e9 / process.ticks_per_second,"
    " ifnull(process.timed_inside_ns, 0), range.octave, range.measured, range.least_ticks,"
    " range.greatest_ticks,"
    " duration.bucket = (SELECT min(bucket) FROM duration WHERE duration_range_id = range.id),"
    " duration.bucket, duration.calls"
    " FROM duration_range AS range"
    " JOIN thread ON thread.id = range.thread_id"
    " JOIN process ON process.id = thread.process_id"
    " JOIN duration ON duration.duration_range_id = range.id"
    " WHERE range.context_id IS NULL AND process.ticks_per_second > 0 AND range.function_id IN"
    "  (SELECT function_id FROM duration_range JOIN thread ON thread.id = thread_id"
    "   WHERE thread.process_id = ?2)"
    " ORDER BY range.function_id";

/* Without what recording the call itself took; what the calls in it took nobody knows. */
static double corrected(sqlite3_stmt *row, double ticks)
{
    double ns =
        ticks * sqlite3_column_double(row, NS_PER_TICK) - sqlite3_column_double(row, INSIDE_NS);
    return ns > 0 ? ns : 0;
}

static void add_row(struct heap *heap, sqlite3_stmt *row)
{
    struct durations *durations = &heap->durations;
    uint32_t octave = (uint32_t)sqlite3_column_int(row, OCTAVE) % PROFINST_OCTAVES;
    uint32_t bucket = (uint32_t)sqlite3_column_int(row, BUCKET) % DURATION_BUCKETS;
    double least = sqlite3_column_double(row, LEAST), most = sqlite3_column_double(row, GREATEST);
    double from = fmax(least, (double)duration_bucket_first(octave, bucket));
    double to = fmin(most, (double)duration_bucket_last(octave, bucket));
    uint64_t calls = (uint64_t)sqlite3_column_int64(row, CALLS);
    bool first = heap->count == 0;
    heap->buckets = memory_grow(heap->buckets, &heap->capacity, heap->count, sizeof *heap->buckets);
    heap->buckets[heap->count++] = (struct duration_bucket){
        corrected(row, from), corrected(row, fmax(from, to)), (double)calls};
    durations->calls += calls;
    if (sqlite3_column_int(row, FIRST))
        durations->measured += (uint64_t)sqlite3_column_int64(row, MEASURED);
    double shortest = corrected(row, least), longest = corrected(row, most);
    durations->min_ns = first ? shortest : fmin(durations->min_ns, shortest);
    durations->max_ns = first ? longest : fmax(durations->max_ns, longest);
}

static int64_t nanoseconds(double value)
{
    return value < 0x1p62 ? (int64_t)llround(value) : INT64_C(1) << 62;
}

static enum status write_down(const struct loader *loader, sqlite3_stmt *statement,
                              sqlite3_int64 run, sqlite3_int64 function, struct heap *heap)
{
    if (heap->count == 0)
        return STATUS_OK;
    struct durations *durations = &heap->durations;
    durations_find(durations, heap->buckets, heap->count);
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
    heap->durations = (struct durations){0};
    heap->count = 0;
    return database_run(loader->database, statement);
}

/* Rows come function by function. */
static enum status read_functions(const struct loader *loader, sqlite3_int64 run, sqlite3_stmt *row,
                                  sqlite3_stmt *statement)
{
    struct heap of_run = {0}, of_all = {0};
    sqlite3_int64 function = 0;
    enum status status = STATUS_OK;
    for (bool more = true; status == STATUS_OK && more;) {
        status = database_step(loader->database, row, &more);
        sqlite3_int64 next = more ? sqlite3_column_int64(row, FUNCTION) : 0;
        if (status == STATUS_OK && next != function) {
            status = write_down(loader, statement, run, function, &of_run);
            if (status == STATUS_OK)
                status = write_down(loader, statement, 0, function, &of_all);
            function = next;
        }
        if (status == STATUS_OK && more) {
            add_row(&of_all, row);
            if (sqlite3_column_int(row, OF_RUN))
                add_row(&of_run, row);
        }
    }
    free(of_run.buckets);
    free(of_all.buckets);
    return status;
}

enum status load_durations(const struct loader *loader, bool contexts)
{
    if (loader->profile->octave_count == 0)
        return STATUS_OK;
    enum status status = add_histograms(loader, contexts);
    sqlite3_stmt *row = NULL, *statement = NULL;
    if (status == STATUS_OK)
        status = database_prepare(loader->database, histograms, &row);
    if (status == STATUS_OK)
        status = database_prepare(
            loader->database,
            "INSERT OR REPLACE INTO function_duration (run_id, function_id, measured_calls, min_ns,"
            " max_ns, p50_ns, p75_ns, p95_ns, p99_ns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &statement);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(row, 1, loader->run);
        sqlite3_bind_int64(row, 2, loader->process);
        status = read_functions(loader, loader->run, row, statement);
    }
    sqlite3_finalize(row);
    sqlite3_finalize(statement);
    return status;
}
