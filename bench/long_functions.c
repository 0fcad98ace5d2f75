/* Functions that each work for tens of microseconds or more, as in numeric programs: long_functions
 * [ROUNDS]. What a hook costs cannot matter here. Prints a sum. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTION __attribute__((noinline)) static

enum { SIDE = 64, CELLS = SIDE * SIDE };

static double left[CELLS], right[CELLS], product[CELLS];

FUNCTION void fill(unsigned seed)
{
    for (unsigned i = 0; i < CELLS; i++) {
        seed = seed * 1664525 + 1013904223;
        left[i] = (seed >> 8) % 1000 / 1000.0;
        right[i] = (seed >> 16) % 1000 / 1000.0;
    }
}

FUNCTION void multiply(void)
{
    memset(product, 0, sizeof product);
    for (int row = 0; row < SIDE; row++)
        for (int inner = 0; inner < SIDE; inner++)
            for (int column = 0; column < SIDE; column++)
                product[row * SIDE + column] +=
                    left[row * SIDE + inner] * right[inner * SIDE + column];
}

FUNCTION void smooth(void)
{
    for (int row = 1; row < SIDE - 1; row++)
        for (int column = 1; column < SIDE - 1; column++) {
            double *cell = &product[row * SIDE + column];
            *cell = (cell[0] * 4 + cell[-1] + cell[1] + cell[-SIDE] + cell[SIDE]) / 8;
        }
}

FUNCTION double norm(void)
{
    double sum = 0;
    for (int i = 0; i < CELLS; i++)
        sum += sqrt(product[i]) + 1 / (1 + product[i]);
    return sum;
}

FUNCTION double step(unsigned round)
{
    fill(round);
    multiply();
    smooth();
    return norm();
}

int main(int count, char **arguments)
{
    unsigned rounds = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 10) : 1000;
    double sum = 0;
    for (unsigned round = 0; round < rounds; round++)
        sum += step(round);
    printf("%.6f\n", sum);
}
