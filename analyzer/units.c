#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "profile_steps.h"

struct unit_name {
    const char *name, *file; /* linkage name; "" unknown */
    profile_index object, function;
    uint32_t line;
    uint32_t flags; /* of all functions of the name, at the first of them */
};

/* ---- functions of the profile ------------------------------------------------------------- */

static int by_name(const void *left, const void *right)
{
    const struct unit_name *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    if (order == 0 && a->object != b->object)
        order = a->object < b->object ? -1 : 1;
    if (order == 0)
        order = strcmp(a->file, b->file);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static void list_names(struct unit_set *set)
{
    const struct profile *profile = set->profile;
    set->names = memory_array(profile->function_count, sizeof *set->names);
    for (size_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];
        set->names[i] = (struct unit_name){
            .name = function->linkage_name,
            .file = function->source == PROFILE_NONE ? "" : profile->sources[function->source],
            .object = function->object,
            .function = (profile_index)i,
            .line = function->line,
        };
    }
    qsort(set->names, profile->function_count, sizeof *set->names, by_name);
}

static profile_index find_function(const struct unit_set *set, const struct unit_name *key)
{
    const struct unit_name *found =
        bsearch(key, set->names, set->profile->function_count, sizeof *key, by_name);
    return found ? found->function : PROFILE_NONE;
}

/* The first function of the name; NULL: there is none. */
static struct unit_name *find_name(const struct unit_set *set, const char *name)
{
    size_t low = 0, high = set->profile->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(set->names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < set->profile->function_count && strcmp(set->names[low].name, name) == 0;
    return found ? &set->names[low] : NULL;
}

static bool is_off(const struct unit_set *set, profile_index function)
{
    return function != PROFILE_NONE && set->profile->functions[function].off;
}

/* ---- units -------------------------------------------------------------------------------- */

/* Cut once, however often sites name them. */
struct unit_long_text {
    uint32_t offset;
    const char *cut;
};

static void cut_texts(struct unit_set *set, struct unit *unit)
{
    const char *text = unit->choice.text, *end = text + unit->choice.text_size;
    for (const char *at = text; at < end; at += strlen(at) + 1) {
        if (strlen(at) <= PROFILE_LONGEST_NAME)
            continue;
        unit->long_texts = memory_grow(unit->long_texts, &unit->long_capacity, unit->long_count,
                                       sizeof *unit->long_texts);
        unit->long_texts[unit->long_count++] =
            (struct unit_long_text){(uint32_t)(at - text), profile_copy_name(&set->pool, at)};
    }
}

static int by_offset(const void *left, const void *right)
{
    const struct unit_long_text *a = left, *b = right;
    return (a->offset > b->offset) - (a->offset < b->offset);
}

const char *units_text(const struct unit *unit, uint32_t offset)
{
    const char *text = unit->choice.text + offset;
    if (strnlen(text, PROFILE_LONGEST_NAME + 1) <= PROFILE_LONGEST_NAME)
        return text;
    const struct unit_long_text key = {.offset = offset}, *found;
    found = bsearch(&key, unit->long_texts, unit->long_count, sizeof key, by_offset);
    return found->cut;
}

struct named_index {
    const char *name;
    uint32_t index;
};

static int by_index_name(const void *left, const void *right)
{
    return strcmp(((const struct named_index *)left)->name,
                  ((const struct named_index *)right)->name);
}

static void sort_by_name(struct unit *unit)
{
    const uint32_t count = unit->choice.function_count;
    struct named_index *named = memory_array(count, sizeof *named);
    for (uint32_t i = 0; i < count; i++)
        named[i] = (struct named_index){units_text(unit, unit->choice.functions[i].name), i};
    qsort(named, count, sizeof *named, by_index_name);
    unit->by_name = memory_array(count, sizeof *unit->by_name);
    for (uint32_t i = 0; i < count; i++)
        unit->by_name[i] = named[i].index;
    free(named);
}

bool units_measures(const struct unit_set *set, const struct unit *unit, uint32_t index)
{
    return unit->choice.functions[index].selected && !is_off(set, unit->functions[index]);
}

struct unit_choice {
    const char *name;
    bool measured;
};

static void find_functions_of(struct unit_set *set, struct unit *unit)
{
    const struct choice *choice = &unit->choice;
    unit->functions = memory_array(choice->function_count, sizeof *unit->functions);
    for (uint32_t i = 0; i < choice->function_count; i++) {
        const struct profinst_choice_function *function = &choice->functions[i];
        const struct unit_name key = {.name = units_text(unit, function->name),
                                      .file = units_text(unit, function->file),
                                      .object = unit->object,
                                      .line = function->line};
        unit->functions[i] = find_function(set, &key);
        set->choices = memory_grow(set->choices, &set->choice_capacity, set->choice_count,
                                   sizeof *set->choices);
        set->choices[set->choice_count++] =
            (struct unit_choice){key.name, units_measures(set, unit, i)};
    }
}

static enum status open_unit(struct unit_set *set, const struct profile_selection *packed)
{
    const struct image named = {.path = set->profile->path, .quiet = set->quiet};
    const struct selection selection = {.unit = packed->unit,
                                        .packed_size = packed->packed_size,
                                        .unpacked_size = packed->unpacked_size,
                                        .packed = packed->packed};
    struct unit *unit = &set->units[set->count];
    enum status status = choice_open(&unit->choice, &named, &selection);
    if (status != STATUS_OK)
        return status;
    set->count++;
    set->all_tell &= unit->choice.tells_sites;
    unit->object = packed->object;
    cut_texts(set, unit);
    sort_by_name(unit);
    find_functions_of(set, unit);
    return STATUS_OK;
}

uint32_t units_local(const struct unit *unit, const char *name)
{
    uint32_t low = 0, high = unit->choice.function_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2, index = unit->by_name[middle];
        int order = strcmp(units_text(unit, unit->choice.functions[index].name), name);
        if (order == 0)
            return index;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

/* Of a name that one unit measures and another does not, the former comes first. */
static int by_decision(const void *left, const void *right)
{
    const struct unit_choice *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order ? order : b->measured - a->measured;
}

enum units_decision units_decided(const struct unit_set *set, const char *linkage_name)
{
    size_t low = 0, high = set->choice_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(set->choices[middle].name, linkage_name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == set->choice_count || strcmp(set->choices[low].name, linkage_name) != 0)
        return UNITS_UNKNOWN;
    return set->choices[low].measured ? UNITS_MEASURED : UNITS_LEFT_OUT;
}

/* ---- what is called from elsewhere -------------------------------------------------------- */

static void mark_name(struct unit_set *set, const char *name, uint32_t flags)
{
    struct unit_name *first = find_name(set, name);
    if (first)
        first->flags |= flags;
}

static void mark(struct unit_set *set, const struct unit *unit,
                 const struct profinst_choice_site *site, uint32_t flags)
{
    const char *name = units_text(unit, site->callee);
    if (!(site->flags & PROFINST_SITE_LOCAL)) {
        mark_name(set, name, flags);
        return;
    }
    const uint32_t local = units_local(unit, name);
    if (local != UINT32_MAX && unit->functions[local] != PROFILE_NONE)
        set->flags[unit->functions[local]] |= flags;
}

/* Also what a function calls that is switched off: its calls seem to be those of its caller. A unit
 * tells nothing of what it has left out; another may have selected it. */
static void mark_all(struct unit_set *set)
{
    const uint32_t told = PROFINST_SITE_ELSEWHERE | PROFINST_SITE_HANDLER;
    for (const struct unit *unit = set->units; unit < set->units + set->count; unit++) {
        for (uint32_t i = 0; i < unit->choice.function_count; i++)
            if (!unit->choice.functions[i].selected)
                mark_name(set, units_text(unit, unit->choice.functions[i].name), told);
        for (uint32_t i = 0; i < unit->choice.site_count; i++) {
            const struct profinst_choice_site *site = &unit->choice.sites[i];
            if (site->flags & PROFINST_SITE_ELSEWHERE)
                mark(set, unit, site, site->flags & told);
            else if (is_off(set, unit->functions[site->caller]))
                mark(set, unit, site, PROFINST_SITE_ELSEWHERE);
        }
    }
}

/* What is known of a name holds for all functions that have it. */
static void spread_marks(struct unit_set *set)
{
    const struct unit_name *first = set->names;
    for (size_t i = 0; i < set->profile->function_count; i++) {
        const struct unit_name *name = &set->names[i];
        if (strcmp(name->name, first->name) != 0)
            first = name;
        set->flags[name->function] |= first->flags;
    }
}

uint32_t units_flags(const struct unit_set *set, profile_index function)
{
    return set->flags[function];
}

enum status units_open(struct unit_set *set, const struct profile *profile, bool quiet)
{
    *set = (struct unit_set){.profile = profile,
                             .quiet = quiet,
                             .all_tell = profile->selection_count == profile->unit_count};
    set->units = memory_array(profile->selection_count, sizeof *set->units);
    set->flags = memory_array(profile->function_count, sizeof *set->flags);
    list_names(set);
    enum status status = STATUS_OK;
    for (size_t i = 0; status == STATUS_OK && i < profile->selection_count; i++)
        status = open_unit(set, &profile->selections[i]);
    if (status != STATUS_OK)
        return status;
    if (set->choice_count > 0)
        qsort(set->choices, set->choice_count, sizeof *set->choices, by_decision);
    mark_all(set);
    spread_marks(set);
    return STATUS_OK;
}

void units_close(struct unit_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        choice_close(&set->units[i].choice);
        free(set->units[i].functions);
        free(set->units[i].by_name);
        free(set->units[i].long_texts);
    }
    free(set->units);
    free(set->names);
    free(set->flags);
    free(set->choices);
    pool_free(&set->pool);
}
