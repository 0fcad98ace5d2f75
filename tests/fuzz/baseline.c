/* Fuzzes baseline files: whatever one holds, it is read or refused; and what was read can be shown,
 * and written and read again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "baseline.h"
#include "fuzz.h"
#include "transfer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The last line holds the file against damage, not against those who want harm: so it fits here.
 * But what is compressed stays as it is. */
static const char *file_of(const uint8_t *data, size_t size)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&bytes, &length);
    fwrite(data, 1, size, stream);
    if (size < 2 || data[0] != 0x1F || data[1] != 0x8B)
        fprintf(stream, "{\"crc32\":\"%08lx\"}\n", crc32(crc32(0, NULL, 0), data, (uInt)size));
    fclose(stream);
    const char *path = fuzz_file(bytes, length);
    free(bytes);
    return path;
}

static void show(struct database *database, int64_t series)
{
    struct view views[BASELINE_VIEWS] = {0};
    char *bytes = NULL;
    size_t size = 0;
    enum status status = baseline_show(database, series, 10, views);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    FILE *stream = open_memstream(&bytes, &size);
    for (int i = 0; status == STATUS_OK && i < BASELINE_VIEWS; i++) {
        view_write_table(stream, &views[i], &(struct screen){0});
        view_write_markdown(stream, &views[i]);
        view_write_json(stream, &views[i]);
    }
    fclose(stream);
    fuzz_check_text(bytes, size, "");
    free(bytes);
    for (int i = 0; i < BASELINE_VIEWS; i++)
        view_free(&views[i]);
}

/* The caller frees it. */
static char *written(struct database *database, int64_t series, bool contexts, size_t *size)
{
    char *bytes = NULL;
    FILE *stream = open_memstream(&bytes, size);
    const struct transfer_options options = {.contexts = contexts};
    RULE(transfer_write(database, series, "fuzz", options, stream) == STATUS_OK);
    fclose(stream);
    return bytes;
}

/* Making one takes longer than all else: each is made once, and what is done to it is taken back.
 */
static struct database *empty_database(int number)
{
    static struct database databases[2];
    struct database *database = &databases[number];
    if (!database->handle)
        RULE(database_open_memory(database) == STATUS_OK);
    else
        RULE(database_execute(database, "ROLLBACK") == STATUS_OK);
    RULE(database_execute(database, "BEGIN") == STATUS_OK);
    return database;
}

/* In another database it is the same series. */
static void read_again(struct database *database, int64_t series, bool contexts)
{
    struct database *other = empty_database(1);
    size_t size, size_again;
    int64_t again;
    char *bytes = written(database, series, contexts, &size);
    RULE(transfer_read(other, fuzz_file(bytes, size), &again, NULL, NULL) == STATUS_OK);
    char *bytes_again = written(other, again, contexts, &size_again);
    RULE(size == size_again && memcmp(bytes, bytes_again, size) == 0);
    free(bytes);
    free(bytes_again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct database *database = empty_database(0);
    struct pool pool = {0};
    int64_t series;
    const char *name;
    fuzz_hear_messages();
    enum status status = transfer_read(database, file_of(data, size), &series, &pool, &name);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    if (status == STATUS_OK)
        show(database, series);
    fuzz_check_messages();
    if (status == STATUS_OK) {
        read_again(database, series, true);
        read_again(database, series, false);
    }
    pool_free(&pool);
    return 0;
}
