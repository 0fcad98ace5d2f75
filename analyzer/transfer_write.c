/* Writes rows as lines of a baseline file. */
#include <stdlib.h>
#include <zlib.h>

#include "gzip.h"
#include "json.h"
#include "text.h"
#include "transfer_steps.h"

/* Part of what is handed to zlib, which counts in smaller numbers. */
enum { PART = 1 << 24 };

struct writer {
    FILE *stream;
    int begun;     /* tables whose line is there */
    bool contexts; /* are taken */
};

const char *transfer_table_line(struct pool *pool, enum transfer_table table)
{
    const struct transfer_shape *shape = &transfer_shapes[table];
    const char *columns = "";
    for (int i = 0; i < TRANSFER_COLUMNS && shape->columns[i].name; i++)
        columns = pool_format(pool, "%s%s\"%s\"", columns, i ? "," : "", shape->columns[i].name);
    return pool_format(pool, "{\"table\":\"%s\",\"columns\":[%s]}\n", shape->name, columns);
}

static void write_json(FILE *stream, json_t *value)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(17));
    if (!text)
        out_of_memory();
    text_write_json(stream, text);
    free(text);
    json_decref(value);
}

static void write_value(FILE *stream, const struct transfer_value *value)
{
    switch (value->type) {
    case TYPE_WHOLE:
        fprintf(stream, "%lld", (long long)value->whole);
        break;
    case TYPE_REAL:
        write_json(stream, json_real(value->real));
        break;
    case TYPE_TEXT:
        write_json(stream, json_string(value->text));
        break;
    default:
        fputs("null", stream);
        break;
    }
}

/* Nobody could read it. */
static enum status check_size(const struct writer *writer)
{
    if (ftello(writer->stream) >> 20 < TRANSFER_LARGEST_MIB)
        return STATUS_OK;
    return fail(STATUS_OUTPUT, "cannot write baseline", NULL, "it takes more than %d MiB; %s",
                TRANSFER_LARGEST_MIB,
                writer->contexts ? "export it with --without-contexts"
                                 : "save a series of fewer runs");
}

/* Tables have their line, whether they have rows or not. */
static void begin_tables(struct writer *writer, int until)
{
    struct pool pool = {0};
    while (writer->begun < until)
        fputs(transfer_table_line(&pool, (enum transfer_table)writer->begun++), writer->stream);
    pool_free(&pool);
}

/* What a database says may be no number that JSON has: then it is null, which nobody takes for it.
 */
static enum status write_row(void *state, enum transfer_table table, struct transfer_value *values)
{
    struct writer *writer = state;
    const struct transfer_shape *shape = &transfer_shapes[table];
    begin_tables(writer, (int)table + 1);
    for (int i = 0; i < TRANSFER_COLUMNS && shape->columns[i].name; i++) {
        fputc(i ? ',' : '[', writer->stream);
        write_value(writer->stream, &values[i]);
    }
    fputs("]\n", writer->stream);
    return check_size(writer);
}

static unsigned long checksum(const char *bytes, size_t size)
{
    unsigned long crc = crc32(0, NULL, 0);
    for (size_t at = 0; at < size; at += PART)
        crc = crc32(crc, (const Bytef *)bytes + at, (uInt)(size - at < PART ? size - at : PART));
    return crc;
}

static void compress_all(FILE *stream, const char *bytes, size_t size)
{
    struct gzip gzip;
    gzip_begin(&gzip, stream);
    for (size_t at = 0; at < size; at += PART)
        gzip_write(&gzip, bytes + at, size - at < PART ? size - at : PART);
    gzip_end(&gzip);
}

enum status transfer_write(struct database *from, int64_t series, const char *name,
                           struct transfer_options options, FILE *stream)
{
    char *bytes = NULL;
    size_t size = 0;
    struct writer writer = {.stream = open_memstream(&bytes, &size), .contexts = options.contexts};
    if (!writer.stream)
        out_of_memory();
    fprintf(writer.stream, TRANSFER_BEGIN "%d,\"name\":", TRANSFER_FORMAT);
    write_json(writer.stream, json_string(name));
    fputs("}\n", writer.stream);
    enum status status = transfer_pick(from, series, 0, options.contexts,
                                       (struct transfer_taker){write_row, &writer});
    begin_tables(&writer, TRANSFER_TABLES);
    if (fflush(writer.stream) != 0)
        out_of_memory();
    fprintf(writer.stream, TRANSFER_END, checksum(bytes, size));
    if (status == STATUS_OK)
        status = check_size(&writer);
    if (fclose(writer.stream) != 0)
        out_of_memory();
    if (status == STATUS_OK && options.compressed)
        compress_all(stream, bytes, size);
    else if (status == STATUS_OK)
        fwrite(bytes, 1, size, stream);
    free(bytes);
    return status;
}
