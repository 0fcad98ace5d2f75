/* Exceptions pass through C functions, with -fexceptions and without. */
#include "common.h"

void through_c(void (*function)(void));

NOINLINE void through_c(void (*function)(void))
{
    function();
    TOUCH();
}
