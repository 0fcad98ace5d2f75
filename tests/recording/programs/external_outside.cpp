// Not part of the build.
#include "external.h"

int outside_throws(int x)
{
    if (x % 2)
        throw x;
    return x;
}

int outside_calls(int (*callback)(int), int argument)
{
    return callback(argument) + callback(argument + 1);
}
