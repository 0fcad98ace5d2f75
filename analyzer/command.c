#include "command.h"

#include <errno.h>
#include <stdlib.h>

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
