/* Numbers, times and moments as text. */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "text.h"

char *text_hex(struct pool *pool, const void *bytes, size_t size)
{
    char *text = pool_take(pool, 2 * size + 1);
    text[0] = '\0';
    for (size_t i = 0; i < size; i++)
        sprintf(text + 2 * i, "%02x", ((const unsigned char *)bytes)[i]);
    return text;
}

char *text_duration(struct pool *pool, int64_t nanoseconds)
{
    static const struct {
        int64_t size;
        const char *name;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "µs"}};

    int64_t seconds = nanoseconds / 1000000000;
    if (seconds >= 3600)
        return pool_format(pool, "%lld h %02lld min", (long long)(seconds / 3600),
                           (long long)(seconds / 60 % 60));
    if (seconds >= 1000)
        return pool_format(pool, "%lld min %02lld s", (long long)(seconds / 60),
                           (long long)(seconds % 60));
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (nanoseconds < units[i].size)
            continue;
        double value = (double)nanoseconds / (double)units[i].size;
        int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
        return pool_format(pool, "%.*f %s", decimals, value, units[i].name);
    }
    return pool_format(pool, "%lld ns", (long long)nanoseconds);
}

char *text_count(struct pool *pool, int64_t count)
{
    char digits[32];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)count);
    char *result = pool_take(pool, 48);
    char *end = result;
    for (int i = 0; i < length; i++) {
        if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
    return result;
}

char *text_short_count(struct pool *pool, int64_t count)
{
    static const struct {
        int64_t size;
        const char *name;
    } units[] = {{1000000000000000, "P"}, {1000000000000, "T"}, {1000000000, "G"}, {1000000, "M"}};

    if (count > -100000 && count < 100000)
        return text_count(pool, count);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        double value = (double)count / (double)units[i].size;
        if (fabs(value) < 0.9995)
            continue;
        int decimals = fabs(value) < 9.995 ? 2 : fabs(value) < 99.95 ? 1 : 0;
        return pool_format(pool, "%.*f %s", decimals, value, units[i].name);
    }
    return pool_format(pool, "%.0f k", (double)count / 1000);
}

char *text_bar(struct pool *pool, double share, size_t width)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    static const char full[] = "█";
    if (!(share > 0)) /* nor if it is no number */
        return pool_copy(pool, "");
    size_t length = (size_t)((share < 1 ? share : 1) * (double)width * 8 + 0.5);
    char *bar = pool_take(pool, (length / 8 + 1) * sizeof full + 1), *end = bar;
    for (size_t i = 0; i < length / 8; i++)
        end = stpcpy(end, full);
    strcpy(end, eighths[length % 8]);
    return bar;
}

char *text_percent(struct pool *pool, int64_t part, int64_t whole)
{
    if (whole <= 0)
        return pool_copy(pool, "-");
    return pool_format(pool, "%.1f %%", 100.0 * (double)part / (double)whole);
}

char *text_percent_error(struct pool *pool, int64_t part, int64_t error, int64_t whole)
{
    if (whole <= 0 || error <= 0)
        return text_percent(pool, part, whole);
    return pool_format(pool, "%.1f ±%.1f %%", 100.0 * (double)part / (double)whole,
                       100.0 * (double)error / (double)whole);
}

char *text_moment(struct pool *pool, int64_t unix_ns)
{
    time_t seconds = (time_t)(unix_ns / 1000000000);
    struct tm parts;
    char text[64];
    if (!gmtime_r(&seconds, &parts) ||
        !strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts))
        return pool_copy(pool, "at an unknown time");
    return pool_copy(pool, text);
}

char *text_calls(struct pool *pool, int64_t calls, int64_t inlined_calls)
{
    char *all = pool_format(pool, "%s %s", text_count(pool, calls), calls == 1 ? "call" : "calls");
    if (inlined_calls == 0)
        return all;
    return pool_format(pool, "%s, %s inlined", all,
                       inlined_calls == calls ? "all" : text_count(pool, inlined_calls));
}
