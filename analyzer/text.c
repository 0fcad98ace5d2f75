#define _GNU_SOURCE
#include "text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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

/* What cannot be seen as itself: controls (C0, DEL, C1, line separators), what makes one name look
 * like another because it is invisible (Unicode's Default_Ignorable_Code_Point) or reorders text,
 * and what is no character at all, which XML does not allow either. */
static bool is_hidden(uint32_t point)
{
    static const uint32_t ranges[][2] = {
        {0x0000, 0x001F}, {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x034F, 0x034F},
        {0x061C, 0x061C}, {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF},
    };
    if (point >= 0x20 && point < 0x7F)
        return false;
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i][0] && point <= ranges[i][1])
            return true;
    return (point & 0xFFFE) == 0xFFFE;
}

/* Whether a character, decoded with this length, stays as it is. */
static bool stays(size_t length, uint32_t point, bool hidden)
{
    return length && !(hidden && is_hidden(point));
}

static bool all_stays(const char *text, bool hidden)
{
    uint32_t point;
    for (size_t length; *text; text += length) {
        length = decode(text, &point);
        if (!stays(length, point, hidden))
            return false;
    }
    return true;
}

static char *spell_out(struct pool *pool, const char *text, bool hidden)
{
    if (all_stays(text, hidden))
        return pool_copy(pool, text);
    char *result = pool_take(pool, strlen(text) * 4 + 1);
    char *end = result;
    while (*text) {
        uint32_t point;
        size_t length = decode(text, &point);
        if (stays(length, point, hidden)) {
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

void text_write_json(FILE *stream, const char *json)
{
    uint32_t point;
    for (size_t length; *json; json += length) {
        length = decode(json, &point);
        if (*json == '\n' || !is_hidden(point))
            fwrite(json, 1, length, stream);
        else if (point < 0x10000)
            fprintf(stream, "\\u%04X", point);
        else
            fprintf(stream, "\\u%04X\\u%04X", 0xD7C0 + (point >> 10), 0xDC00 | (point & 0x3FF));
    }
}

char *text_xml(struct pool *pool, const char *text)
{
    const char *from = text_printable(pool, text);
    char *result = pool_take(pool, strlen(from) * strlen("&quot;") + 1);
    char *end = result;
    for (; *from; from++) {
        const char *entity = *from == '&'    ? "&amp;"
                             : *from == '<'  ? "&lt;"
                             : *from == '>'  ? "&gt;"
                             : *from == '"'  ? "&quot;"
                             : *from == '\'' ? "&#39;"
                                             : NULL;
        if (entity)
            end = mempcpy(end, entity, strlen(entity));
        else
            *end++ = *from;
    }
    *end = '\0';
    return result;
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
            is_word(before) && is_word(from[1]);      /* there an underscore means nothing */
        bool address = before == ':' && *from == '/'; /* which becomes a link by itself */
        if (strchr("\\`*[]<>|~&$@", *from) || address || (*from == '_' && !inside_word))
            *end++ = '\\';
        *end++ = *from;
    }
    *end = '\0';
    return result;
}

char *text_shell(struct pool *pool, const char *word)
{
    static const char harmless[] = "%+,-./:=@^";
    const char *at = word;
    while (is_word(*at) || (*at && strchr(harmless, *at)))
        at++;
    if (*word && !*at)
        return pool_copy(pool, word);
    char *result = pool_take(pool, strlen(word) * 4 + 3), *end = result;
    *end++ = '\'';
    for (; *word; word++)
        end = *word == '\'' ? stpcpy(end, "'\\''") : (*end = *word, end + 1);
    strcpy(end, "'");
    return result;
}

static size_t columns(uint32_t point)
{
    int width = wcwidth((wchar_t)point);
    return width < 0 ? 1 : (size_t)width;
}

size_t text_width_until(const char *text, const char *end)
{
    size_t width = 0;
    while (text < end) {
        uint32_t point;
        size_t length = decode(text, &point);
        width += length ? columns(point) : 1;
        text += length ? length : 1;
    }
    return width;
}

size_t text_width(const char *text)
{
    return text_width_until(text, text + strlen(text));
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

const char *text_line_end(const char *text, size_t width)
{
    const char *end = NULL, *at = text;
    for (size_t used = 0; *at;) {
        uint32_t point;
        size_t length = decode(at, &point);
        used += length ? columns(point) : 1;
        if (*at == ' ' && at[1] != '%' && at > text)
            end = at;
        if (used > width)
            return end ? end : at > text ? at : at + (length ? length : 1);
        at += length ? length : 1;
    }
    return at;
}

void text_write_lines(FILE *stream, const char *text, size_t indent, size_t width)
{
    size_t room = width > indent ? width - indent : 1;
    do {
        const char *end = width ? text_line_end(text, room) : text + strlen(text);
        fprintf(stream, "%.*s\n", (int)(end - text), text);
        text = end + strspn(end, " ");
        fprintf(stream, "%*s", *text ? (int)indent : 0, "");
    } while (*text);
}

const char *text_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}
