#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "nearest.h"

bool command_pipe_ignored;

enum status command_number(const char *command, const char *option, const char *text,
                           long long *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    if (errno || *end || end == text || *number < 0)
        return fail(STATUS_USAGE, command, NULL, "%s=%s is no whole number from 0 up; give one",
                    option, text);
    return STATUS_OK;
}

enum status command_share(const char *command, const char *option, const char *text, double *share)
{
    char *end;
    double percent = strtod(text, &end);
    if (end == text || *end || !(percent >= 0 && percent <= 100))
        return fail(STATUS_USAGE, command, NULL,
                    "%s=%s is no percentage; give a number from 0 to 100", option, text);
    *share = percent / 100;
    return STATUS_OK;
}

int command_find(const char *const *names, const char *name)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

int command_choose(const char *command, const char *what, const char *const *names,
                   const char *name)
{
    int found = command_find(names, name);
    if (found >= 0)
        return found;
    struct pool pool = {0};
    const char *nearest = nearest_of(name, names), *all = names[0];
    for (size_t i = 1; names[i]; i++)
        all = pool_format(&pool, "%s%s%s", all, names[i + 1] ? ", " : " or ", names[i]);
    if (nearest)
        fail(STATUS_USAGE, command, NULL, "unknown %s '%s'; did you mean '%s'?", what, name,
             nearest);
    else
        fail(STATUS_USAGE, command, NULL, "unknown %s '%s'; use %s", what, name, all);
    pool_free(&pool);
    return -1;
}

enum status command_format(const char *command, const char *name, enum format *format)
{
    static const char *const names[] = {"table", "json", "csv", "markdown", NULL};
    int found = command_choose(command, "format", names, name);
    if (found < 0)
        return STATUS_USAGE;
    *format = (enum format)found;
    return STATUS_OK;
}
