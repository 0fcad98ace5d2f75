#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

enum status command_format(const char *command, const char *name, enum format *format)
{
    static const char *const names[] = {"table", "json", "csv", "markdown", NULL};
    int found = command_find(names, name);
    if (found < 0)
        return fail(STATUS_USAGE, command, NULL,
                    "unknown format '%s'; use table, json, csv or markdown", name);
    *format = (enum format)found;
    return STATUS_OK;
}
