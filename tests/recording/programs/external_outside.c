/* Not part of the build. */
#include "external.h"

struct large outside_struct(struct large by_value, int add)
{
    for (int i = 0; i < 9; i++)
        by_value.values[i] += add;
    return by_value;
}

int outside_calls(int (*callback)(int), int argument)
{
    return callback(argument) + callback(argument + 1);
}

int outside_tail(int x)
{
    return x + 1;
}
