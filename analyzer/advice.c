#include "advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice_rules.h"
#include "text.h"

enum { LONGEST_NAME = 60 };

double advice_threshold(const struct advice_search *search, enum config_key key)
{
    return search->config->values[key];
}

double advice_share(const struct advice_search *search, double ns, double calls)
{
    double part = search->facts->has_times ? ns : calls;
    double whole = search->facts->has_times ? search->facts->total_ns : search->facts->calls;
    double share = whole > 0 ? part / whole : 0;
    return share < 1 ? share : 1;
}

const char *advice_name(struct advice_search *search, size_t function)
{
    struct pool *pool = &search->list->pool;
    const char *name = search->facts->functions[function].name;
    return text_short_name(pool, text_printable(pool, name), LONGEST_NAME);
}

static int64_t whole(double value)
{
    return value < 9e18 ? (int64_t)(value + 0.5) : INT64_MAX;
}

const char *advice_value(struct pool *pool, enum advice_unit unit, double value)
{
    switch (unit) {
    case ADVICE_NS:
        return value > 0 && value < 9.95 ? pool_format(pool, "%.1f ns", value)
                                         : text_duration(pool, whole(value));
    case ADVICE_SHARE:
        return pool_format(pool, "%.1f %%", 100 * value);
    case ADVICE_FACTOR:
        if (value < 99.95)
            return pool_format(pool, "%.1f", value);
        break;
    case ADVICE_COUNT:
        break;
    }
    return text_count(pool, whole(value));
}

void advice_number(struct advice *advice, enum advice_unit unit, const char *key, const char *label,
                   double value)
{
    advice->numbers[advice->number_count++] = (struct advice_number){key, label, unit, value};
}

static const char *format_text(struct pool *pool, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        out_of_memory();
    char *text = pool_take(pool, (size_t)length + 1);
    vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

struct advice *advice_add(struct advice_search *search, size_t function, double at_stake_ns,
                          double at_stake_calls, const char *format, ...)
{
    struct advice_list *list = search->list;
    list->items = memory_grow(list->items, &list->capacity, list->count, sizeof *list->items);
    struct advice *advice = &list->items[list->count++];
    *advice = (struct advice){.rule = search->rule, .remedy = search->rule->remedy};
    if (function != FACTS_NONE) {
        const struct fact_function *about = &search->facts->functions[function];
        advice->function_id = about->id;
        advice->function = pool_copy(&list->pool, about->name);
        advice->linkage_name = pool_copy(&list->pool, about->linkage_name);
        advice->file = about->file ? pool_copy(&list->pool, about->file) : NULL;
        advice->line = about->line;
    }
    va_list arguments;
    va_start(arguments, format);
    advice->text = format_text(&list->pool, format, arguments);
    va_end(arguments);
    advice->at_stake = advice_share(search, at_stake_ns, at_stake_calls);
    if (search->facts->has_times) {
        advice->at_stake_ns = whole(advice->at_stake * search->facts->total_ns);
        advice->severity = severity_of_share(search->config, advice->at_stake);
    }
    return advice;
}

const char *advice_rule_name(const struct advice *advice)
{
    return advice->rule->name;
}

/* Of what is the same to a hundredth of the whole, the rule that says more comes first; ties are
 * broken so that the same data gives the same order. */
static int by_stake(const void *left, const void *right)
{
    const struct advice *a = left, *b = right;
    int hundredths_a = (int)(100 * a->at_stake), hundredths_b = (int)(100 * b->at_stake);
    if (hundredths_a != hundredths_b)
        return hundredths_a > hundredths_b ? -1 : 1;
    if (a->rule != b->rule)
        return a->rule < b->rule ? -1 : 1;
    if (a->at_stake != b->at_stake)
        return a->at_stake > b->at_stake ? -1 : 1;
    int order = a->function && b->function ? strcmp(a->function, b->function) : 0;
    return order ? order : (a->function_id > b->function_id) - (a->function_id < b->function_id);
}

static void apply_rules(struct advice_search *search)
{
    for (const struct advice_rule *rule = advice_rules; rule->name; rule++) {
        search->rule = rule;
        bool applies = search->facts->is_unsure   ? rule->when_unsure
                       : search->facts->has_times ? true
                                                  : rule->without_times;
        if (applies && search->config->values[rule->first_key] > 0)
            rule->find(search);
    }
    if (search->list->count > 0)
        qsort(search->list->items, search->list->count, sizeof *search->list->items, by_stake);
}

enum status advice_query(struct advice_list *list, struct database *database,
                         const struct config *config)
{
    struct facts facts;
    enum status status = facts_query(&facts, database);
    *list = (struct advice_list){.has_times = facts.has_times};
    struct advice_search search = {.facts = &facts, .config = config, .list = list};
    if (status == STATUS_OK && facts.function_count > 0)
        apply_rules(&search);
    facts_free(&facts);
    return status;
}

enum status advice_keep_shown(struct advice_list *list, struct database *database)
{
    sqlite3_stmt *row;
    size_t kept = 0;
    enum status status = database_prepare(
        database, "SELECT 1 FROM temp.shown_functions WHERE function_id = ?", &row);
    for (size_t i = 0; status == STATUS_OK && i < list->count; i++) {
        bool shown = false;
        sqlite3_bind_int64(row, 1, list->items[i].function_id);
        status = database_step(database, row, &shown);
        sqlite3_reset(row);
        if (shown)
            list->items[kept++] = list->items[i];
    }
    list->count = kept;
    sqlite3_finalize(row);
    return status;
}

void advice_free(struct advice_list *list)
{
    free(list->items);
    pool_free(&list->pool);
}
