/* Shortening of function names. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <string.h>

#include "text.h"

/* Whether `at`, somewhere in `name`, stands right behind the word "operator", where brackets and
 * angles are the function's name. */
static bool names_operator(const char *name, const char *at)
{
    static const char word[] = "operator";
    const char *start = at;
    while (start > name && strchr("<>=-", start[-1]))
        start--;
    size_t length = sizeof word - 1;
    return (size_t)(start - name) >= length && memcmp(start - length, word, length) == 0 &&
           at - start < 3;
}

/* The bracket that closes the one at `open`, or NULL. */
static const char *closing(const char *name, const char *open, char left, char right)
{
    int depth = 0;
    for (const char *at = open; *at; at++) {
        if (*at == left)
            depth++;
        else if (*at == right && !(right == '>' && (at[-1] == '-' || names_operator(name, at))) &&
                 --depth == 0)
            return at;
    }
    return NULL;
}

/* Empties every outermost pair of brackets, but for those that are a name themselves. */
static char *without_inside(struct pool *pool, const char *name, char left, char right)
{
    static const char anonymous[] = "(anonymous namespace)";
    char *result = pool_take(pool, strlen(name) + 1);
    char *end = result;
    for (const char *at = name; *at; at++) {
        if (strncmp(at, anonymous, sizeof anonymous - 1) == 0) {
            end = mempcpy(end, at, sizeof anonymous - 1);
            at += sizeof anonymous - 2;
            continue;
        }
        *end++ = *at;
        if (*at != left || names_operator(name, at))
            continue;
        const char *close = closing(name, at, left, right);
        if (!close)
            continue;
        *end++ = right;
        at = close;
    }
    *end = '\0';
    return result;
}

/* Behind the first "::" that stands outside all brackets, or NULL. */
static const char *behind_first_scope(const char *name)
{
    int depth = 0;
    for (const char *at = name; *at; at++) {
        if (strchr("(<[{", *at))
            depth++;
        else if (strchr(")>]}", *at) && depth > 0)
            depth--;
        else if (depth == 0 && at[0] == ':' && at[1] == ':' && at[2])
            return at + 2;
    }
    return NULL;
}

char *text_short_name(struct pool *pool, const char *name, size_t width)
{
    char *result = pool_copy(pool, name);
    if (text_width(result) <= width)
        return result;
    result = without_inside(pool, result, '(', ')');
    if (text_width(result) <= width)
        return result;
    result = without_inside(pool, result, '<', '>');
    size_t left = text_width(result);
    if (left <= width)
        return result;
    for (const char *tail = behind_first_scope(result); tail; tail = behind_first_scope(tail))
        if (text_width(tail) + 3 <= width)
            return pool_format(pool, "…::%s", tail);
        else
            result = pool_copy(pool, tail);
    return text_cut(pool, result, width);
}
