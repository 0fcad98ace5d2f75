/* Reads a baseline file: once to see that it is whole, and again row by row. It may be compressed,
 * which zlib finds out by itself. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "json.h"
#include "progress.h"
#include "transfer_steps.h"

/* A compressed file of any size may hold lines without end. */
enum { BUFFER = 1 << 17 };

static const char cannot_read[] = "cannot read baseline";

struct reader {
    gzFile file;
    char *line; /* with its line feed */
    size_t length;
    uint64_t size;                 /* of the lines so far */
    unsigned long crc, crc_before; /* of them, and without the latest */
    struct transfer_put put;       /* with the file's name and the line */
    int begun;                     /* tables whose line was there */
};

static enum status refuse_damage(const struct reader *reader, const char *why)
{
    return fail(STATUS_INPUT, cannot_read, reader->put.file,
                "damaged: %s; copy the file again, or export it again", why);
}

static enum status refuse_line(const struct reader *reader, const char *why)
{
    return fail(STATUS_INPUT, cannot_read, reader->put.file, "line %zu %s; export it again",
                reader->put.line, why);
}

static enum status open_file(struct reader *reader)
{
    errno = 0;
    reader->file = gzopen(reader->put.file, "rb");
    if (!reader->file && !errno)
        out_of_memory();
    if (!reader->file)
        return fail(STATUS_INPUT, cannot_read, reader->put.file, "%s; check the path",
                    strerror(errno));
    gzbuffer(reader->file, BUFFER);
    return STATUS_OK;
}

/* There is no next line. */
static enum status check_end(const struct reader *reader)
{
    int code;
    gzerror(reader->file, &code);
    if (code == Z_ERRNO)
        return fail(STATUS_INPUT, cannot_read, reader->put.file, "%s; check the path",
                    strerror(errno));
    return code == Z_OK || code == Z_STREAM_END
               ? STATUS_OK
               : refuse_damage(reader, "what is compressed is cut off or changed");
}

/* *more is false behind the last line. */
static enum status next_line(struct reader *reader, bool *more)
{
    *more = gzgets(reader->file, reader->line, TRANSFER_LONGEST_LINE) != NULL;
    if (!*more)
        return check_end(reader);
    reader->put.line++;
    reader->length = strlen(reader->line);
    reader->size += reader->length;
    if (reader->length == 0 || reader->line[reader->length - 1] != '\n')
        return gzeof(reader->file) ? refuse_damage(reader, "its last line is cut off")
                                   : refuse_line(reader, "is too long, or no text");
    if (reader->size >> 20 >= TRANSFER_LARGEST_MIB)
        return fail(STATUS_INPUT, cannot_read, reader->put.file,
                    "more than %d MiB; export it without contexts", TRANSFER_LARGEST_MIB);
    reader->crc_before = reader->crc;
    reader->crc = crc32(reader->crc, (const Bytef *)reader->line, (uInt)reader->length);
    return STATUS_OK;
}

/* The file begins anew. */
static enum status rewind_file(struct reader *reader)
{
    reader->put.line = 0;
    reader->size = 0;
    reader->crc = crc32(0, NULL, 0);
    return gzrewind(reader->file) == 0 ? STATUS_OK : check_end(reader);
}

/* The line that says what it is. `name` is NULL, or gets the baseline's. */
static enum status read_begin(struct reader *reader, struct pool *pool, const char **name)
{
    const char *path = reader->put.file;
    if (strncmp(reader->line, TRANSFER_BEGIN, strlen(TRANSFER_BEGIN)) != 0)
        return fail(STATUS_INPUT, cannot_read, path,
                    "it is no baseline file; write one with 'profinst baseline export'");
    json_t *root = json_loadb(reader->line, reader->length, JSON_REJECT_DUPLICATES, NULL);
    json_t *text = json_object_get(root, "name");
    json_int_t format = json_integer_value(json_object_get(root, "profinst_baseline"));
    enum status status = STATUS_OK;
    if (format > TRANSFER_FORMAT)
        status = fail(STATUS_INPUT, cannot_read, path,
                      "from a newer profinst (format %lld, this one reads %d); update profinst",
                      (long long)format, TRANSFER_FORMAT);
    else if (format != TRANSFER_FORMAT || !json_is_string(text) || json_object_size(root) != 2)
        status = refuse_line(reader, "does not say which baseline this is");
    else if (name)
        *name = pool_copy(pool, json_string_value(text));
    json_decref(root);
    return status;
}

/* Is it whole? Says so before anything of it is believed. */
static enum status verify(struct reader *reader)
{
    bool more = false;
    enum status status = rewind_file(reader);
    if (status == STATUS_OK)
        status = next_line(reader, &more);
    if (status == STATUS_OK)
        status = read_begin(reader, NULL, NULL);
    char last[sizeof TRANSFER_END + 16] = "";
    while (status == STATUS_OK && more) {
        snprintf(last, sizeof last, "%s", reader->line);
        status = next_line(reader, &more);
    }
    char end[sizeof TRANSFER_END + 16];
    snprintf(end, sizeof end, TRANSFER_END, reader->crc_before);
    if (status == STATUS_OK && strcmp(last, end) != 0)
        status = refuse_damage(reader, "its last line does not fit what is before it");
    return status;
}

static struct transfer_value value_of(const json_t *json)
{
    switch (json_typeof(json)) {
    case JSON_NULL:
        return (struct transfer_value){.type = TYPE_NULL};
    case JSON_INTEGER:
        return (struct transfer_value){.type = TYPE_WHOLE, .whole = json_integer_value(json)};
    case JSON_REAL:
        return (struct transfer_value){.type = TYPE_REAL, .real = json_real_value(json)};
    case JSON_STRING:
        return (struct transfer_value){.type = TYPE_TEXT, .text = json_string_value(json)};
    default:
        return (struct transfer_value){.type = TYPE_OTHER};
    }
}

static enum status read_row(struct reader *reader)
{
    json_error_t error;
    struct transfer_value values[TRANSFER_COLUMNS];
    if (reader->begun == 0)
        return refuse_line(reader, "is a row before the first table");
    enum transfer_table table = (enum transfer_table)(reader->begun - 1);
    size_t wanted = transfer_column_count(&transfer_shapes[table]);
    json_t *row = json_loadb(reader->line, reader->length, 0, &error);
    enum status status = STATUS_OK;
    if (!row) {
        struct pool pool = {0};
        status = refuse_line(reader, pool_format(&pool, "is no JSON: %s", error.text));
        pool_free(&pool);
    } else if (!json_is_array(row) || json_array_size(row) != wanted) {
        status = refuse_line(reader, "has not as many values as its table has columns");
    } else {
        for (size_t i = 0; i < wanted; i++)
            values[i] = value_of(json_array_get(row, i));
        status = transfer_put_row(&reader->put, table, values);
    }
    json_decref(row);
    return status;
}

/* All tables come, each once and in their order. */
static enum status begin_table(struct reader *reader)
{
    struct pool pool = {0};
    bool right =
        reader->begun < TRANSFER_TABLES &&
        strcmp(reader->line, transfer_table_line(&pool, (enum transfer_table)reader->begun)) == 0;
    pool_free(&pool);
    reader->begun++;
    return right ? STATUS_OK : refuse_line(reader, "begins no table that is to come here");
}

static enum status read_rows(struct reader *reader, uint64_t whole)
{
    bool more;
    enum status status = next_line(reader, &more);
    while (status == STATUS_OK && more && reader->size < whole) {
        status = *reader->line == '{' ? begin_table(reader) : read_row(reader);
        progress_step(reader->size, whole);
        if (status == STATUS_OK)
            status = next_line(reader, &more);
    }
    if (status == STATUS_OK && reader->begun != TRANSFER_TABLES)
        status = refuse_damage(reader, "tables are missing");
    if (status == STATUS_OK && reader->put.series == 0)
        status = refuse_damage(reader, "there is no series in it");
    return status;
}

static enum status read_file(struct reader *reader, struct pool *pool, const char **name)
{
    bool more;
    enum status status = open_file(reader);
    if (status != STATUS_OK)
        return status;
    reader->line = memory_take(TRANSFER_LONGEST_LINE);
    reader->line[0] = '\0'; /* an empty file has no first line */
    status = verify(reader);
    uint64_t whole = reader->size;
    if (status == STATUS_OK)
        status = rewind_file(reader);
    if (status == STATUS_OK)
        status = next_line(reader, &more);
    if (status == STATUS_OK)
        status = read_begin(reader, pool, name);
    if (status == STATUS_OK)
        status = transfer_put_begin(&reader->put);
    if (status == STATUS_OK)
        status = read_rows(reader, whole);
    gzclose(reader->file);
    free(reader->line);
    return transfer_put_end(&reader->put, status);
}

enum status transfer_read(struct database *to, const char *path, int64_t *series, struct pool *pool,
                          const char **name)
{
    struct reader reader = {.put = {.to = to, .file = path}};
    progress_begin("Reading the baseline");
    enum status status = read_file(&reader, pool, name);
    progress_end();
    *series = reader.put.series;
    return status;
}

bool transfer_is_baseline(const char *path)
{
    char begin[sizeof TRANSFER_BEGIN - 1];
    gzFile file = gzopen(path, "rb");
    bool is = file && gzread(file, begin, sizeof begin) == (int)sizeof begin &&
              memcmp(begin, TRANSFER_BEGIN, sizeof begin) == 0;
    if (file)
        gzclose(file);
    return is;
}
