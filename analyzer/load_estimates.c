/* What is known of contexts by samples: nothing of most, so a row is made where there is something.
 */
#include <stdlib.h>

#include "load_steps.h"
#include "rows.h"

struct source_of_rows {
    const struct loader *loader;
    struct profile_timing *timings; /* of each row */
};

static bool value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct profile_timing *timing = &source->timings[row];
    const struct profile_time *time = &source->loader->profile->times[timing->context];
    const int64_t values[] = {
        (int64_t)((uint64_t)source->loader->first_context + timing->context),
        timing->samples,
        timing->hook_samples,
        timing->counted,
        (int64_t)(timing->timed_calls & INT64_MAX),
        (int64_t)(timing->timed_self & INT64_MAX),
        time->self_error_ns,
        time->cumulative_error_ns,
    };
    *value = values[column];
    return true;
}

#define COLUMNS                                                                                    \
    "context_id, samples, hook_samples, counted, timed_calls, timed_self_ticks, self_error_ns,"    \
    " cumulative_error_ns"

enum status load_estimates(const struct loader *loader)
{
    const struct profile *profile = loader->profile;
    if (!profile->times)
        return STATUS_OK;
    struct source_of_rows source = {loader,
                                    memory_array(profile->context_count, sizeof *source.timings)};
    for (size_t i = 0; i < profile->timing_count; i++) {
        const struct profile_timing *timing = &profile->timings[i];
        struct profile_timing *sum = &source.timings[timing->context];
        sum->samples += timing->samples;
        sum->hook_samples += timing->hook_samples;
        sum->counted |= timing->counted;
        sum->timed_calls += timing->timed_calls;
        sum->timed_self += timing->timed_self;
    }
    size_t count = 0;
    for (profile_index i = 0; i < profile->context_count; i++) {
        struct profile_timing timing = source.timings[i];
        const struct profile_time *time = &profile->times[i];
        if (timing.samples == 0 && !timing.counted && time->self_error_ns == 0 &&
            time->cumulative_error_ns == 0)
            continue;
        timing.context = i;
        source.timings[count++] = timing;
    }
    const struct rows rows = {COLUMNS, count, &source, value};
    enum status status = rows_run(loader->database, &rows,
                                  "INSERT INTO estimate (" COLUMNS ") SELECT * FROM profinst_rows");
    free(source.timings);
    return status;
}
