/* What the functions that were called were compiled from. */
#include <stdlib.h>

#include "load_steps.h"
#include "rows.h"

/* What one unit says of a function. */
struct told {
    profile_index function;
    uint64_t fingerprint;
};

struct told_list {
    struct told *all;
    size_t count, capacity;
};

static int by_function(const void *left, const void *right)
{
    const struct told *a = left, *b = right;
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
}

static void add_unit(struct told_list *list, const struct unit *unit, const struct totals *totals)
{
    for (uint32_t i = 0; i < unit->choice.function_count; i++) {
        const struct profinst_choice_function *choice = &unit->choice.functions[i];
        const uint64_t fingerprint = choice_fingerprint(choice);
        const profile_index function = unit->functions[i];
        if (fingerprint == 0 || function == PROFILE_NONE || totals->functions[function].calls == 0)
            continue;
        list->all = memory_grow(list->all, &list->capacity, list->count, sizeof *list->all);
        list->all[list->count++] = (struct told){function, fingerprint};
    }
}

/* Functions of headers that units have compiled from different code, by other macros perhaps, have
 * a fingerprint of all there are, whatever their order. */
static void join(struct told_list *list)
{
    if (list->count == 0)
        return;
    qsort(list->all, list->count, sizeof *list->all, by_function);
    size_t last = 0;
    uint64_t former = list->all[0].fingerprint;
    for (size_t i = 1; i < list->count; i++) {
        const struct told told = list->all[i];
        if (told.function != list->all[last].function)
            list->all[++last] = told;
        else if (told.fingerprint != former)
            list->all[last].fingerprint =
                list->all[last].fingerprint * UINT64_C(0x9E3779B97F4A7C15) + told.fingerprint;
        former = told.fingerprint;
    }
    list->count = last + 1;
}

struct source_of_rows {
    const struct loader *loader;
    const struct told_list *list;
};

static bool value(const void *from, size_t row, int column, int64_t *value)
{
    const struct source_of_rows *source = from;
    const struct told *told = &source->list->all[row];
    *value = column == 0   ? source->loader->process
             : column == 1 ? source->loader->functions[told->function]
                           : (int64_t)told->fingerprint;
    return true;
}

enum status load_fingerprints(const struct loader *loader, const struct unit_set *units,
                              const struct totals *totals)
{
    struct told_list list = {0};
    const struct source_of_rows source = {loader, &list};
    for (size_t i = 0; i < units->count; i++)
        add_unit(&list, &units->units[i], totals);
    join(&list);
    const struct rows rows = {"process_id, function_id, fingerprint", list.count, &source, value};
    /* Names that differ in nothing but how bytes that are no UTF-8 are spelled are one. */
    enum status status = rows_run(loader->database, &rows,
                                  "INSERT INTO function_code (process_id, function_id, fingerprint)"
                                  " SELECT process_id, function_id, fingerprint FROM profinst_rows"
                                  " WHERE true ON CONFLICT DO NOTHING");
    free(list.all);
    return status;
}
