#define _GNU_SOURCE
#include "options.h"
#include "profinst_format.h"
#include "bridge.h"
#include "filter.h"
#include "rules.h"
#include "sentence.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool known, system_headers, no_inlined;
static unsigned timing; /* enum profinst_timing; 0: not said */

/* Which external calls are asked for; the last that fits decides. */
static struct external {
    const char *text;
    struct pattern *pattern; /* NULL: the text itself */
    bool all, none;          /* whatever the name */
} * external;
static size_t external_count;

/* Copies of arguments, which rules point into. */
static char **kept;
static size_t kept_count;

static const char *keep(const char *text)
{
    kept = reallocarray(kept, kept_count + 1, sizeof *kept);
    char *copy = strdup(text);
    if (!kept || !copy)
        abort(); /* as LLVM does */
    return kept[kept_count++] = copy;
}

void profinst_options_begin(void)
{
    rules_forget();
    filter_forget();
    for (size_t i = 0; i < external_count; i++)
        pattern_free(external[i].pattern);
    for (size_t i = 0; i < kept_count; i++)
        free(kept[i]);
    free(external);
    free(kept);
    external = NULL;
    kept = NULL;
    external_count = kept_count = 0;
    system_headers = no_inlined = false;
    timing = 0;
    known = true;
}

/* ---- arguments ---------------------------------------------------------------------------- */

/* One that is being read: NAME=VALUE. */
struct argument {
    const char *name, *form; /* "exclude", "exclude=" */
    const char *value;       /* kept */
    const char *origin;
    unsigned subjects; /* of a rule, and its verdict */
    bool selects;
};

/* All of these return NULL, or a sentence that says what is wrong. */

static char *read_word(const struct argument *argument, const char *yes, const char *no,
                       bool *result)
{
    *result = strcmp(argument->value, yes) == 0;
    if (*result || strcmp(argument->value, no) == 0)
        return NULL;
    return sentence("'%s' takes %s or %s, not '%s'", argument->name, yes, no, argument->value);
}

static char *read_system_headers(const struct argument *argument)
{
    return read_word(argument, "on", "off", &system_headers);
}

static char *read_loops(const struct argument *argument)
{
    bool keep = true;
    char *problem = read_word(argument, "keep", "ignore", &keep);
    rules_keep_loops(keep);
    return problem;
}

static char *read_inlined(const struct argument *argument)
{
    return read_word(argument, "off", "count", &no_inlined);
}

static char *read_timing(const struct argument *argument)
{
    static const char *const names[] = PROFINST_TIMING_NAMES;
    for (unsigned i = PROFINST_TIMING_EXACT; i <= PROFINST_TIMING_OFF; i++)
        if (strcmp(argument->value, names[i]) == 0) {
            timing = i;
            return NULL;
        }
    return sentence("'%s' takes exact, auto, counts or off, not '%s'", argument->name,
                    argument->value);
}

static char *bad_pattern(const struct argument *argument, char *why)
{
    char *problem = sentence("'%s%s' is no good pattern: %s", argument->form, argument->value, why);
    free(why);
    return problem;
}

static struct rule rule_of(const struct argument *argument)
{
    return (struct rule){
        .form = argument->form,
        .text = argument->value,
        .origin = argument->origin,
        .subjects = argument->subjects,
        .selects = argument->selects,
    };
}

static char *read_rule(const struct argument *argument)
{
    const struct rule rule = rule_of(argument);
    char *why = rules_add(&rule, PATTERN_GIVEN);
    return why ? bad_pattern(argument, why) : NULL;
}

static char *read_size(const struct argument *argument)
{
    char *end;
    errno = 0;
    const unsigned long long size = strtoull(argument->value, &end, 10);
    if (argument->value[strspn(argument->value, "0123456789")] || end == argument->value || errno ||
        size > UINT32_MAX)
        return sentence("'%s' takes a number of instructions, not '%s'", argument->name,
                        argument->value);
    struct rule rule = rule_of(argument);
    rule.limit = (uint32_t)size;
    return rules_add(&rule, PATTERN_LITERAL);
}

static char *read_list(const struct argument *argument)
{
    const struct rule rule = rule_of(argument);
    char *problem = rules_add(&rule, PATTERN_LITERAL);
    return problem ? problem : filter_read_list(argument->value);
}

static char *read_filter(const struct argument *argument)
{
    return filter_read(argument->value);
}

/* What somebody writes who does not know how a switch is set here. */
static bool is_meant_as_switch(const char *value)
{
    static const char *const words[] = {"on",    "off", "yes",  "no", "true",
                                        "false", "all", "none", "1",  "0"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(value, words[i]) == 0)
            return true;
    return false;
}

static char *read_external(const struct argument *argument)
{
    struct external added = {
        .text = argument->value,
        .all = strcmp(argument->value, "on") == 0,
        .none = strcmp(argument->value, "off") == 0,
    };
    char *why;
    if (!added.all && !added.none && is_meant_as_switch(added.text))
        return sentence("'%s' takes on, off or a pattern, not '%s'", argument->name,
                        argument->value);
    if (!added.all && !added.none && !pattern_is_literal(added.text, PATTERN_GIVEN)) {
        added.pattern = pattern_make(added.text, PATTERN_GIVEN, &why);
        if (!added.pattern)
            return bad_pattern(argument, why);
    }
    external = reallocarray(external, external_count + 1, sizeof *external);
    if (!external)
        abort();
    external[external_count++] = added;
    return NULL;
}

static const struct {
    const char *form, *takes;
    char *(*read)(const struct argument *argument);
    unsigned subjects;
    bool selects;
} arguments[] = {
    {"include=", "PATTERN", read_rule, RULE_FUNCTION, true},
    {"exclude=", "PATTERN", read_rule, RULE_FUNCTION, false},
    {"include-file=", "PATTERN", read_rule, RULE_FILE, true},
    {"exclude-file=", "PATTERN", read_rule, RULE_FILE, false},
    {"min-size=", "NUMBER", read_size, RULE_SIZE, false},
    {"loops=", "keep|ignore", read_loops, 0, false},
    {"system-headers=", "on|off", read_system_headers, 0, false},
    {"only=", "FILE", read_list, RULE_ALL, false},
    {"filter=", "FILE", read_filter, 0, false},
    {"inlined=", "count|off", read_inlined, 0, false},
    {"timing=", "exact|auto|counts|off", read_timing, 0, false},
    {"external=", "on|off|PATTERN", read_external, 0, false},
};
enum { ARGUMENTS = sizeof arguments / sizeof *arguments };

/* The index of the argument most like this name, and in how many letters they differ. */
static size_t find(const char *name, unsigned *distance)
{
    size_t best = 0;
    *distance = UINT32_MAX;
    for (size_t i = 0; i < ARGUMENTS; i++) {
        char *other = sentence("%.*s", (int)strlen(arguments[i].form) - 1, arguments[i].form);
        const unsigned found = bridge_distance(name, other);
        free(other);
        if (found < *distance) {
            *distance = found;
            best = i;
        }
    }
    return best;
}

static char *unknown(const char *name, size_t nearest, unsigned distance)
{
    if (distance <= strlen(name) / 2)
        return sentence("there is no argument '%s'; did you mean %s%s?", name,
                        arguments[nearest].form, arguments[nearest].takes);
    char *text = sentence("there is no argument '%s', but there are", name);
    for (size_t i = 0; i < ARGUMENTS; i++) {
        char *longer =
            sentence("%s%s %s%s", text, i ? "," : "", arguments[i].form, arguments[i].takes);
        free(text);
        text = longer;
    }
    return text;
}

static char *read_argument(size_t index, const char *name, const char *value, const char *origin)
{
    return arguments[index].read(&(struct argument){
        .name = name,
        .form = arguments[index].form,
        .value = keep(value),
        .origin = origin,
        .subjects = arguments[index].subjects,
        .selects = arguments[index].selects,
    });
}

char *profinst_option(const char *text, const char *origin)
{
    const char *sign = strchrnul(text, '=');
    char *name = sentence("%.*s", (int)(sign - text), text), *problem;
    unsigned distance;
    const size_t index = find(name, &distance);
    if (distance > 0)
        problem = unknown(name, index, distance);
    else if (!*sign)
        problem = sentence("'%s' lacks its value; write %s%s", name, arguments[index].form,
                           arguments[index].takes);
    else
        problem = read_argument(index, name, sign + 1, origin);
    free(name);
    return problem;
}

/* ---- answers ------------------------------------------------------------------------------ */

bool options_known(void)
{
    return known;
}

bool profinst_wants_system_headers(void)
{
    return system_headers;
}

bool option_inlined(void)
{
    return !no_inlined;
}

unsigned option_timing(void)
{
    return timing;
}

static bool fits(const struct external *one, const char *name)
{
    return one->pattern ? pattern_matches(one->pattern, name) : strcmp(one->text, name) == 0;
}

bool option_external_any(void)
{
    bool any = false;
    for (size_t i = 0; i < external_count; i++)
        any = any || !external[i].none;
    return any;
}

bool option_external(const char *linkage_name)
{
    bool result = false;
    if (external_count == 0)
        return false;
    struct bridge_names names = bridge_demangle(linkage_name);
    for (size_t i = external_count; i-- > 0;) {
        const struct external *one = &external[i];
        result = !one->none;
        if (one->all || one->none || fits(one, linkage_name) ||
            (names.full && fits(one, names.full)) || (names.plain && fits(one, names.plain)))
            break;
        result = false;
    }
    free(names.full);
    free(names.plain);
    return result;
}
