/* Reads requests, one a line, and writes what statistics.h makes of them: numbers between blanks.
 * Samples that come in pairs are parted by a bar. test_statistics.py holds them against SciPy's;
 * bench/found.py asks, too. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "statistics.h"

enum { MOST = 1000 };

static double numbers[MOST];
static size_t count, parting; /* how many there are, and how many of them before the bar */

static void read_numbers(char *text)
{
    count = parting = 0;
    for (char *word = strtok(text, " \n"); word && count < MOST; word = strtok(NULL, " \n")) {
        if (strcmp(word, "|") == 0)
            parting = count;
        else
            numbers[count++] = strtod(word, NULL);
    }
}

static void write_numbers(const double *values, size_t value_count)
{
    for (size_t i = 0; i < value_count; i++)
        printf("%s%.17g", i > 0 ? " " : "", values[i]);
    putchar('\n');
}

static void describe(void)
{
    struct statistics s = statistics_of(numbers, count);
    write_numbers((double[]){s.mean, s.median, s.deviation, s.least, s.greatest, s.low, s.high}, 7);
}

static void outliers(void)
{
    bool marks[MOST];
    double found[MOST + 1] = {(double)statistics_outliers(numbers, count, marks)};
    for (size_t i = 0; i < count; i++)
        found[i + 1] = marks[i];
    write_numbers(found, count + 1);
}

static void contrast(void)
{
    struct statistics_contrast c =
        statistics_contrast(numbers, parting, numbers + parting, count - parting);
    write_numbers((double[]){c.ratio, c.low, c.high, c.p, c.effect}, 5);
}

static void pairs(void)
{
    struct statistics_pairs p = statistics_pairs(numbers, numbers + parting, parting);
    write_numbers((double[]){p.ratio, p.low, p.high, p.p}, 4);
}

static void holm(void)
{
    statistics_holm(numbers, count);
    write_numbers(numbers, count);
}

int main(void)
{
    static char line[64 * 1024];
    while (fgets(line, sizeof line, stdin)) {
        char *rest = strchr(line, ' ');
        size_t length = rest ? (size_t)(rest - line) : strcspn(line, "\n");
        read_numbers(line + length);
        if (strncmp(line, "describe", length) == 0)
            describe();
        else if (strncmp(line, "outliers", length) == 0)
            outliers();
        else if (strncmp(line, "contrast", length) == 0)
            contrast();
        else if (strncmp(line, "pairs", length) == 0)
            pairs();
        else if (strncmp(line, "holm", length) == 0)
            holm();
        else
            return 1;
    }
    return 0;
}
