/* A library whose constructor calls the program. */
#include "common.h"

int called_back(int x);

__attribute__((constructor)) static void start(void) // calls: start 1
{
    for (int i = 0; i < 5; i++)
        called_back(i);
    TOUCH();
}
