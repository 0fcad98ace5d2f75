#include "config_gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config_value.h"

static const char rule_prefix[] = "rule ", allow_prefix[] = "allow ";

static bool begins(const char *section, const char *prefix)
{
    return strncmp(section, prefix, strlen(prefix)) == 0;
}

bool config_gate_is_section(const char *section)
{
    return begins(section, rule_prefix) || begins(section, allow_prefix);
}

/* What stands behind the first word. */
static const char *name_of(const char *section)
{
    const char *name = strchr(section, ' ');
    return name + strspn(name, " \t");
}

static const char *begin_rule(struct config *config, struct pool *pool, const char *name, int line)
{
    struct gate_rules *gate = &config->gate;
    for (size_t i = 0; i < gate->rule_count; i++)
        if (strcmp(gate->rules[i].name, name) == 0)
            return pool_format(pool, "the rule '%s' stands in line %d already; name them apart",
                               name, gate->rules[i].line);
    gate->rules =
        memory_grow(gate->rules, &gate->rule_capacity, gate->rule_count, sizeof *gate->rules);
    gate->rules[gate->rule_count++] =
        (struct gate_rule){.name = pool_copy(&config->pool, name), .line = line, .what = -1};
    return NULL;
}

static const char *begin_allow(struct config *config, struct pool *pool, const char *name, int line)
{
    struct gate_rules *gate = &config->gate;
    for (size_t i = 0; i < gate->allow_count; i++)
        if (strcmp(gate->allows[i].name, name) == 0)
            return pool_format(pool, "'%s' is allowed in line %d already; name them apart", name,
                               gate->allows[i].line);
    gate->allows =
        memory_grow(gate->allows, &gate->allow_capacity, gate->allow_count, sizeof *gate->allows);
    gate->allows[gate->allow_count++] =
        (struct gate_allow){.name = pool_copy(&config->pool, name), .line = line, .what = -1};
    return NULL;
}

const char *config_gate_begin(struct config *config, struct pool *pool, const char *section,
                              int line)
{
    const char *name = name_of(section);
    if (!*name)
        return "the section has no name of its own; write one, like [rule parser]";
    return begins(section, rule_prefix) ? begin_rule(config, pool, name, line)
                                        : begin_allow(config, pool, name, line);
}

static const char *no_good(struct pool *pool, const char *name, const char *text, const char *right)
{
    return pool_format(pool, "%s = %s is no good; give %s", name, text, right);
}

static const char *twice(struct pool *pool, const char *name)
{
    return pool_format(pool, "'%s' was set in this section already; keep one", name);
}

/* The place of a word among the names; -1: it is none of them. */
static int place_among(const char *const *names, const char *word)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], word) == 0)
            return i;
    return -1;
}

static const char *set_what(struct pool *pool, int *what, const char *text)
{
    if (*what >= 0)
        return twice(pool, "what");
    *what = place_among(gate_what_names, text);
    return *what >= 0 ? NULL
                      : no_good(pool, "what", text, config_value_list(pool, gate_what_names));
}

static const char *set_scope(struct config *config, struct pool *pool, struct gate_scope *scope,
                             enum gate_scope_part part, const char *name, const char *text)
{
    if (scope->texts[part])
        return twice(pool, name);
    if (!*text)
        return no_good(pool, name, text, "a name or a pattern");
    const char *why = gate_scope_set(pool, scope, part, pool_copy(&config->pool, text));
    return why ? pool_format(pool, "%s = %s is no pattern: %s; mend it", name, text, why) : NULL;
}

static const char *set_severity(struct pool *pool, struct gate_rule *rule, const char *text)
{
    const char *const *names = gate_severity_names + 1; /* off is a limit */
    int severity = place_among(names, text);
    if (rule->severity != GATE_OFF)
        return twice(pool, "severity");
    if (severity < 0)
        return no_good(pool, "severity", text, config_value_list(pool, names));
    rule->severity = (enum gate_severity)(severity + 1);
    return NULL;
}

/* Keys of a rule; the first ones are the parts of a scope. */
enum { RULE_WHAT = GATE_PARTS, RULE_LIMIT, RULE_SEVERITY, RULE_TOGETHER };
static const char *const rule_keys[] = {"function", "file",     "module",   "what",
                                        "limit",    "severity", "together", NULL};

static const char *set_rule(struct config *config, struct pool *pool, int key, const char *name,
                            const char *text)
{
    struct gate_rule *rule = &config->gate.rules[config->gate.rule_count - 1];
    const char *right;
    switch (key) {
    case RULE_WHAT:
        return set_what(pool, &rule->what, text);
    case RULE_LIMIT:
        if (rule->limit.text)
            return twice(pool, name);
        if (rule->what < 0)
            return "'limit' stands before 'what', which says what it is of; put that first";
        right = config_value_limit((enum gate_what)rule->what, pool_copy(&config->pool, text),
                                   &rule->limit);
        return right ? no_good(pool, name, text, right) : NULL;
    case RULE_SEVERITY:
        return set_severity(pool, rule, text);
    case RULE_TOGETHER:
        rule->together = strcmp(text, "on") == 0;
        return rule->together || strcmp(text, "off") == 0 ? NULL
                                                          : no_good(pool, name, text, "on or off");
    default:
        return set_scope(config, pool, &rule->scope, (enum gate_scope_part)key, name, text);
    }
}

enum { ALLOW_WHAT = GATE_PARTS, ALLOW_UNTIL, ALLOW_REASON };
static const char *const allow_keys[] = {"function", "file",   "module", "what",
                                         "until",    "reason", NULL};

/* "2027-01-31", of a day that there is. */
static bool is_date(const char *text)
{
    static const char form[] = "dddd-dd-dd";
    struct tm day = {0}, same;
    int year, month;
    if (strlen(text) != strlen(form))
        return false;
    for (size_t i = 0; i < strlen(form); i++)
        if (form[i] == 'd' ? !strchr("0123456789", text[i]) : text[i] != form[i])
            return false;
    sscanf(text, "%d-%d-%d", &year, &month, &day.tm_mday);
    day.tm_year = year - 1900;
    day.tm_mon = month - 1;
    same = day;
    timegm(&same);
    return same.tm_mday == day.tm_mday && same.tm_mon == day.tm_mon && same.tm_year == day.tm_year;
}

static const char *set_allow(struct config *config, struct pool *pool, int key, const char *name,
                             const char *text)
{
    struct gate_allow *allow = &config->gate.allows[config->gate.allow_count - 1];
    switch (key) {
    case ALLOW_WHAT:
        return set_what(pool, &allow->what, text);
    case ALLOW_UNTIL:
        if (allow->until)
            return twice(pool, name);
        allow->until = pool_copy(&config->pool, text);
        return is_date(text) ? NULL : no_good(pool, name, text, "a day like 2027-01-31");
    case ALLOW_REASON:
        if (allow->reason)
            return twice(pool, name);
        allow->reason = pool_copy(&config->pool, text);
        return *text ? NULL : no_good(pool, name, text, "the reason in words");
    default:
        return set_scope(config, pool, &allow->scope, (enum gate_scope_part)key, name, text);
    }
}

const char *config_gate_set(struct config *config, struct pool *pool, const char *section,
                            const char *name, const char *text, bool *wrong_name)
{
    bool rule = begins(section, rule_prefix);
    const char *const *keys = rule ? rule_keys : allow_keys;
    int key = place_among(keys, name);
    *wrong_name = key < 0;
    if (key < 0)
        return pool_format(pool, "[%s] has no key '%s'; %s", section, name,
                           config_value_meant(pool, name, keys));
    return rule ? set_rule(config, pool, key, name, text)
                : set_allow(config, pool, key, name, text);
}

static const char *lacks(struct pool *pool, const char *section, const char *key)
{
    return pool_format(pool, "[%s] lacks '%s'; give it", section, key);
}

/* Of the whole program there is nothing to choose from, and nothing to add up. */
static const char *check_rule(struct pool *pool, const char *section, const struct gate_rule *rule)
{
    if (rule->what < 0)
        return lacks(pool, section, "what");
    if (!rule->limit.text)
        return lacks(pool, section, "limit");
    const char *what = gate_what_names[rule->what];
    if ((rule->what == GATE_WALL || rule->what == GATE_STARTUP) &&
        (gate_scope_is_set(&rule->scope) || rule->together))
        return pool_format(pool,
                           "[%s]: %s is of the whole program; leave out function, file, module "
                           "and together",
                           section, what);
    if (rule->together && rule->what != GATE_CALLS && rule->what != GATE_SELF &&
        rule->what != GATE_SELF_SHARE)
        return pool_format(pool, "[%s]: %s cannot be added up; leave out together", section, what);
    return NULL;
}

const char *config_gate_end(struct config *config, struct pool *pool, const char *section)
{
    if (begins(section, rule_prefix))
        return check_rule(pool, section, &config->gate.rules[config->gate.rule_count - 1]);
    const struct gate_allow *allow = &config->gate.allows[config->gate.allow_count - 1];
    if (!allow->until)
        return lacks(pool, section, "until");
    if (!allow->reason)
        return lacks(pool, section, "reason");
    if (!gate_scope_is_set(&allow->scope) && allow->what < 0)
        return pool_format(
            pool, "[%s] would allow everything; name a function, file, module or what", section);
    return NULL;
}
