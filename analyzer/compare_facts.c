/* What series know of their machines and builds, and where two of them differ. */
#include <stdlib.h>
#include <string.h>

#include "compare_steps.h"
#include "text.h"
#include "transfer.h"

/* Facts that say that times are of different things. */
static const struct {
    const char *name, *sentence;
    bool ground; /* times tell little about the source then */
    bool flags;  /* command lines, which hold names of files, too */
} facts[] = {
    {"machine.id", "They ran on different machines", true, false},
    {"machine.cpu", "They ran on different processors", true, false},
    {"machine.governor", "The frequency governors differ", false, false},
    {"clang.version", "They were compiled by different compilers", true, false},
    {"clang.flags", "They were compiled with different options", true, true},
    {"plugin.rules", "Other functions were selected", false, false},
    {"input.", "They had different input", false, false},
};

/* Of a command line, what decides about the code. */
static bool is_telling(const char *word)
{
    static const char *const paths[] = {"-fplugin", "-ffile-prefix-map", "-fdebug-prefix-map",
                                        "-fmacro-prefix-map", "-fdebug-compilation-dir"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (strncmp(word, paths[i], strlen(paths[i])) == 0)
            return false;
    return word[0] == '-' && word[1] && strchr("OmfD", word[1]);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Those words, each once, in one order; in the pool. */
static const char *telling_flags(struct pool *pool, const char *lines)
{
    char *text = pool_copy(pool, lines), *rest = NULL;
    const char **words = NULL, *all = "";
    size_t count = 0, capacity = 0;
    for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest)) {
        if (!is_telling(word))
            continue;
        words = memory_grow(words, &capacity, count, sizeof *words);
        words[count++] = word;
    }
    if (count > 0)
        qsort(words, count, sizeof *words, by_text);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || strcmp(words[i], words[i - 1]) != 0)
            all = pool_format(pool, "%s%s%s", all, *all ? " " : "", words[i]);
    free(words);
    return all;
}

static void compare_fact(struct comparison *comparison, const char *name, const char *before,
                         const char *after)
{
    enum { SHOWN = 60 };
    struct pool *pool = &comparison->pool;
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
        size_t length = strlen(facts[i].name);
        bool prefix = facts[i].name[length - 1] == '.';
        if (prefix ? strncmp(name, facts[i].name, length) != 0 : strcmp(name, facts[i].name) != 0)
            continue;
        if (facts[i].flags) {
            before = telling_flags(pool, before);
            after = telling_flags(pool, after);
        }
        if (strcmp(before, after) == 0)
            return;
        comparison->same_ground &= !facts[i].ground;
        compare_warn(comparison,
                     pool_format(pool, "%s (%s): %s before, %s after.", facts[i].sentence, name,
                                 text_cut(pool, text_printable(pool, before), SHOWN),
                                 text_cut(pool, text_printable(pool, after), SHOWN)));
        return;
    }
}

/* A baseline may have been exported without. */
static enum status find_contexts(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    const struct side *side = comparison->sides->side;
    sqlite3_stmt *row;
    bool none;
    if (!comparison->sides->contexts)
        return STATUS_OK;
    enum status status =
        database_prepare(comparer->database,
                         "SELECT 1 FROM series_fact WHERE series_id IN (?, ?)"
                         " AND name = '" TRANSFER_CONTEXTS_FACT "' AND value = 'no'",
                         &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, side[BEFORE].series);
    sqlite3_bind_int64(row, 2, side[AFTER].series);
    status = database_step(comparer->database, row, &none);
    sqlite3_finalize(row);
    comparison->has_contexts = !none;
    if (none)
        compare_warn(comparison, "Contexts are not compared: a baseline was exported without "
                                 "them.");
    return status;
}

enum status compare_read_facts(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    const struct side *side = comparison->sides->side;
    struct pool *pool = &comparison->pool;
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        comparer->database,
        "SELECT former.name, former.value, latter.value"
        " FROM series_fact AS former JOIN series_fact AS latter ON latter.name = former.name"
        " WHERE former.series_id = ?1 AND latter.series_id = ?2 AND former.value <> latter.value"
        " ORDER BY former.name",
        &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, side[BEFORE].series);
    sqlite3_bind_int64(row, 2, side[AFTER].series);
    while ((status = database_step(comparer->database, row, &more)) == STATUS_OK && more)
        compare_fact(comparison, database_text(pool, row, 0), database_text(pool, row, 1),
                     database_text(pool, row, 2));
    sqlite3_finalize(row);
    return status == STATUS_OK ? find_contexts(comparer) : status;
}
