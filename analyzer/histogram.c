#include "histogram.h"

#include <math.h>
#include <stdlib.h>

#include "profinst_format.h"

/* Without what recording the call itself took; what the calls in it took nobody knows. */
static double corrected(const struct histogram_bucket *bucket, double ticks)
{
    double ns = ticks * bucket->ns_per_tick - bucket->inside_ns;
    return ns > 0 ? ns : 0;
}

void histogram_add(struct histogram *histogram, const struct histogram_bucket *bucket)
{
    struct durations *durations = &histogram->durations;
    double from =
        fmax(bucket->least, (double)duration_bucket_first(bucket->octave, bucket->bucket));
    double to =
        fmin(bucket->greatest, (double)duration_bucket_last(bucket->octave, bucket->bucket));
    bool first = histogram->count == 0;
    histogram->buckets = memory_grow(histogram->buckets, &histogram->capacity, histogram->count,
                                     sizeof *histogram->buckets);
    histogram->buckets[histogram->count++] = (struct duration_bucket){
        corrected(bucket, from), corrected(bucket, fmax(from, to)), (double)bucket->calls};
    durations->calls += bucket->calls;
    durations->measured += bucket->measured;
    durations->partly |= bucket->partly;
    double shortest = corrected(bucket, bucket->least),
           longest = corrected(bucket, bucket->greatest);
    durations->min_ns = first ? shortest : fmin(durations->min_ns, shortest);
    durations->max_ns = first ? longest : fmax(durations->max_ns, longest);
}

void histogram_clear(struct histogram *histogram)
{
    histogram->durations = (struct durations){0};
    histogram->count = 0;
}

struct histogram_bucket histogram_read(sqlite3_stmt *row, int column)
{
    bool first = sqlite3_column_int(row, column + 6);
    return (struct histogram_bucket){
        .ns_per_tick = sqlite3_column_double(row, column),
        .inside_ns = sqlite3_column_double(row, column + 1),
        .octave = (uint32_t)sqlite3_column_int(row, column + 2) % PROFINST_OCTAVES,
        .measured = first ? (uint64_t)sqlite3_column_int64(row, column + 3) : 0,
        .least = sqlite3_column_double(row, column + 4),
        .greatest = sqlite3_column_double(row, column + 5),
        .bucket = (uint32_t)sqlite3_column_int(row, column + 7) % DURATION_BUCKETS,
        .calls = (uint64_t)sqlite3_column_int64(row, column + 8),
        .partly = sqlite3_column_int(row, column + 9),
    };
}

#define COLUMNS                                                                                    \
    "run_id, function_id, measured_calls, min_ns, max_ns, p50_ns, p75_ns, p95_ns, p99_ns"

enum status histogram_prepare(struct database *database, sqlite3_stmt **statement)
{
    return database_prepare(database,
                            "INSERT OR REPLACE INTO function_duration (" COLUMNS
                            ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                            statement);
}

static int64_t nanoseconds(double value)
{
    return value < 0x1p62 ? (int64_t)llround(value) : INT64_C(1) << 62;
}

enum status histogram_write(struct database *database, sqlite3_stmt *statement, int64_t run,
                            int64_t function, struct histogram *histogram)
{
    struct durations *durations = &histogram->durations;
    if (histogram->count == 0)
        return STATUS_OK;
    durations_find(durations, histogram->buckets, histogram->count);
    uint64_t measured = durations->measured;
    sqlite3_bind_int64(statement, 1, run);
    sqlite3_bind_int64(statement, 2, function);
    sqlite3_bind_int64(statement, 3, measured > INT64_MAX ? INT64_MAX : (int64_t)measured);
    sqlite3_bind_int64(statement, 4, nanoseconds(durations->min_ns));
    sqlite3_bind_int64(statement, 5, nanoseconds(durations->max_ns));
    for (int i = 0; i < DURATION_COUNT; i++) {
        if (durations->known[i])
            sqlite3_bind_int64(statement, 6 + i, nanoseconds(durations->percentiles_ns[i]));
        else
            sqlite3_bind_null(statement, 6 + i);
    }
    return database_run(database, statement);
}

/* Rows come function by function, and of each run by run. */
static enum status write_all(struct database *database, sqlite3_stmt *row, sqlite3_stmt *statement)
{
    struct histogram of_run = {0}, of_all = {0};
    int64_t function = 0, run = 0;
    bool more = true;
    enum status status = STATUS_OK;
    while (status == STATUS_OK && more) {
        status = database_step(database, row, &more);
        bool other = !more || sqlite3_column_int64(row, 0) != function;
        if (status == STATUS_OK && (other || sqlite3_column_int64(row, 1) != run)) {
            status = histogram_write(database, statement, run, function, &of_run);
            histogram_clear(&of_run);
        }
        if (status == STATUS_OK && other) {
            status = histogram_write(database, statement, 0, function, &of_all);
            histogram_clear(&of_all);
        }
        if (status != STATUS_OK || !more)
            break;
        function = sqlite3_column_int64(row, 0);
        run = sqlite3_column_int64(row, 1);
        const struct histogram_bucket bucket = histogram_read(row, 2);
        histogram_add(&of_run, &bucket);
        histogram_add(&of_all, &bucket);
    }
    free(of_run.buckets);
    free(of_all.buckets);
    return status;
}

#define BUCKETS                                                                                    \
    "SELECT range.function_id, process.run_id, " HISTOGRAM_COLUMNS " FROM duration_range AS range" \
    " JOIN thread ON thread.id = range.thread_id"                                                  \
    " JOIN process ON process.id = thread.process_id"                                              \
    " JOIN duration ON duration.duration_range_id = range.id"                                      \
    " WHERE range.context_id IS NULL AND process.ticks_per_second > 0"
#define IN_ORDER " ORDER BY range.function_id, process.run_id"

/* ?1 is what the statement may ask for. */
static enum status write_those(struct database *database, const char *buckets, int64_t parameter)
{
    sqlite3_stmt *row = NULL, *statement = NULL;
    enum status status = database_prepare(database, buckets, &row);
    if (status == STATUS_OK)
        status = histogram_prepare(database, &statement);
    if (status == STATUS_OK) {
        sqlite3_bind_int64(row, 1, parameter);
        status = write_all(database, row, statement);
    }
    sqlite3_finalize(row);
    sqlite3_finalize(statement);
    return status;
}

enum status histogram_of_new(struct database *database, int64_t range)
{
    return write_those(database,
                       BUCKETS " AND range.function_id IN (SELECT function_id FROM duration_range"
                               " WHERE id > ?1 AND context_id IS NULL)" IN_ORDER,
                       range);
}

enum status histogram_of_scope(struct database *database)
{
    enum status status = database_execute(
        database, "CREATE TEMP TABLE function_duration (run_id INTEGER, function_id INTEGER,"
                  " measured_calls INTEGER, min_ns INTEGER, max_ns INTEGER, p50_ns INTEGER,"
                  " p75_ns INTEGER, p95_ns INTEGER, p99_ns INTEGER,"
                  " PRIMARY KEY (function_id, run_id)) WITHOUT ROWID");
    return status == STATUS_OK ? write_those(database, BUCKETS IN_ORDER, 0) : status;
}
