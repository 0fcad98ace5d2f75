/* Advice for people and programs, and the rules explained. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "advice_rules.h"
#include "json.h"
#include "nearest.h"
#include "text.h"

enum { INDENT = 3, WIDEST = 100 };

static size_t shown(const struct advice_list *list, size_t most)
{
    return most > 0 && most < list->count ? most : list->count;
}

/* "self time 300 ms, share of the time 55.0 %" */
static const char *numbers(struct pool *pool, const struct advice *advice)
{
    const char *text = "";
    for (size_t i = 0; i < advice->number_count; i++) {
        const struct advice_number *number = &advice->numbers[i];
        text = pool_format(pool, "%s%s%s %s", text, i ? ", " : "", number->label,
                           advice_value(pool, number->unit, number->value));
    }
    return text;
}

/* File and line; NULL: unknown. */
static const char *place(struct pool *pool, const struct advice *advice)
{
    return advice->file ? text_place(pool, advice->file, advice->line) : NULL;
}

static const char *rest(struct pool *pool, size_t left)
{
    return pool_format(pool, "%zu more %s of advice; --advice=0 shows all", left,
                       left == 1 ? "piece" : "pieces");
}

static void write_lines(FILE *stream, const char *text, size_t width)
{
    fprintf(stream, "%*s", INDENT, "");
    text_write_lines(stream, text, INDENT, width);
}

static void write_severity(FILE *stream, const struct screen *screen, enum severity severity)
{
    static const enum style styles[] = {STYLE_PLAIN, STYLE_LOW, STYLE_MEDIUM, STYLE_HIGH,
                                        STYLE_CRITICAL};
    if (!severity_name(severity))
        return;
    fputs(", ", stream);
    style_write(stream, screen, styles[severity], severity_name(severity));
}

void advice_write_table(FILE *stream, const struct advice_list *list, size_t most,
                        const struct screen *screen)
{
    struct pool pool = {0};
    size_t width = screen->width == 0 || screen->width > WIDEST ? WIDEST : screen->width;
    size_t count = shown(list, most);
    if (count > 0) {
        fputc('\n', stream);
        style_write(stream, screen, STYLE_HEADING, "Advice");
        fputc('\n', stream);
    }
    for (size_t i = 0; i < count; i++) {
        const struct advice *advice = &list->items[i];
        const char *where = place(&pool, advice);
        fprintf(stream, "%s%zu. %s", i ? "\n" : "", i + 1, advice->rule->name);
        write_severity(stream, screen, advice->severity);
        fprintf(stream, "%s%s\n", where ? ", " : "", where ? text_printable(&pool, where) : "");
        write_lines(stream, advice->text, width);
        write_lines(stream, pool_format(&pool, "(%s)", numbers(&pool, advice)), width);
        write_lines(stream, advice->remedy, width);
    }
    if (count < list->count)
        fprintf(stream, "\n%s\n", rest(&pool, list->count - count));
    pool_free(&pool);
}

void advice_write_markdown(FILE *stream, const struct advice_list *list, size_t most)
{
    struct pool pool = {0};
    size_t count = shown(list, most);
    if (count > 0)
        fputs("\n### Advice\n\n", stream);
    for (size_t i = 0; i < count; i++) {
        const struct advice *advice = &list->items[i];
        const char *severity = severity_name(advice->severity);
        const char *where = place(&pool, advice);
        fprintf(stream, "%zu. **%s**%s%s%s%s: %s %s. %s\n", i + 1, advice->rule->name,
                severity ? ", " : "", severity ? severity : "", where ? ", " : "",
                where ? text_markdown(&pool, where) : "", text_markdown(&pool, advice->text),
                text_markdown(&pool, numbers(&pool, advice)), text_markdown(&pool, advice->remedy));
    }
    if (count < list->count)
        fprintf(stream, "\n%s\n", rest(&pool, list->count - count));
    pool_free(&pool);
}

static json_t *value(const struct advice_number *number)
{
    bool integer = number->unit == ADVICE_COUNT;
    return integer && number->value < 9e15 ? json_integer((json_int_t)(number->value + 0.5))
                                           : json_real(number->value);
}

static json_t *numbers_json(const struct advice *advice)
{
    json_t *object = json_object();
    for (size_t i = 0; i < advice->number_count; i++)
        json_put(object, advice->numbers[i].key, value(&advice->numbers[i]));
    return object;
}

json_t *advice_json(const struct advice_list *list, size_t most)
{
    json_t *array = json_array();
    for (size_t i = 0; i < shown(list, most); i++) {
        const struct advice *advice = &list->items[i];
        json_t *object = json_object();
        json_put(object, "rule", json_text(advice->rule->name));
        json_put(object, "severity", json_text(severity_name(advice->severity)));
        json_put(object, "function", json_text(advice->function));
        json_put(object, "linkage_name", json_text(advice->linkage_name));
        json_put(object, "file", json_text(advice->file));
        json_put(object, "line", json_line(advice->line));
        json_put(object, "text", json_text(advice->text));
        json_put(object, "remedy", json_text(advice->remedy));
        json_put(object, "numbers", numbers_json(advice));
        json_put(object, "at_stake_ns",
                 list->has_times ? json_integer(advice->at_stake_ns) : json_null());
        json_add(array, object);
    }
    return array;
}

static int by_distance(const void *left, const void *right, void *wanted)
{
    const struct advice_rule *const *a = left, *const *b = right;
    size_t distance_a = nearest_distance((*a)->name, wanted);
    size_t distance_b = nearest_distance((*b)->name, wanted);
    return distance_a != distance_b ? (distance_a > distance_b ? 1 : -1) : (*a > *b) - (*a < *b);
}

static enum status no_such_rule(const char *name)
{
    struct pool pool = {0};
    size_t count = 0;
    while (advice_rules[count].name)
        count++;
    const struct advice_rule **rules = memory_array(count, sizeof *rules);
    for (size_t i = 0; i < count; i++)
        rules[i] = &advice_rules[i];
    qsort_r(rules, count, sizeof *rules, by_distance, (void *)name);
    const char *list = rules[0]->name;
    for (size_t i = 1; i < count; i++)
        list = pool_format(&pool, "%s, %s", list, rules[i]->name);
    free(rules);
    enum status status =
        fail(STATUS_USAGE, "report", NULL,
             "--explain=%s: there is no such rule; the nearest first, there are %s", name, list);
    pool_free(&pool);
    return status;
}

static void write_paragraph(FILE *stream, struct pool *pool, const char *title, const char *text)
{
    fputc('\n', stream);
    write_lines(stream, title ? pool_format(pool, "%s: %s", title, text) : text, WIDEST);
}

static void write_thresholds(FILE *stream, struct pool *pool, const struct advice_rule *rule,
                             const struct config *config)
{
    fprintf(stream, "\n%*sIn [advice] of " CONFIG_FILE ":\n\n", INDENT, "");
    for (int i = (int)rule->first_key; i <= (int)rule->last_key; i++) {
        enum config_key key = (enum config_key)i;
        const struct config_entry *entry = config_entry(key);
        const char *setting =
            pool_format(pool, "%s = %s", entry->name, config_text(pool, key, config->values[key]));
        fprintf(stream, "%*s%-28s ; %s\n", 2 * INDENT, "", setting, entry->meaning);
    }
}

enum status advice_explain(FILE *stream, const char *name, const struct config *config)
{
    const struct advice_rule *rule = advice_rules;
    while (rule->name && strcmp(rule->name, name) != 0)
        rule++;
    if (!rule->name)
        return no_such_rule(name);
    struct pool pool = {0};
    fprintf(stream, "%s: %s\n", rule->name, rule->title);
    write_paragraph(stream, &pool, "What is found", rule->found);
    if (rule->names)
        write_paragraph(stream, &pool, "Names", rule->names(&pool));
    write_paragraph(stream, &pool, "What to do", rule->remedy);
    write_thresholds(stream, &pool, rule, config);
    pool_free(&pool);
    return STATUS_OK;
}
