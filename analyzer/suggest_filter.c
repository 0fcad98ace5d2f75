/* The suggestion as a filter file, in the style of the sanitizers' special case lists. */
#include <string.h>

#include "suggest.h"
#include "text.h"

char *suggest_percent(struct pool *pool, const struct suggestion *suggestion, double overhead_ns)
{
    double percent = 100 * overhead_ns / suggestion->own_ns;
    return pool_format(pool, percent < 99.95 ? "%.1f %%" : "%.0f %%", percent > 0 ? percent : 0);
}

static char *duration(struct pool *pool, double nanoseconds)
{
    return text_duration(pool, nanoseconds < 9e18 ? (int64_t)nanoseconds : INT64_MAX);
}

/* A glob that stands for the name alone. What would end the line or be trimmed from it is any
 * character; what stands behind an = could be taken for a category. */
static char *pattern(struct pool *pool, const char *name)
{
    char *result = pool_take(pool, 3 * strlen(name) + 1);
    char *end = result;
    for (; *name; name++) {
        unsigned char c = (unsigned char)*name;
        if (c == '=') {
            *end++ = '[';
            *end++ = '=';
            *end++ = ']';
            continue;
        }
        if (strchr("*?[]\\{}", c))
            *end++ = '\\';
        *end++ = c <= ' ' || c == 0x7F ? '?' : (char)c;
    }
    *end = '\0';
    return result;
}

static void write_header(FILE *stream, struct suggestion *suggestion, const char *path)
{
    struct pool *pool = &suggestion->pool;
    fprintf(stream, "# Suggested by profinst: leaves out %s of %s functions.\n#\n",
            text_count(pool, (int64_t)suggestion->left_out),
            text_count(pool, (int64_t)suggestion->count));
    fprintf(stream, "# Expected overhead: %s before, %s after; at most %.4g %% was wanted.\n",
            suggest_percent(pool, suggestion, suggestion->before_ns),
            suggest_percent(pool, suggestion, suggestion->after_ns), 100 * suggestion->wanted);
    if (suggestion->external_ns > 0)
        fprintf(stream,
                "# Of either, %s are calls out of the build, which no filter leaves out;\n"
                "# -fplugin-arg-profinst-external=off does.\n",
                suggest_percent(pool, suggestion, suggestion->external_ns));
    fprintf(
        stream,
        "# It rests on %s calls that were recorded, %s of them inlined; on the %.3g ns that\n"
        "# recording an entry or a return took; and on the %s that all threads took together, of\n"
        "# which %s were the program's own. Time that it waited, for a processor\n"
        "# too, is among those: on a busy machine the overhead is more than this.\n",
        text_count(pool, suggestion->calls), text_count(pool, suggestion->inlined_calls),
        suggestion->event_ns, duration(pool, suggestion->total_ns),
        duration(pool, suggestion->own_ns));
    fprintf(stream,
            "#\n# Compile with it: clang -fplugin=libprofinst.so -fplugin-arg-profinst-filter=%s\n",
            path ? text_printable(pool, path) : "FILE");
}

static void write_function(FILE *stream, struct suggestion *suggestion,
                           const struct suggest_function *function)
{
    struct pool *pool = &suggestion->pool;
    const char *inlined =
        function->inlined_calls
            ? pool_format(pool, " (%s inlined)", text_count(pool, function->inlined_calls))
            : "";
    fprintf(stream, "\n# %s\n# %s calls%s; saves %s (%s), shows %s of its own\nfun:%s\n",
            text_printable(pool, function->name), text_count(pool, function->calls), inlined,
            duration(pool, function->saving_ns),
            suggest_percent(pool, suggestion, function->saving_ns),
            duration(pool, function->own_ns > 0 ? function->own_ns : 0),
            pattern(pool, function->linkage_name));
}

void suggest_write(FILE *stream, struct suggestion *suggestion, const char *path)
{
    write_header(stream, suggestion, path);
    for (size_t i = 0; i < suggestion->count; i++)
        if (suggestion->functions[i].left_out)
            write_function(stream, suggestion, &suggestion->functions[i]);
}
