/* The part of loading that grows with the contexts. */
#include <stdlib.h>

#include "load_steps.h"
#include "rows.h"

/* SQLite's integers are signed; what does not fit is no sensible value. */
static int64_t whole(uint64_t value)
{
    return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

static int by_index(const void *left, const void *right)
{
    const profile_index *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Of one that is loaded. */
static int64_t context_id(const struct loader *loader, profile_index index)
{
    size_t place = index;
    if (loader->starts) {
        const profile_index *found = bsearch(&index, loader->starts, loader->context_count,
                                             sizeof *loader->starts, by_index);
        place = (size_t)(found - loader->starts);
    }
    return (int64_t)((uint64_t)loader->first_context + place);
}

void load_choose_starts(struct loader *loader)
{
    const struct profile *profile = loader->profile;
    size_t capacity = 0;
    loader->starts = memory_grow(NULL, &capacity, 0, sizeof *loader->starts);
    loader->context_count = 0;
    for (size_t i = 0; i < profile->context_count; i++) {
        if (profile->contexts[i].depth > 1)
            continue;
        loader->starts =
            memory_grow(loader->starts, &capacity, loader->context_count, sizeof *loader->starts);
        loader->starts[loader->context_count++] = (profile_index)i;
    }
}

static bool context_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct loader *loader = from;
    profile_index index = loader->starts ? loader->starts[row] : (profile_index)row;
    const struct profile_context *context = &loader->profile->contexts[index];
    bool root = context->parent == PROFILE_NONE;
    switch (column) {
    case 0:
        *value = (int64_t)((uint64_t)loader->first_context + row);
        return true;
    case 1:
        *value = loader->threads[context->thread];
        return true;
    case 2:
        *value = root ? 0 : context_id(loader, context->parent);
        return !root;
    case 3:
        *value = root ? 0 : loader->functions[context->function];
        return !root;
    case 4:
        *value = (int64_t)context->depth;
        return true;
    case 5:
        *value = context->folded;
        return true;
    case 6:
        *value = context->host != PROFILE_NONE;
        return true;
    case 7:
        *value = context->nested;
        return true;
    case 8:
        *value = whole(context->calls);
        return true;
    case 9:
        *value = whole(context->self_ticks);
        return true;
    case 10:
        *value = context->self_ns;
        return true;
    case 11:
        *value =
            loader->profile->times ? loader->profile->times[index].raw_self_ns : context->self_ns;
        return true;
    default:
        *value = context->cumulative_ns;
        return true;
    }
}

#define CONTEXT_COLUMNS                                                                            \
    "id, thread_id, parent_id, function_id, depth, folded, inlined, nested, calls, self_ticks,"    \
    " self_ns, raw_self_ns, cumulative_ns"

static bool cross_call_value(const void *from, size_t row, int column, int64_t *value)
{
    const struct loader *loader = from;
    const struct profile_cross_call *call = &loader->profile->cross_calls[row];
    bool folded = loader->profile->contexts[call->target].folded;
    const int64_t values[] = {context_id(loader, call->target), context_id(loader, call->caller),
                              whole(call->calls), folded ? 0 : whole(call->calls)};
    *value = values[column];
    return true;
}

#define CROSS_CALL_COLUMNS "context_id, caller_context_id, calls, recursive_calls"

enum status load_contexts(const struct loader *loader)
{
    const struct profile *profile = loader->profile;
    const struct rows contexts = {CONTEXT_COLUMNS, loader->context_count, loader, context_value};
    enum status status = database_execute(loader->database, "PRAGMA ignore_check_constraints = ON");
    if (status == STATUS_OK) /* what profile.h promises is not checked a million times again */
        status = rows_run(loader->database, &contexts,
                          "INSERT INTO context (" CONTEXT_COLUMNS ") SELECT * FROM profinst_rows");
    if (status == STATUS_OK)
        status = database_execute(loader->database, "PRAGMA ignore_check_constraints = OFF");
    if (status != STATUS_OK || loader->starts)
        return status;
    const struct rows cross_calls = {CROSS_CALL_COLUMNS, profile->cross_call_count, loader,
                                     cross_call_value};
    return rows_run(loader->database, &cross_calls,
                    "INSERT INTO cross_call (" CROSS_CALL_COLUMNS ")"
                    " SELECT context_id, caller_context_id, sum(calls), sum(recursive_calls)"
                    " FROM profinst_rows GROUP BY context_id, caller_context_id");
}
