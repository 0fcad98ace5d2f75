#define _GNU_SOURCE
#include "series_facts.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <sha2.h>
#include <unistd.h>

#include "text.h"

enum { LONGEST_VALUE = 4096 }; /* bytes; of longer ones so many, and a digest of the whole */

void series_facts_free(struct series_facts *facts)
{
    free(facts->items);
    pool_free(&facts->pool);
}

static const char *bounded(struct pool *pool, const char *value)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    size_t length = strlen(value);
    if (length <= LONGEST_VALUE)
        return value;
    SHA256Data((const uint8_t *)value, length, digest);
    return pool_format(pool, "%.*s... sha256:%s", LONGEST_VALUE, value, digest);
}

void series_facts_put(struct series_facts *facts, const char *name, const char *value)
{
    const struct series_fact fact = {text_valid(&facts->pool, bounded(&facts->pool, name)),
                                     text_valid(&facts->pool, bounded(&facts->pool, value))};
    for (size_t i = 0; i < facts->count; i++)
        if (strcmp(facts->items[i].name, fact.name) == 0) {
            facts->items[i] = fact;
            return;
        }
    facts->items = memory_grow(facts->items, &facts->capacity, facts->count, sizeof *facts->items);
    facts->items[facts->count++] = fact;
}

void series_facts_add_variable(struct series_facts *facts, const char *name)
{
    const char *value = getenv(name);
    if (value)
        series_facts_put(facts, pool_format(&facts->pool, "env.%s", name), value);
}

void series_facts_add_settings(struct series_facts *facts)
{
    /* Others say where things are, or how profinst talks. */
    static const char *const names[] = {"PROFINST_TIMING",       "PROFINST_FILTER",
                                        "PROFINST_DURATIONS",    "PROFINST_SAMPLE_HZ",
                                        "PROFINST_MAX_CONTEXTS", "PROFINST_FOLLOW"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        series_facts_add_variable(facts, names[i]);
}

void series_facts_add_standard_input(struct series_facts *facts, const char *path)
{
    char own[PATH_MAX];
    struct stat about;
    if (!path && fstat(STDIN_FILENO, &about) == 0 && S_ISREG(about.st_mode)) {
        ssize_t length = readlink("/proc/self/fd/0", own, sizeof own - 1);
        own[length > 0 ? length : 0] = '\0';
        path = own;
    }
    if (path)
        series_facts_put(facts, "stdin", path);
}

enum status series_facts_add_input(struct series_facts *facts, const char *path)
{
    char digest[SHA256_DIGEST_STRING_LENGTH];
    if (!SHA256File(path, digest))
        return fail(STATUS_INPUT, "cannot read input", path, "%s; name a file that can be read",
                    strerror(errno));
    series_facts_put(facts, pool_format(&facts->pool, "input.%s", path), digest);
    return STATUS_OK;
}
