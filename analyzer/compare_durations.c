/* Percentiles of all runs of a side together, out of their histograms. */
#include <math.h>
#include <stdlib.h>

#include "compare_steps.h"
#include "histogram.h"

static const char buckets_of_side[] =
    "SELECT range.function_id, " HISTOGRAM_COLUMNS
    " FROM temp.compare_process AS chosen JOIN process ON process.id = chosen.process_id"
    " JOIN thread ON thread.process_id = process.id"
    " JOIN duration_range AS range ON range.thread_id = thread.id"
    " JOIN duration ON duration.duration_range_id = range.id"
    " WHERE chosen.side = ? AND range.context_id IS NULL AND process.ticks_per_second > 0"
    " ORDER BY range.function_id";

static void finish(struct comparer *comparer, int side, int64_t id, struct histogram *histogram)
{
    size_t index = compare_find(comparer, side, id);
    const struct durations *durations = &histogram->durations;
    if (histogram->count > 0 && index != PLACES_NONE) {
        struct compared_function *function = &comparer->comparison->functions[index];
        durations_find(&histogram->durations, histogram->buckets, histogram->count);
        double *to[DURATION_COUNT] = {
            [DURATION_P50] = &function->p50_ns[side],
            [DURATION_P95] = &function->p95_ns[side],
            [DURATION_P99] = &function->p99_ns[side],
        };
        for (int i = 0; i < DURATION_COUNT; i++)
            if (to[i] && durations->known[i])
                *to[i] = durations->percentiles_ns[i];
    }
    histogram_clear(histogram);
}

static enum status read_side(struct comparer *comparer, int side)
{
    struct histogram histogram = {0};
    sqlite3_stmt *row;
    bool more;
    int64_t function = 0;
    enum status status = database_prepare(comparer->database, buckets_of_side, &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int(row, 1, side);
    while ((status = database_step(comparer->database, row, &more)) == STATUS_OK && more) {
        if (sqlite3_column_int64(row, 0) != function)
            finish(comparer, side, function, &histogram);
        function = sqlite3_column_int64(row, 0);
        const struct histogram_bucket bucket = histogram_read(row, 1);
        histogram_add(&histogram, &bucket);
    }
    finish(comparer, side, function, &histogram);
    free(histogram.buckets);
    sqlite3_finalize(row);
    return status;
}

enum status compare_read_durations(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    for (size_t i = 0; i < comparison->function_count; i++)
        for (int k = 0; k < SIDES; k++) {
            struct compared_function *function = &comparison->functions[i];
            function->p50_ns[k] = function->p95_ns[k] = function->p99_ns[k] = NAN;
        }
    enum status status = STATUS_OK;
    for (int k = 0; status == STATUS_OK && k < SIDES; k++)
        status = read_side(comparer, k);
    return status;
}
