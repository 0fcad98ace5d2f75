/* The program's descriptors are its own: its first open() gets 3; it closes all there are, opens files
 * under every number up to 1023, and goes on to make contexts. Prints how many of its files grew. */
#define _GNU_SOURCE
#include "common.h"
#include "many.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    const int first = open("/dev/null", O_RDONLY);
    if (count > 1) {
        const struct rlimit all = {1024, 1024};
        setrlimit(RLIMIT_NOFILE, &all);
        if (*arguments[1] == 'c')
            close_range(3, ~0u, 0);
        else
            for (int i = 3; i < 1024; i++)
                close(i);
        const int file = open("own", O_RDWR | O_CREAT | O_TRUNC, 0600);
        for (int i = file + 1; i < 1000; i++)
            dup2(file, i);
    }
    ALL(CALL)
    struct stat status = {0};
    if (count > 1)
        stat("own", &status);
    printf("first %d, own %ld\n", first, (long)status.st_size);
    return 0;
}
