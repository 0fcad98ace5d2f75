/* killed COUNTER: counts its calls of leaf in the mapped file COUNTER until it is killed. Every leaf is
 * reached by one of 64 paths, so that contexts are still being made all the time at first. */
#include "common.h"
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static volatile uint64_t *counter;

NOINLINE static void leaf(void)
{
    *counter = *counter + 1;
}

NOINLINE static void path(unsigned bits, int depth);

#define STEP(name)                                                                                   \
    NOINLINE static void name(unsigned bits, int depth)                                              \
    {                                                                                                \
        if (depth == 0)                                                                              \
            leaf();                                                                                  \
        else                                                                                         \
            path(bits, depth - 1);                                                                   \
        TOUCH();                                                                                     \
    }
STEP(left)
STEP(right)

UNHOOKED NOINLINE static void path(unsigned bits, int depth)
{
    if (bits >> depth & 1)
        left(bits, depth);
    else
        right(bits, depth);
    TOUCH();
}

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    int file = open(arguments[1], O_RDWR);
    counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (counter == MAP_FAILED)
        return 3;
    for (unsigned bits = 0;; bits++)
        path(bits, 5);
}
