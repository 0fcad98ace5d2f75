/* With external_there.c, and library.c as `one`: only what is in neither is external. */
#include "common.h"
#include "external.h"
#include <stdio.h>
#include <stdlib.h>

int one(int x);

static volatile int small = 3;

int main(void) // calls: main 1
{
    int sum = 0;
    for (int i = 0; i < 3; i++)
        sum += hooked_there(i) + unhooked_there(i);
    for (int i = 0; i < 2; i++)
        sum += alias_there(i);
    for (int i = 0; i < 4; i++)
        sum += chosen_there(i);
    sum += one(small);
    sum += getenv("THERE_IS_NONE") != NULL;    // calls: getenv 1 outside
    printf("%d, touched %ld\n", sum, touched); // calls: printf 1 outside
    return 0;
}

// edge: main -> hooked_there 5
// edge: main -> chosen 4
// edge: main -> one 1
// calls: one 1
// edge: one -> helper 3
// calls: helper 3
// edge: main -> getenv 1
// edge: main -> printf 1
