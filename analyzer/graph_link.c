#include "graph_link.h"

#include <stdbool.h>
#include <string.h>

static const char no_links[] = "none";

enum status graph_link_check(const char *command, const char *template)
{
    bool has_file = strcmp(template, no_links) == 0;
    for (const char *at = template; (at = strchr(at, '%')); at += 2) {
        if (!at[1] || !strchr("fl%", at[1]))
            return fail(STATUS_USAGE, command, NULL,
                        "--link=%s: only %%f, %%l and %%%% begin with a percent sign; write %%%% "
                        "for one",
                        template);
        has_file |= at[1] == 'f';
    }
    return has_file ? STATUS_OK
                    : fail(STATUS_USAGE, command, NULL,
                           "--link=%s holds no %%f for the file; put it where the file goes, as in "
                           "vscode://file%%f:%%l",
                           template);
}

/* What is left is a path: no scheme, no host, no query. A profile can name any file it likes, so
 * nothing in the name may be more than that. */
static const char *encode(struct pool *pool, const char *file)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    static const char digits[] = "0123456789ABCDEF";
    char *result = pool_take(pool, 3 * strlen(file) + 1);
    char *end = result;
    for (; *file; file++) {
        if (strchr(plain, *file)) {
            *end++ = *file;
            continue;
        }
        *end++ = '%';
        *end++ = digits[(unsigned char)*file >> 4];
        *end++ = digits[(unsigned char)*file & 15];
    }
    *end = '\0';
    return result;
}

const char *graph_link(struct pool *pool, const char *template, const char *file, int64_t line)
{
    if (!*file || (template && strcmp(template, no_links) == 0))
        return NULL;
    const char *path = encode(pool, file);
    if (!template)
        return pool_format(pool, "%s%s", *file == '/' ? "file://" : "", path);
    const char *result = "";
    const char *from = template;
    for (const char *at; (at = strchr(from, '%')); from = at + 2) {
        result = pool_format(pool, "%s%.*s", result, (int)(at - from), from);
        if (at[1] == 'l')
            result = pool_format(pool, "%s%lld", result, line > 0 ? (long long)line : 1LL);
        else
            result = pool_format(pool, "%s%s", result, at[1] == 'f' ? path : "%");
    }
    return pool_format(pool, "%s%s", result, from);
}
