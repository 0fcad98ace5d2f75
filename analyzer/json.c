#include "json.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "error.h"
#include "text.h"

/* json_object_set_new takes over the value, NULL of a failed allocation too, and then fails. */
void json_put(json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        out_of_memory();
}

void json_add(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        out_of_memory();
}

json_t *json_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

json_t *json_line(int64_t line)
{
    return line ? json_integer(line) : json_null();
}

json_t *json_number(double value)
{
    if (!isfinite(value))
        return json_null();
    bool whole = fabs(value) < 0x1p53 && value == floor(value);
    return whole ? json_integer((json_int_t)value) : json_real(value);
}

static void write_json(FILE *stream, const json_t *root, size_t flags)
{
    char *text = json_dumps(root, flags);
    if (!text)
        out_of_memory();
    text_write_json(stream, text);
    fputc('\n', stream);
    free(text);
}

void json_write(FILE *stream, const json_t *root)
{
    write_json(stream, root, JSON_INDENT(2));
}

void json_write_line(FILE *stream, const json_t *root)
{
    write_json(stream, root, 0);
}
