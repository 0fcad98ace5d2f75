#define _GNU_SOURCE
#include "rules.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct rule *rules;
static size_t count, room;
static bool keep_loops = true;
static uint32_t candidates; /* tried so far */

/* Indexes of rules that are to be tried one by one. */
static uint32_t *single;
static size_t single_count;

/* Those for one name each are found by it: a hash table, twice as large as it has to be. An entry
 * is the index, plus one, of the last rule for the name. */
static uint32_t *table;
static size_t table_size;

/* ---- the list ----------------------------------------------------------------------------- */

void rules_forget(void)
{
    for (size_t i = 0; i < count; i++)
        pattern_free(rules[i].pattern);
    free(rules);
    free(single);
    free(table);
    rules = NULL;
    single = table = NULL;
    count = room = single_count = table_size = 0;
    keep_loops = true;
}

char *rules_add(const struct rule *rule, enum pattern_syntax syntax)
{
    struct rule added = *rule;
    char *problem = NULL;
    if (!(added.subjects & (RULE_SIZE | RULE_ALL)) && !pattern_is_literal(added.text, syntax)) {
        added.pattern = pattern_make(added.text, syntax, &problem);
        if (!added.pattern)
            return problem;
    }
    if (count == room) {
        room = room ? 2 * room : 16;
        rules = reallocarray(rules, room, sizeof *rules);
        if (!rules)
            abort(); /* as LLVM does */
    }
    rules[count++] = added;
    return NULL;
}

void rules_keep_loops(bool keep)
{
    keep_loops = keep;
}

size_t rules_count(void)
{
    return count;
}

const struct rule *rules_get(size_t index)
{
    return &rules[index];
}

void rules_reset(void)
{
    for (size_t i = 0; i < count; i++)
        rules[i].matched = 0;
}

/* ---- the index ---------------------------------------------------------------------------- */

/* The place in the table of the rules for a name, or where it is free. FNV-1a. */
static uint32_t *slot(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (const char *p = name; *p; p++)
        hash = (hash ^ (unsigned char)*p) * 0x100000001b3;
    size_t i = (size_t)(hash ^ hash >> 32) & (table_size - 1);
    while (table[i] && strcmp(rules[table[i] - 1].text, name) != 0)
        i = (i + 1) & (table_size - 1);
    return &table[i];
}

static void make_index(void)
{
    for (table_size = 16; table_size < 2 * count;)
        table_size *= 2;
    table = calloc(table_size, sizeof *table);
    single = calloc(count + 1, sizeof *single);
    if (!table || !single)
        abort();
    for (size_t i = 0; i < count; i++) {
        struct rule *rule = &rules[i];
        if (rule->pattern || rule->subjects & (RULE_SIZE | RULE_ALL)) {
            single[single_count++] = (uint32_t)i;
        } else {
            uint32_t *same = slot(rule->text);
            rule->same = *same;
            *same = (uint32_t)i + 1;
        }
    }
}

/* ---- decisions ---------------------------------------------------------------------------- */

struct decision {
    const struct candidate *candidate;
    const struct rule *last;
};

static void fits(struct decision *decision, struct rule *rule)
{
    if (rule->seen == candidates)
        return;
    rule->seen = candidates;
    rule->matched++;
    if (!decision->last || rule > decision->last)
        decision->last = rule;
}

static void try_name(struct decision *decision, const char *name, unsigned subject)
{
    for (uint32_t i = *slot(name); i; i = rules[i - 1].same)
        if (rules[i - 1].subjects & subject)
            fits(decision, &rules[i - 1]);
    for (size_t i = 0; i < single_count; i++) {
        struct rule *rule = &rules[single[i]];
        if (rule->subjects & subject && rule->seen != candidates &&
            pattern_matches(rule->pattern, name))
            fits(decision, rule);
    }
}

/* The path, and every rest of it. One that starts anywhere starts at "./". */
static void try_file(struct decision *decision, const char *file, unsigned subject)
{
    char *path = NULL;
    if (*file == '\0')
        return;
    if (asprintf(&path, "%s%s", *file == '/' || *file == '.' ? "" : "./", file) < 0)
        abort();
    try_name(decision, path, subject);
    for (const char *slash = path; (slash = strchr(slash, '/'));)
        try_name(decision, ++slash, subject);
    free(path);
}

static void try_others(struct decision *decision)
{
    const struct candidate *candidate = decision->candidate;
    for (size_t i = 0; i < single_count; i++) {
        struct rule *rule = &rules[single[i]];
        if (rule->subjects & RULE_ALL ||
            (rule->subjects & RULE_SIZE && candidate->size < rule->limit &&
             !(keep_loops && candidate->has_loop)))
            fits(decision, rule);
    }
}

const struct rule *rules_decide(const struct candidate *candidate)
{
    struct decision decision = {candidate, NULL};
    if (count == 0)
        return NULL;
    if (!table)
        make_index();
    candidates++;
    try_name(&decision, candidate->linkage_name, RULE_LINKAGE);
    for (size_t i = 0; i < 3 && candidate->shown[i]; i++)
        try_name(&decision, candidate->shown[i], RULE_SHOWN);
    try_file(&decision, candidate->file, RULE_FILE);
    try_file(&decision, candidate->main_file, RULE_MAIN_FILE);
    try_others(&decision);
    return decision.last;
}
