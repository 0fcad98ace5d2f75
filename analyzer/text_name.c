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
    while (start > name && at - start < 2 && strchr("<>=-", start[-1]))
        start--;
    size_t length = sizeof word - 1;
    return (size_t)(start - name) >= length && memcmp(start - length, word, length) == 0;
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

/* Empties every outermost pair of brackets, but for those that are a name themselves. From a
 * bracket on that is never closed, the name is left as it is: it is no C++, and may hold many such.
 */
static char *without_inside(struct pool *pool, const char *name, char left, char right)
{
    static const char anonymous[] = "(anonymous namespace)";
    char *result = pool_take(pool, strlen(name) + 1);
    char *end = result;
    const char *at = name;
    for (; *at; at++) {
        if (strncmp(at, anonymous, sizeof anonymous - 1) == 0) {
            end = mempcpy(end, at, sizeof anonymous - 1);
            at += sizeof anonymous - 2;
            continue;
        }
        if (*at != left || names_operator(name, at)) {
            *end++ = *at;
            continue;
        }
        const char *close = closing(name, at, left, right);
        if (!close)
            break;
        *end++ = left;
        *end++ = right;
        at = close;
    }
    strcpy(end, at);
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

char *text_short_path(struct pool *pool, const char *path, size_t width)
{
    char *result = pool_copy(pool, path);
    if (text_width(result) > width)
        result = without_inside(pool, result, '(', ')');
    return text_cut_left(pool, result, width);
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
    const char *rest = result;
    for (const char *tail; (tail = behind_first_scope(rest)); rest = tail) {
        left -= text_width_until(rest, tail);
        if (left + 3 <= width)
            return pool_format(pool, "…::%s", tail);
    }
    return text_cut(pool, rest, width);
}

/* The bracket that opens the parameters: that of the last pair outside all others. */
static const char *parameters_of(const char *name)
{
    const char *end = strrchr(name, ')');
    int depth = 0;
    for (; end && end >= name; end--) {
        depth += (*end == ')') - (*end == '(');
        if (depth == 0)
            return end > name ? end : NULL;
    }
    return NULL;
}

char *text_bare_name(struct pool *pool, const char *name)
{
    char *result = pool_copy(pool, name);
    const char *parameters = parameters_of(result);
    if (parameters)
        result[parameters - result] = '\0';
    char *start = result;
    int depth = 0;
    for (char *at = result; *at && (depth > 0 || strncmp(at, "operator", 8) != 0); at++) {
        depth += (strchr("<({", *at) != NULL) - (strchr(">)}", *at) != NULL);
        if (*at == ' ' && depth == 0)
            start = at + 1; /* behind the type that templates' instances have in front */
    }
    return *start ? start : result;
}

const char *text_last_name(const char *bare_name)
{
    for (const char *tail; (tail = behind_first_scope(bare_name));)
        bare_name = tail;
    return bare_name;
}
