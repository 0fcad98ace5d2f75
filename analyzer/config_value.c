#include "config_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "nearest.h"

/* A number without sign, and what stands behind it. */
static const char *parse_number(const char *text, double *number)
{
    char digits[32];
    size_t length = strspn(text, "0123456789.");
    if (length == 0 || length >= sizeof digits)
        return NULL;
    memcpy(digits, text, length);
    digits[length] = '\0';
    char *end;
    *number = strtod(digits, &end);
    text += length;
    return *end ? NULL : text + strspn(text, " \t");
}

/* Of time, the shortest first; of those that are the same, the last one is written. */
static const struct unit {
    const char *name;
    double ns;
} units[] = {{"ns", 1},   {"us", 1e3}, {"μs", 1e3},   {"µs", 1e3},
             {"ms", 1e6}, {"s", 1e9},  {"min", 60e9}, {"h", 3600e9}};

/* In nanoseconds; 0: no such unit. */
static double unit_of_time(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(units[i].name, name) == 0)
            return units[i].ns;
    return 0;
}

static bool parse_choice(const char *const *choices, const char *text, double *value)
{
    for (size_t i = 0; choices[i]; i++) {
        *value = (double)i;
        if (strcmp(choices[i], text) == 0)
            return true;
    }
    return false;
}

bool config_value_parse(const struct config_entry *entry, const char *text, double *value)
{
    bool off = strcmp(text, "off") == 0;
    if (entry->unit == CONFIG_SWITCH) {
        *value = !off;
        return off || strcmp(text, "on") == 0;
    }
    if (entry->unit == CONFIG_TEXT) {
        *value = 0;
        return true;
    }
    if (entry->unit == CONFIG_CHOICE)
        return parse_choice(entry->choices, text, value);
    if (entry->may_be_off && off) {
        *value = INFINITY;
        return true;
    }
    const char *unit = parse_number(text, value);
    if (!unit)
        return false;
    switch (entry->unit) {
    case CONFIG_SHARE:
        *value /= 100;
        return strcmp(unit, "%") == 0 && *value <= 1;
    case CONFIG_GROWTH:
        *value /= 100;
        return strcmp(unit, "%") == 0 && *value <= 1e6;
    case CONFIG_DURATION:
        *value *= unit_of_time(unit);
        return unit_of_time(unit) > 0 && *value < 1e18;
    case CONFIG_COUNT:
        return !*unit && *value >= 1 && *value <= 1e15 && floor(*value) == *value;
    default:
        return !*unit && *value >= 1 && *value <= 1e15;
    }
}

const char *config_value_right(struct pool *pool, const struct config_entry *entry)
{
    switch (entry->unit) {
    case CONFIG_SHARE:
        return entry->may_be_off ? "a share from 0 % to 100 %, like 25 %, or off"
                                 : "a share from 0 % to 100 %, like 25 %";
    case CONFIG_DURATION:
        return entry->may_be_off ? "a time like 250 ns, 10 µs, 5 ms, 1.5 s, 2 min or 1 h, or off"
                                 : "a time like 250 ns, 10 µs, 5 ms, 1.5 s, 2 min or 1 h";
    case CONFIG_COUNT:
        return "a whole number from 1 up, like 1000";
    case CONFIG_FACTOR:
        return "a number from 1 up, like 10 or 2.5";
    case CONFIG_GROWTH:
        return "a growth like 5 % or 150 %, or off";
    case CONFIG_CHOICE:
        return config_value_list(pool, entry->choices);
    case CONFIG_TEXT:
        return "some text";
    case CONFIG_SWITCH:
        break;
    }
    return "on or off";
}

/* Of what a rule judges, in its unit; behind a comparison or a plus. */
static bool parse_amount(enum gate_what what, const char *text, double *value)
{
    static const struct config_entry units_of[] = {
        [GATE_COUNT] = {.unit = CONFIG_COUNT},
        [GATE_TIME] = {.unit = CONFIG_DURATION},
        [GATE_SHARE] = {.unit = CONFIG_SHARE},
    };
    text += strspn(text, " \t");
    if (gate_unit(what) == GATE_COUNT && strcmp(text, "0") == 0) {
        *value = 0;
        return true;
    }
    return config_value_parse(&units_of[gate_unit(what)], text, value);
}

const char *config_value_limit(enum gate_what what, const char *text, struct gate_limit *limit)
{
    static const char *const right[] = {
        [GATE_COUNT] = "a growth like 20 % or +100, a most like <= 1000, or off",
        [GATE_TIME] = "a growth like 20 % or +5 ms, a most like < 5 ms, or off",
        [GATE_SHARE] = "a growth like 20 %, a most like <= 30 %, or off",
    };
    static const struct config_entry growth = {.unit = CONFIG_GROWTH};
    *limit = (struct gate_limit){.text = text};
    bool good;
    if (strcmp(text, "off") == 0)
        return NULL;
    if (text[0] == '<') {
        limit->kind = text[1] == '=' ? GATE_AT_MOST : GATE_BELOW;
        good = parse_amount(what, text + (text[1] == '=' ? 2 : 1), &limit->value);
    } else if (text[0] == '+') {
        limit->kind = GATE_DIFFERENCE;
        good = gate_unit(what) != GATE_SHARE && parse_amount(what, text + 1, &limit->value);
    } else {
        limit->kind = GATE_GROWTH;
        good = config_value_parse(&growth, text, &limit->value);
    }
    return good ? NULL : right[gate_unit(what)];
}

const char *config_value_meant(struct pool *pool, const char *written, const char *const *names)
{
    const char *nearest = nearest_of(written, names);
    if (nearest)
        return pool_format(pool, "did you mean '%s'?", nearest);
    const char *all = names[0];
    for (size_t i = 1; names[i]; i++)
        all = pool_format(pool, "%s, %s", all, names[i]);
    return pool_format(pool, "there are %s", all);
}

const char *config_value_list(struct pool *pool, const char *const *words)
{
    const char *all = words[0];
    for (size_t i = 1; words[i]; i++)
        all = pool_format(pool, "%s%s%s", all, words[i + 1] ? ", " : " or ", words[i]);
    return all;
}

/* Without the zeros at its end. */
static char *text_of_number(struct pool *pool, double value)
{
    char *text = pool_format(pool, "%.9f", value);
    char *end = text + strlen(text);
    while (end[-1] == '0')
        end--;
    end[end[-1] == '.' ? -1 : 0] = '\0';
    return text;
}

static char *text_of_duration(struct pool *pool, double ns)
{
    const struct unit *unit = units;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (ns >= units[i].ns)
            unit = &units[i];
    return pool_format(pool, "%s %s", text_of_number(pool, ns / unit->ns), unit->name);
}

char *config_text(struct pool *pool, enum config_key key, double value)
{
    switch (isinf(value) ? CONFIG_SWITCH : config_entry(key)->unit) {
    case CONFIG_SHARE:
    case CONFIG_GROWTH:
        return pool_format(pool, "%s %%", text_of_number(pool, 100 * value));
    case CONFIG_DURATION:
        return text_of_duration(pool, value);
    case CONFIG_COUNT:
    case CONFIG_FACTOR:
        return text_of_number(pool, value);
    case CONFIG_CHOICE:
        return pool_copy(pool, config_entry(key)->choices[(size_t)value]);
    case CONFIG_TEXT:
        return pool_copy(pool, "");
    case CONFIG_SWITCH:
        break;
    }
    return pool_copy(pool, value > 0 && !isinf(value) ? "on" : "off");
}
