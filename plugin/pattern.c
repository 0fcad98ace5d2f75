#define _GNU_SOURCE
#include "pattern.h"
#include "sentence.h"
#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pattern {
    const char *glob; /* NULL: a regular expression */
    size_t plain;     /* bytes at the front of the glob that stand for themselves */
    regex_t expression;
};

static const char regex_prefix[] = "re:";

static bool is_expression(const char *text, enum pattern_syntax syntax)
{
    return syntax == PATTERN_STARS ||
           (syntax == PATTERN_GIVEN && strncmp(text, regex_prefix, strlen(regex_prefix)) == 0);
}

/* What in a pattern does not stand for itself. */
static const char *special(enum pattern_syntax syntax)
{
    switch (syntax) {
    case PATTERN_LITERAL:
        break;
    case PATTERN_GIVEN:
    case PATTERN_GLOB:
        return "*?[\\";
    case PATTERN_BRACES:
        return "*?[\\{";
    case PATTERN_STARS:
        return "*?[\\(){}|^$+"; /* but for the dot, which few take for what it is */
    }
    return "";
}

bool pattern_is_literal(const char *text, enum pattern_syntax syntax)
{
    if (*text == '\0' || (syntax == PATTERN_GIVEN && is_expression(text, syntax)))
        return false;
    return text[strcspn(text, special(syntax))] == '\0';
}

/* The end of the set [...] that starts here: its bracket. NULL if it has none. */
static const char *end_of_set(const char *set)
{
    const char *p = set + 1;
    if (*p == '!' || *p == '^')
        p++;
    if (*p == ']')
        p++;
    for (; *p && *p != ']'; p++) {
        const char kind = *p == '[' ? p[1] : '\0';
        if (kind == ':' || kind == '.' || kind == '=') {
            const char end[] = {kind, ']', '\0'};
            const char *close = strstr(p + 2, end);
            if (!close)
                return NULL;
            p = close + 1;
        } else if (*p == '\\' && p[1]) {
            p++;
        }
    }
    return *p ? p : NULL;
}

/* False if the glob is not a good one. fnmatch would take what is wrong for what it says. */
static bool check_glob(const char *glob, bool braces, char **problem)
{
    bool inside = false;
    for (const char *p = glob; *p; p++) {
        if (*p == '\\') {
            if (!*++p) {
                *problem = sentence("nothing follows its last backslash");
                return false;
            }
        } else if (*p == '[') {
            p = end_of_set(p);
            if (!p) {
                *problem = sentence("its [ is not closed (the character itself is \\[)");
                return false;
            }
        } else if (braces && *p == '{') {
            if (inside) {
                *problem = sentence("its braces are nested");
                return false;
            }
            inside = true;
        } else if (*p == '}') {
            inside = false;
        }
    }
    if (inside)
        *problem = sentence("its { is not closed (the character itself is \\{)");
    return !inside;
}

/* A glob with braces as a regular expression for the whole name. */
static char *expression_of_braces(const char *glob)
{
    char *text = NULL;
    size_t size;
    bool inside = false;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    fputc('^', out);
    for (const char *p = glob; *p; p++) {
        if (*p == '*') {
            fputs(".*", out);
        } else if (*p == '?') {
            fputc('.', out);
        } else if (*p == '[') {
            const char *end = end_of_set(p);
            fputs(p[1] == '!' ? "[^" : "[", out);
            fwrite(p + 1 + (p[1] == '!'), 1, (size_t)(end - p) - (p[1] == '!'), out);
            p = end;
        } else if (*p == '{' || (*p == '}' && inside)) {
            inside = *p == '{';
            fputc(inside ? '(' : ')', out);
        } else if (*p == ',' && inside) {
            fputc('|', out);
        } else {
            if (*p == '\\')
                p++;
            fprintf(out, strchr(".^$+(){}|*?[]\\", *p) ? "\\%c" : "%c", *p);
        }
    }
    fputc('$', out);
    if (fclose(out) != 0)
        abort();
    return text;
}

/* As the first version of special case lists has it: for the whole name, * is any text. */
static char *expression_of_stars(const char *stars)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        abort();
    fputs("^(", out);
    for (const char *p = stars; *p; p++)
        fputs(*p == '*' ? ".*" : (char[]){*p, '\0'}, out);
    fputs(")$", out);
    if (fclose(out) != 0)
        abort();
    return text;
}

static bool compile(struct pattern *pattern, const char *expression, char **problem)
{
    char why[256];
    int error = regcomp(&pattern->expression, expression, REG_EXTENDED | REG_NOSUB);
    if (error == 0)
        return true;
    regerror(error, &pattern->expression, why, sizeof why);
    *problem = sentence("%s", why);
    return false;
}

static bool make(struct pattern *pattern, const char *text, enum pattern_syntax syntax,
                 char **problem)
{
    const bool given = syntax == PATTERN_GIVEN && is_expression(text, syntax);
    if (given)
        text += strlen(regex_prefix);
    if (*text == '\0') {
        *problem = sentence("it is empty");
        return false;
    }
    if (given)
        return compile(pattern, text, problem);
    if (syntax != PATTERN_STARS && !check_glob(text, syntax == PATTERN_BRACES, problem))
        return false;
    if (syntax != PATTERN_STARS && !(syntax == PATTERN_BRACES && strchr(text, '{'))) {
        pattern->glob = text;
        pattern->plain = strcspn(text, special(PATTERN_GLOB));
        return true;
    }
    char *expression =
        syntax == PATTERN_STARS ? expression_of_stars(text) : expression_of_braces(text);
    const bool good = compile(pattern, expression, problem);
    free(expression);
    return good;
}

struct pattern *pattern_make(const char *text, enum pattern_syntax syntax, char **problem)
{
    struct pattern *pattern = calloc(1, sizeof *pattern);
    if (!pattern)
        abort();
    if (make(pattern, text, syntax, problem))
        return pattern;
    free(pattern);
    return NULL;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern && !pattern->glob)
        regfree(&pattern->expression);
    free(pattern);
}

bool pattern_matches(const struct pattern *pattern, const char *name)
{
    if (!pattern->glob)
        return regexec(&pattern->expression, name, 0, NULL, 0) == 0;
    return strncmp(pattern->glob, name, pattern->plain) == 0 &&
           fnmatch(pattern->glob + pattern->plain, name + pattern->plain, 0) == 0;
}
