/* A spreadsheet takes a field that begins with one of =+-@ for a formula, quoted or not. Such a
 * name, which no compiler makes, gets an apostrophe in front; so does one that begins with an
 * apostrophe, so that taking off the first gives every name back. */
#include "csv.h"

#include <string.h>

#include "text.h"

static void quoted(FILE *stream, const char *mark, const char *text)
{
    fprintf(stream, "\"%s", mark);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', stream);
        fputc(*text, stream);
    }
    fputc('"', stream);
}

static void write_field(FILE *stream, const char *text, const char *end)
{
    struct pool pool = {0};
    text = text_printable(&pool, text ? text : "");
    const char *mark = *text && strchr("=+-@'", *text) ? "'" : "";
    if (strpbrk(text, ",\""))
        quoted(stream, mark, text);
    else
        fprintf(stream, "%s%s", mark, text);
    fputs(end, stream);
    pool_free(&pool);
}

void csv_field(FILE *stream, const char *text)
{
    write_field(stream, text, ",");
}

void csv_last_field(FILE *stream, const char *text)
{
    write_field(stream, text, "\r\n");
}
