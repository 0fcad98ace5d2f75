/* Which function of one side is which of the other. Lines shift, so that they are no part of it. */
#include <stdlib.h>
#include <string.h>

#include "compare_steps.h"
#include "text.h"

/* By what functions are held to be the same, the surest first. */
enum key {
    KEY_PATH,    /* module, linkage name and source file */
    KEY_FILE,    /* likewise, but of the file the last part: sources were built elsewhere */
    KEY_NAME,    /* module and linkage name: in another file */
    KEY_LINKAGE, /* linkage name: in another module */
    KEY_CODE,    /* fingerprint: under another name */
};

/* What to do where several functions of a side have one key. */
enum rule {
    RULE_COUNT, /* as many on both sides: they are taken in the order of their lines */
    RULE_CODE,  /* those of the same code, if that is one of each side */
    RULE_ORDER, /* likewise in order of lines, but some are left over */
    RULE_ALONE, /* nothing, unless it is one of each side */
};

static int compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int compare_files(const struct compare_row *a, const struct compare_row *b, enum key key)
{
    if (key != KEY_FILE)
        return compare_texts(a->file, b->file);
    return strcmp(a->file ? text_base_name(a->file) : "", b->file ? text_base_name(b->file) : "");
}

static int compare_fingerprints(const struct compare_row *a, const struct compare_row *b)
{
    return (a->fingerprint > b->fingerprint) - (a->fingerprint < b->fingerprint);
}

static int compare_keys(const struct compare_row *a, const struct compare_row *b, enum key key)
{
    if (key == KEY_CODE)
        return compare_fingerprints(a, b);
    int order = strcmp(a->linkage_name, b->linkage_name);
    if (order == 0 && key != KEY_LINKAGE)
        order = strcmp(a->module, b->module);
    if (order == 0 && key != KEY_LINKAGE && key != KEY_NAME)
        order = compare_files(a, b, key);
    return order;
}

/* For qsort, which hands nothing on. */
static enum key sort_key;
static bool sort_by_code;

static int by_key(const void *left, const void *right)
{
    const struct compare_row *a = *(struct compare_row *const *)left;
    const struct compare_row *b = *(struct compare_row *const *)right;
    int order = compare_keys(a, b, sort_key);
    if (order == 0 && sort_by_code)
        order = compare_fingerprints(a, b);
    if (order == 0)
        order = a->side - b->side;
    if (order == 0)
        order = compare_texts(a->file, b->file);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order ? order : (a->id > b->id) - (a->id < b->id);
}

struct matcher {
    struct compare_row *rows;  /* all */
    struct compare_row **open; /* those without a match, sorted */
    size_t open_count;
    enum key key;
    enum rule rule;
};

/* Functions that are the same by the key; those before stand first. */
static void match_group(struct matcher *matcher, size_t begin, size_t end)
{
    size_t before = 0;
    while (begin + before < end && matcher->open[begin + before]->side == BEFORE)
        before++;
    size_t after = end - begin - before, pairs = before < after ? before : after;
    bool alone = before == 1 && after == 1;
    if (matcher->rule == RULE_COUNT && before != after)
        return;
    if ((matcher->rule == RULE_ALONE || matcher->rule == RULE_CODE) && !alone)
        return;
    for (size_t i = 0; i < pairs; i++) {
        struct compare_row *a = matcher->open[begin + i], *b = matcher->open[begin + before + i];
        a->match = (size_t)(b - matcher->rows);
        b->match = (size_t)(a - matcher->rows);
        a->moved = b->moved = matcher->key > KEY_FILE;
    }
}

static bool can_match(const struct matcher *matcher, const struct compare_row *row)
{
    bool by_code = matcher->key == KEY_CODE || matcher->rule == RULE_CODE;
    return row->match == SIZE_MAX && (row->code_known || !by_code);
}

static bool same_group(const struct matcher *matcher, size_t a, size_t b)
{
    const struct compare_row *left = matcher->open[a], *right = matcher->open[b];
    return compare_keys(left, right, matcher->key) == 0 &&
           (matcher->rule != RULE_CODE || compare_fingerprints(left, right) == 0);
}

static void match_all(struct matcher *matcher, size_t row_count, enum key key, enum rule rule)
{
    matcher->key = key;
    matcher->rule = rule;
    matcher->open_count = 0;
    for (size_t i = 0; i < row_count; i++)
        if (can_match(matcher, &matcher->rows[i]))
            matcher->open[matcher->open_count++] = &matcher->rows[i];
    sort_key = key;
    sort_by_code = rule == RULE_CODE;
    qsort(matcher->open, matcher->open_count, sizeof *matcher->open, by_key);
    for (size_t begin = 0, end; begin < matcher->open_count; begin = end) {
        end = begin + 1;
        while (end < matcher->open_count && same_group(matcher, begin, end))
            end++;
        match_group(matcher, begin, end);
    }
}

void compare_match(struct compare_row *rows, size_t count)
{
    static const struct {
        enum key key;
        enum rule rule;
    } passes[] = {
        {KEY_PATH, RULE_COUNT}, {KEY_FILE, RULE_COUNT},    {KEY_PATH, RULE_CODE},
        {KEY_FILE, RULE_CODE},  {KEY_PATH, RULE_ORDER},    {KEY_FILE, RULE_ORDER},
        {KEY_NAME, RULE_ALONE}, {KEY_LINKAGE, RULE_ALONE}, {KEY_CODE, RULE_ALONE},
    };
    struct matcher matcher = {.rows = rows, .open = memory_array(count, sizeof *matcher.open)};
    for (size_t i = 0; i < count; i++)
        rows[i].match = SIZE_MAX;
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        match_all(&matcher, count, passes[i].key, passes[i].rule);
    free(matcher.open);
}
