#include "common.h"

int other_file(int x);

int other_file(int x)
{
    TOUCH();
    return x;
}
