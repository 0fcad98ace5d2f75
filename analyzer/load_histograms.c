/* Histograms of durations as rows. */
#include "durations.h"
#include "load_steps.h"
#include "rows.h"

static int64_t whole(uint64_t ticks)
{
    return ticks > INT64_MAX ? INT64_MAX : (int64_t)ticks;
}

struct source_of_rows {
    const struct loader *loader;
    sqlite3_int64 first_range;
};

static bool context_value(const struct loader *loader, const struct profile_octave *octave,
                          int64_t *value)
{
    *value = (int64_t)((uint64_t)loader->first_context + octave->context);
    return octave->context != PROFILE_NONE;
}

static bool range_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct profile_octave *octave = &source->loader->profile->octaves[row];
    if (column == 0)
        return context_value(source->loader, octave, value);
    const int64_t values[] = {source->first_range + (int64_t)row,
                              source->loader->threads[octave->thread],
                              source->loader->functions[octave->function],
                              octave->octave,
                              whole(octave->timed),
                              whole(octave->least),
                              whole(octave->greatest)};
    *value = values[column - 1];
    return true;
}

#define RANGE_COLUMNS                                                                              \
    "context_id, id, thread_id, function_id, octave, measured, least_ticks, greatest_ticks"

/* Rows are all buckets of an octave, then those of the next. */
static bool bucket_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct profile_octave *octave = &source->loader->profile->octaves[row / DURATION_BUCKETS];
    if (column == 0)
        return context_value(source->loader, octave, value);
    *value = column == 1   ? source->first_range + (int64_t)(row / DURATION_BUCKETS)
             : column == 2 ? (int64_t)(row % DURATION_BUCKETS)
                           : (int64_t)octave->counts[row % DURATION_BUCKETS];
    return true;
}

#define BUCKET_COLUMNS "duration_range_id, bucket, calls"

static enum status find_first_range(const struct loader *loader, sqlite3_int64 *range)
{
    sqlite3_stmt *statement;
    bool row;
    enum status status = database_prepare(
        loader->database, "SELECT ifnull(max(id), 0) FROM duration_range", &statement);
    if (status != STATUS_OK)
        return status;
    status = database_step(loader->database, statement, &row);
    *range = database_sum(sqlite3_column_int64(statement, 0), 1);
    sqlite3_finalize(statement);
    return status;
}

enum status load_histograms(const struct loader *loader, bool contexts)
{
    struct source_of_rows source = {.loader = loader};
    size_t count = loader->profile->octave_count;
    const struct rows ranges = {RANGE_COLUMNS, count, &source, range_value};
    const struct rows buckets = {"context_id, " BUCKET_COLUMNS, count * DURATION_BUCKETS, &source,
                                 bucket_value};
    enum status status = find_first_range(loader, &source.first_range);
    if (status == STATUS_OK)
        status = rows_run(loader->database, &ranges,
                          contexts ? "INSERT INTO duration_range (" RANGE_COLUMNS
                                     ") SELECT * FROM profinst_rows"
                                   : "INSERT INTO duration_range (" RANGE_COLUMNS
                                     ") SELECT * FROM profinst_rows WHERE context_id IS NULL");
    if (status == STATUS_OK)
        status =
            rows_run(loader->database, &buckets,
                     contexts ? "INSERT INTO duration (" BUCKET_COLUMNS ") SELECT " BUCKET_COLUMNS
                                " FROM profinst_rows WHERE calls > 0"
                              : "INSERT INTO duration (" BUCKET_COLUMNS ") SELECT " BUCKET_COLUMNS
                                " FROM profinst_rows"
                                " WHERE calls > 0 AND context_id IS NULL");
    return status;
}
