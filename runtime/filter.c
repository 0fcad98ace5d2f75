/* Only here does the runtime call functions of libc that allocate memory (regcomp, regexec,
 * demangling), which may be the program's own or wait for a lock of its. That is all right: it
 * happens in processes with PROFINST_FILTER alone, where units attach, which is in constructors;
 * the dynamic linker has allocated in the same place. Our own lock is not held. */
#define _GNU_SOURCE
#include "filter.h"
#include "platform.h"
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    bool exclude, is_regex;
    const char *pattern;
    regex_t regex;
};

static struct rule *rules;
static size_t rule_count;

/* ---- reading ------------------------------------------------------------------------------ */

static const char separators[] = ";\n", blanks[] = " \t\r";

static bool is_bad(const char *what, const char *on_what)
{
    profinst__say(what, on_what, 0, "the variable is ignored");
    return false;
}

static bool compile_regex(struct rule *rule)
{
    char why[256], line[768];
    int error = regcomp(&rule->regex, rule->pattern, REG_EXTENDED | REG_NOSUB);
    if (!error)
        return true;
    regerror(error, &rule->regex, why, sizeof why);
    snprintf(line, sizeof line, "%.400s (%s)", rule->pattern, why);
    return is_bad("PROFINST_FILTER has a pattern that is no regular expression:", line);
}

/* False, said on standard error, if the text is no rule. */
static bool read_rule(struct rule *rule, const char *text)
{
    static const char exclude[] = "exclude=", include[] = "include=", regex[] = "re:";
    rule->exclude = strncmp(text, exclude, sizeof exclude - 1) == 0;
    if (!rule->exclude && strncmp(text, include, sizeof include - 1) != 0)
        return is_bad("PROFINST_FILTER has a rule that is neither exclude=PATTERN nor "
                      "include=PATTERN:",
                      text);
    rule->pattern = strchr(text, '=') + 1;
    rule->is_regex = strncmp(rule->pattern, regex, sizeof regex - 1) == 0;
    if (rule->is_regex)
        rule->pattern += sizeof regex - 1;
    if (!*rule->pattern)
        return is_bad("PROFINST_FILTER has a rule without a pattern:", text);
    return !rule->is_regex || compile_regex(rule);
}

/* Blanks around a rule are none of its. */
static char *trimmed(char *text)
{
    text += strspn(text, blanks);
    char *end = text + strlen(text);
    while (end > text && strchr(blanks, end[-1]))
        *--end = '\0';
    return text;
}

static size_t count_rules(const char *text)
{
    size_t count = 1;
    for (; *text; text++)
        count += strchr(separators, *text) != NULL;
    return count;
}

void profinst__filter_read(const char *text)
{
    size_t length = strlen(text) + 1, count = 0;
    char *copy = profinst__memory(length), *rest = copy;
    rules = profinst__memory(count_rules(text) * sizeof *rules);
    if (!copy || !rules) {
        is_bad("there is no memory for the rules of PROFINST_FILTER", NULL);
        return;
    }
    memcpy(copy, text, length);
    for (char *each; (each = strsep(&rest, separators));) {
        each = trimmed(each);
        if (*each && !read_rule(&rules[count++], each))
            return;
    }
    rule_count = count;
}

bool profinst__filter_is_set(void)
{
    return rule_count > 0;
}

/* ---- matching ----------------------------------------------------------------------------- */

/* That of the C++ library. C programs have none. */
extern char *__cxa_demangle(const char *name, char *buffer, size_t *length, int *status)
    __attribute__((weak));

/* The name without its parameters and what follows them, or NULL. To be freed. */
static char *without_parameters(const char *name)
{
    const char *end = strrchr(name, ')');
    int depth = 0;
    for (; end && end >= name; end--) {
        depth += (*end == ')') - (*end == '(');
        if (depth == 0)
            return strndup(name, (size_t)(end - name));
    }
    return NULL;
}

/* The name behind the type that instances of templates have in front. */
static const char *without_type(const char *name)
{
    const char *start = name;
    int depth = 0;
    for (const char *p = name; *p && (depth > 0 || strncmp(p, "operator", 8) != 0); p++) {
        depth += (*p == '<' || *p == '(') - (*p == '>' || *p == ')');
        if (*p == ' ' && depth == 0)
            start = p + 1;
    }
    return start;
}

static bool matches(const struct rule *rule, const char *name)
{
    return name && (rule->is_regex ? regexec(&rule->regex, name, 0, NULL, 0) == 0
                                   : fnmatch(rule->pattern, name, 0) == 0);
}

/* The last rule that matches one of the names; NULL if none does. */
static const struct rule *last_match(const char *const *names, size_t count)
{
    for (size_t i = rule_count; i-- > 0;)
        for (size_t n = 0; n < count; n++)
            if (matches(&rules[i], names[n]))
                return &rules[i];
    return NULL;
}

bool profinst__filter_excludes(const struct profinst_function *function)
{
    bool mangled = __cxa_demangle && strncmp(function->linkage_name, "_Z", 2) == 0;
    char *whole = mangled ? __cxa_demangle(function->linkage_name, NULL, NULL, &(int){0}) : NULL;
    char *bare = whole ? without_parameters(whole) : NULL;
    const char *names[] = {function->linkage_name, function->name, whole, bare,
                           bare ? without_type(bare) : NULL};
    const struct rule *rule = last_match(names, sizeof names / sizeof *names);
    free(bare);
    free(whole);
    return rule && rule->exclude;
}
