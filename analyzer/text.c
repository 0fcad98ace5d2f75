#define _GNU_SOURCE
#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* Length of the UTF-8 character at `text` and its code point; 0 for a byte that begins none.
 * Overlong forms, surrogates and what lies beyond Unicode are none. */
static size_t decode(const char *text, uint32_t *point)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0x80           ? 1
                    : (bytes[0] >> 5) == 0x6  ? 2
                    : (bytes[0] >> 4) == 0xE  ? 3
                    : (bytes[0] >> 3) == 0x1E ? 4
                                              : 0;
    if (length <= 1) {
        *point = bytes[0];
        return length;
    }
    uint32_t value = bytes[0] & (0xFFu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xC0) != 0x80) /* stops at the terminator too */
            return 0;
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *point = value;
    return length;
}

/* C0, DEL and C1; and the marks that reorder text, which can make one name look like another. */
static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) ||
           (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x2028 || point == 0x2029;
}

static char *spell_out(struct pool *pool, const char *text, bool controls)
{
    char *result = pool_take(pool, strlen(text) * 4 + 1);
    char *end = result;
    while (*text) {
        uint32_t point;
        size_t length = decode(text, &point);
        if (length && !(controls && is_control(point))) {
            end = mempcpy(end, text, length);
            text += length;
            continue;
        }
        for (size_t i = 0; i < (length ? length : 1); i++)
            end += sprintf(end, "\\x%02X", (unsigned char)*text++);
    }
    *end = '\0';
    return result;
}

char *text_valid(struct pool *pool, const char *bytes)
{
    return spell_out(pool, bytes, false);
}

char *text_printable(struct pool *pool, const char *text)
{
    return spell_out(pool, text, true);
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

char *text_markdown(struct pool *pool, const char *text)
{
    const char *from = text_printable(pool, text);
    char *result = pool_take(pool, strlen(from) * 2 + 1);
    char *end = result;
    char before = ' ';
    for (; *from; before = *from++) {
        bool inside_word =
            is_word(before) && is_word(from[1]); /* there an underscore means nothing */
        if (strchr("\\`*[]<>|~&$", *from) || (*from == '_' && !inside_word))
            *end++ = '\\';
        *end++ = *from;
    }
    *end = '\0';
    return result;
}

static size_t columns(uint32_t point)
{
    int width = wcwidth((wchar_t)point);
    return width < 0 ? 1 : (size_t)width;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    while (*text) {
        uint32_t point;
        size_t length = decode(text, &point);
        width += length ? columns(point) : 1;
        text += length ? length : 1;
    }
    return width;
}

char *text_cut(struct pool *pool, const char *text, size_t width)
{
    size_t used = 0;
    const char *fits = text; /* what can stay with an ellipsis behind it */
    const char *at = text;
    while (*at && used <= width) {
        uint32_t point;
        size_t length = decode(at, &point);
        used += length ? columns(point) : 1;
        at += length ? length : 1;
        if (used < width)
            fits = at;
    }
    if (used <= width)
        return pool_copy(pool, text);
    return pool_format(pool, "%.*s…", (int)(fits - text), text);
}

char *text_cut_left(struct pool *pool, const char *text, size_t width)
{
    size_t left = text_width(text);
    if (left <= width)
        return pool_copy(pool, text);
    while (*text && left >= width) {
        uint32_t point;
        size_t length = decode(text, &point);
        left -= length ? columns(point) : 1;
        text += length ? length : 1;
    }
    return pool_format(pool, "…%s", text);
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

char *text_percent(struct pool *pool, int64_t part, int64_t whole)
{
    if (whole <= 0)
        return pool_copy(pool, "-");
    return pool_format(pool, "%.1f %%", 100.0 * (double)part / (double)whole);
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

const char *text_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}
