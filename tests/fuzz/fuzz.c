#define _GNU_SOURCE
#include "fuzz.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command.h"
#include "load.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
const char *__asan_default_options(void);

/* SQLite allocates much; without this, half the time goes into remembering where. */
const char *__asan_default_options(void)
{
    return "malloc_context_size=4:quarantine_size_mb=8:detect_stack_use_after_return=0";
}

static FILE *real_errors;
static char *messages;
static size_t messages_size;
static int standard_output; /* a file in memory in place of it */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    setlocale(LC_CTYPE, "C.UTF-8"); /* as profinst does */
    standard_output = memfd_create("output", 0);
    RULE(dup2(standard_output, STDOUT_FILENO) == STDOUT_FILENO);
    return 0;
}

void fuzz_broken(const char *rule, const char *file, int line)
{
    dprintf(STDERR_FILENO, "%s:%d: broken: %s\n", file, line, rule);
    abort();
}

const char *fuzz_file(const void *bytes, size_t size)
{
    static char path[64];
    static int file = -1;
    if (file < 0) {
        file = memfd_create("input", 0);
        snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    }
    RULE(ftruncate(file, 0) == 0 && pwrite(file, bytes, size, 0) == (ssize_t)size);
    return path;
}

void fuzz_hear_messages(void)
{
    real_errors = stderr;
    stderr = open_memstream(&messages, &messages_size);
}

void fuzz_check_messages(void)
{
    fclose(stderr);
    stderr = real_errors;
    fuzz_check_text(messages, messages_size, "");
    RULE(messages_size == 0 || strncmp(messages, "profinst: ", 10) == 0);
    free(messages);
}

/* The well-formed sequences of the Unicode standard, table 3-7; 0 for none. */
static size_t sequence(const unsigned char *b, size_t left)
{
    size_t length = b[0] < 0x80 ? 1 : b[0] < 0xC2 ? 0 : b[0] < 0xE0 ? 2 : b[0] < 0xF0 ? 3 : 4;
    if (length == 0 || length > left || b[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < length; i++)
        if (b[i] < 0x80 || b[i] > 0xBF)
            return 0;
    bool bad = (b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F) ||
               (b[0] == 0xF0 && b[1] < 0x90) || (b[0] == 0xF4 && b[1] > 0x8F);
    return bad ? 0 : length;
}

static bool shown(const unsigned char *b, size_t length)
{
    static const uint32_t hidden[][2] = {
        {0x00, 0x1F},     {0x7F, 0x9F},       {0xAD, 0xAD},       {0x34F, 0x34F},
        {0x61C, 0x61C},   {0x115F, 0x1160},   {0x17B4, 0x17B5},   {0x180B, 0x180F},
        {0x200B, 0x200F}, {0x2028, 0x202E},   {0x2060, 0x206F},   {0x3164, 0x3164},
        {0xFDD0, 0xFDEF}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
        {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    uint32_t point = length == 1   ? b[0]
                     : length == 2 ? (b[0] & 0x1Fu) << 6 | (b[1] & 0x3Fu)
                     : length == 3 ? (b[0] & 0xFu) << 12 | (b[1] & 0x3Fu) << 6 | (b[2] & 0x3Fu)
                                   : (b[0] & 7u) << 18 | (b[1] & 0x3Fu) << 12 |
                                         (b[2] & 0x3Fu) << 6 | (b[3] & 0x3Fu);
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (point >= hidden[i][0] && point <= hidden[i][1])
            return false;
    return (point & 0xFFFE) != 0xFFFE;
}

void fuzz_check_text(const char *bytes, size_t size, const char *controls)
{
    const unsigned char *at = (const unsigned char *)bytes;
    for (size_t left = size, length; left > 0; at += length, left -= length) {
        length = sequence(at, left);
        RULE(length > 0);
        if (*at >= ' ' && *at <= '~')
            continue;
        bool line_end = *at == '\n' || (*at && strchr(controls, *at));
        RULE(line_end || shown(at, length));
    }
}

void fuzz_dump(const char *path)
{
    char *arguments[] = {(char *)"profinst dump", (char *)path, NULL};
    RULE(ftruncate(standard_output, 0) == 0 && lseek(standard_output, 0, SEEK_SET) == 0);
    enum status status = command_dump.run(2, arguments);
    RULE(status == STATUS_OK || status == STATUS_INPUT);
    off_t size = lseek(standard_output, 0, SEEK_CUR);
    char *text = malloc((size_t)size + 1);
    RULE(text && pread(standard_output, text, (size_t)size, 0) == size);
    fuzz_check_text(text, (size_t)size, "");
    free(text);
}

/* Bytes that belong to no character become \xFF, as a second opinion spells it. */
static char *spelled(struct pool *pool, const char *bytes)
{
    size_t left = strlen(bytes);
    char *result = pool_take(pool, 4 * left + 1);
    char *end = result;
    for (size_t length; left > 0; bytes += length, left -= length) {
        length = sequence((const unsigned char *)bytes, left);
        if (length)
            end = mempcpy(end, bytes, length);
        else
            end += sprintf(end, "\\x%02X", (unsigned char)*bytes);
        length = length ? length : 1;
    }
    *end = '\0';
    return result;
}

/* Whether the query finds one. Most are asked over and over, so the latest one stays prepared. */
static bool holds_one(struct database *database, const char *sql, const char **texts)
{
    static const char *latest;
    static sqlite3_stmt *statement;
    bool row;
    if (sql != latest) {
        sqlite3_finalize(statement);
        RULE(database_prepare(database, sql, &statement) == STATUS_OK);
        latest = sql;
    }
    for (int i = 0; i < sqlite3_bind_parameter_count(statement); i++)
        database_bind_text(statement, i + 1, texts[i]);
    RULE(database_step(database, statement, &row) == STATUS_OK && row);
    bool one = sqlite3_column_int64(statement, 0) == 1;
    sqlite3_reset(statement);
    return one;
}

/* The database holds exactly the profile's names, and its calls. */
static void check_database(struct database *database, const struct profile *profile)
{
    struct pool pool = {0};
    for (size_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[i];
        const char *texts[] = {
            spelled(&pool, function->linkage_name),
            function->object == PROFILE_NONE ? NULL
                                             : spelled(&pool, profile->objects[function->object]),
            function->source == PROFILE_NONE ? NULL
                                             : spelled(&pool, profile->sources[function->source]),
            pool_format(&pool, "%u", function->line)};
        RULE(holds_one(database,
                       "SELECT count(*) FROM function LEFT JOIN module ON module.id = module_id"
                       " LEFT JOIN source_file ON source_file.id = source_file_id"
                       " WHERE linkage_name = ?1 AND module.path IS ?2 AND source_file.path IS ?3"
                       " AND ifnull(line, 0) = CAST(?4 AS INTEGER)",
                       texts));
    }
    for (size_t i = 0; i < profile->thread_count; i++) {
        const char *texts[] = {spelled(&pool, profile->threads[i].raw.name),
                               pool_format(&pool, "%zu", i + 1)};
        RULE(holds_one(database,
                       "SELECT count(*) FROM thread WHERE name = ? AND number = CAST(? AS INTEGER)",
                       texts));
    }

    int64_t calls = 0, inlined = 0, nanoseconds = 0;
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        calls += context->parent != PROFILE_NONE ? (int64_t)context->calls : 0;
        inlined += context->host != PROFILE_NONE ? (int64_t)context->calls : 0;
    }
    for (size_t i = 0; i < profile->cross_call_count; i++)
        calls += (int64_t)profile->cross_calls[i].calls;
    for (size_t i = 0; i < profile->thread_count; i++)
        nanoseconds += profile->threads[i].lifetime_ns;
    const char *texts[] = {spelled(&pool, profile->header.program),
                           pool_format(&pool, "%lld", (long long)calls),
                           pool_format(&pool, "%lld", (long long)nanoseconds),
                           pool_format(&pool, "%lld", (long long)inlined)};
    RULE(holds_one(database,
                   "WITH total AS (SELECT ifnull(sum(calls), 0) AS calls,"
                   " ifnull(sum(inlined_calls), 0) AS inlined_calls,"
                   " ifnull(sum(inlined_calls > calls OR called_ns > cumulative_ns), 0) AS odd,"
                   " ifnull(sum(self_ns), 0) AS self_ns,"
                   " ifnull(sum(self_ns > cumulative_ns), 0) AS wrong FROM functions)"
                   " SELECT count(*) FROM processes, total"
                   " WHERE program = ?1 AND processes.calls = CAST(?2 AS INTEGER)"
                   " AND lifetime_ns = CAST(?3 AS INTEGER) AND total.calls = processes.calls"
                   " AND processes.inlined_calls = CAST(?4 AS INTEGER)"
                   " AND total.inlined_calls = processes.inlined_calls AND odd = 0"
                   " AND total.self_ns + outside_ns + unattributed_ns = timed_ns AND wrong = 0",
                   texts));
    pool_free(&pool);
}

void fuzz_profile(const char *path, void (*look)(const struct profile *profile))
{
    static struct database database; /* stays open, and is emptied by rolling back */
    if (!database.handle)
        RULE(database_open_memory(&database) == STATUS_OK);
    struct profile profile;
    if (profile_open(&profile, path) != STATUS_OK)
        return;
    look(&profile);
    enum load_outcome outcome;
    RULE(database_execute(&database, "BEGIN") == STATUS_OK);
    struct load_parts parts = LOAD_ALL;
    enum status status = load_profile(&database, &profile, parts, &outcome);
    if (status == STATUS_INPUT) { /* only who looks for call sites finds selections damaged */
        RULE(database_execute(&database, "ROLLBACK; BEGIN") == STATUS_OK);
        parts.sites = false;
        status = load_profile(&database, &profile, parts, &outcome);
    }
    RULE(status == STATUS_OK && outcome == LOAD_NEW);
    RULE(load_profile(&database, &profile, parts, &outcome) == STATUS_OK &&
         outcome == LOAD_ALREADY);
    check_database(&database, &profile);
    fuzz_check_outputs(&database);
    fuzz_check_exports(&database);
    RULE(database_execute(&database, "ROLLBACK") == STATUS_OK);
    profile_close(&profile);
}
