/* Reads histories, one a line: "times" or "counts", then the values of each point's runs, points
 * parted by bars. "corrected" are times whose first point is none: it holds a corrected p and the
 * number of histories. Writes what change_point.h finds: p, whether it is exact, which step is the
 * strongest; and of each step its point, p, and the levels before and after. For
 * test_change_point.py and bench/steps.py. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "change_point.h"
#include "memory.h"

/* Points of the line, which is taken apart; their values lie in `values`, which has room. */
static size_t read_points(char *line, double *values, struct change_sample *points)
{
    size_t count = 0;
    points[count] = (struct change_sample){values, 0};
    for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        if (strcmp(word, "|") == 0) {
            values += points[count++].count;
            points[count] = (struct change_sample){values, 0};
        } else {
            values[points[count].count++] = strtod(word, NULL);
        }
    }
    return count + 1;
}

int main(void)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    while ((length = getline(&line, &capacity, stdin)) > 0) {
        bool counted = strncmp(line, "counts", 6) == 0;
        double *values = memory_array((size_t)length, sizeof *values);
        struct change_sample *points = memory_array((size_t)length, sizeof *points);
        size_t count = read_points(strchr(line, ' ') + 1, values, points);
        bool corrected = strncmp(line, "corrected", 9) == 0;
        struct change_points found =
            change_points_find(points + corrected, count - corrected, counted);
        if (corrected)
            change_points_correct(&found, values[0], (size_t)values[1]);
        printf("%.17g %d %zu", found.p, found.exact, found.strongest);
        for (size_t i = 0; i < found.count; i++)
            printf(" %zu %.17g %.17g %.17g", found.steps[i].at, found.steps[i].p,
                   found.steps[i].before, found.steps[i].after);
        putchar('\n');
        change_points_free(&found);
        free(points);
        free(values);
    }
    free(line);
    return 0;
}
