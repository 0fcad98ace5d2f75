/* With early_call_2.c: a constructor of the highest priority calls a function of another file, whose
 * own constructor may come later. What is called afterwards is counted all the same. */
#include "common.h"

int other_file(int x);

__attribute__((constructor(0))) static void early(void) // calls: early 1
{
    other_file(1);
    TOUCH();
}

NOINLINE static int later(int x) // calls: later 5
{
    TOUCH();
    return x;
}

int main(void) // calls: main 1
{
    int sum = 0;
    for (int i = 0; i < 5; i++)
        sum += later(i) + other_file(i);
    return sum != 20;
}
