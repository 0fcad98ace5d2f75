/* Every way to pass and return values; the sums show that none is harmed on the way. */
#include "common.h"
#include <stdarg.h>
#include <stdio.h>

typedef float vector __attribute__((vector_size(16)));
typedef double wide_vector __attribute__((vector_size(32)));

struct large {
    long values[16];
};

struct pair {
    double a;
    long b;
};

NOINLINE int variadic(int count, ...) // calls: variadic 2
{
    va_list list;
    double sum = 0;
    va_start(list, count);
    for (int i = 0; i < count; i++)
        sum += i % 2 ? va_arg(list, double) : va_arg(list, int);
    va_end(list);
    TOUCH();
    return (int)sum;
}

NOINLINE struct large returns_large(long start) // calls: returns_large 1
{
    struct large result;
    for (int i = 0; i < 16; i++)
        result.values[i] = start + i;
    TOUCH();
    return result;
}

NOINLINE long takes_large(struct large value) // calls: takes_large 1
{
    long sum = 0;
    for (int i = 0; i < 16; i++)
        sum += value.values[i];
    TOUCH();
    return sum;
}

NOINLINE struct pair returns_pair(double a, long b) // calls: returns_pair 1
{
    TOUCH();
    return (struct pair){a * 2, b * 2};
}

NOINLINE __int128 returns_128(__int128 a, __int128 b) // calls: returns_128 1
{
    TOUCH();
    return a * b;
}

NOINLINE long double returns_long_double(long double a, long double b) // calls: returns_long_double 1
{
    TOUCH();
    return a / b;
}

NOINLINE _Complex double returns_complex(_Complex double a) // calls: returns_complex 1
{
    TOUCH();
    return a * a;
}

NOINLINE vector returns_vector(vector a, vector b) // calls: returns_vector 1
{
    TOUCH();
    return a * b;
}

__attribute__((target("avx"))) NOINLINE wide_vector returns_wide(wide_vector a) // calls: returns_wide 1
{
    TOUCH();
    return a + a;
}

__attribute__((target("avx"))) NOINLINE double use_wide(void) // calls: use_wide 1
{
    wide_vector result = returns_wide((wide_vector){1, 2, 3, 4});
    TOUCH();
    return result[0] + result[1] + result[2] + result[3];
}

NOINLINE long many(long a, long b, long c, long d, long e, long f, long g, float x) // calls: many 1
{
    TOUCH();
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + (long)x;
}

NOINLINE int dynamic(int n) // calls: dynamic 1
{
    int array[n];
    int sum = 0;
    for (int i = 0; i < n; i++)
        array[i] = i;
    for (int i = 0; i < n; i++)
        sum += array[i];
    TOUCH();
    return sum;
}

int main(void) // calls: main 1
{
    const struct pair pair = returns_pair(1.5, 21);
    const __int128 product = returns_128((__int128)1 << 70, 3);
    const vector scaled = returns_vector((vector){1, 2, 3, 4}, (vector){2, 2, 2, 2});
    const _Complex double square = returns_complex(3.0 + 4.0i);
    printf("%d %d\n", variadic(4, 1, 2.5, 3, 4.5), variadic(9, 1, 1.0, 1, 1.0, 1, 1.0, 1, 1.0, 1));
    printf("%ld\n", takes_large(returns_large(100)));
    printf("%g %ld\n", pair.a, pair.b);
    printf("%ld %ld\n", (long)(product >> 64), (long)product);
    printf("%.18Lg\n", returns_long_double(1, 3));
    printf("%g %g\n", __real__ square, __imag__ square);
    printf("%g %g %g %g\n", scaled[0], scaled[1], scaled[2], scaled[3]);
    printf("%g\n", use_wide());
    printf("%ld\n", many(1, 2, 3, 4, 5, 6, 7, 8.0f));
    printf("%d\n", dynamic(100));
    return 0;
}
