/* killed COUNTER: counts its calls of leaf in the mapped file COUNTER until it is killed. The first
 * 4,096 are reached from as many new places. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

static volatile uint64_t *counter;
#define LEAF() (*counter = *counter + 1)
#include "places.h"

int main(int count, char **arguments)
{
    if (count < 2)
        return 2;
    const int file = open(arguments[1], O_RDWR);
    counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (counter == MAP_FAILED)
        return 3;
    for (;;)
        walk();
}
