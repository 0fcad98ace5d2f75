/* Histograms of durations of several processes, put together function by function. */
#ifndef PROFINST_ANALYZER_HISTOGRAM_H
#define PROFINST_ANALYZER_HISTOGRAM_H

#include "database.h"
#include "durations.h"

/* A bucket, or more of an octave that a process measured. */
struct histogram_bucket {
    double ns_per_tick, inside_ns; /* of the process */
    uint32_t octave, bucket;
    double least, greatest; /* ticks, of the octave */
    uint64_t calls;
    uint64_t measured; /* of the octave; 0 if this is not the first of its buckets */
    bool partly;       /* the process measured some calls only */
};

/* The durations of a function. Zero it to begin; `buckets` is to be freed. */
struct histogram {
    struct durations durations;
    struct duration_bucket *buckets;
    size_t count, capacity;
};

void histogram_add(struct histogram *histogram, const struct histogram_bucket *bucket);

/* Empty again, with its room. */
void histogram_clear(struct histogram *histogram);

/* The columns of a statement that reads buckets, from the first; the tables are duration_range AS
 * range, duration and process. */
#define HISTOGRAM_COLUMNS                                                                          \
    "1e9 / process.ticks_per_second, ifnull(process.timed_inside_ns, 0), range.octave,"            \
    " range.measured, range.least_ticks, range.greatest_ticks,"                                    \
    " duration.bucket = (SELECT min(bucket) FROM duration WHERE duration_range_id = range.id),"    \
    " duration.bucket, duration.calls, process.timing = 'auto'"
struct histogram_bucket histogram_read(sqlite3_stmt *row, int column);

/* A statement that writes what histograms come to, of a run or of all, into function_duration. */
enum status histogram_prepare(struct database *database, sqlite3_stmt **statement);

/* Finds the percentiles and writes them; nothing if there are no durations. */
enum status histogram_write(struct database *database, sqlite3_stmt *statement, int64_t run,
                            int64_t function, struct histogram *histogram);

/* Writes anew what durations come to, in each run and in all, of the functions that have histograms
 * with larger ids (duration_range.id) than that. */
enum status histogram_of_new(struct database *database, int64_t range);

/* Makes a temporary table function_duration for the processes and threads that the temporary views
 * of scope.h show. */
enum status histogram_of_scope(struct database *database);

#endif
