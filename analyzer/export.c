/* What several formats need. */
#define _GNU_SOURCE
#include "export.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static bool is_spelled_out(const char *from, const char *text, const char *marks)
{
    bool end = from == text || from[1] == '\0';
    return strchr(marks, *from) || (*from == ' ' && end);
}

char *export_name(struct pool *pool, const char *name, const char *marks)
{
    const char *text = text_printable(pool, *name ? name : EXPORT_NAMELESS);
    char *result = pool_take(pool, strlen(text) * 4 + 1);
    char *end = result;
    for (const char *from = text; *from; from++) {
        if (is_spelled_out(from, text, marks))
            end += sprintf(end, "\\x%02X", (unsigned char)*from);
        else
            *end++ = *from;
    }
    *end = '\0';
    return result;
}

struct text_place {
    const char *text;
    size_t at;
};

static int by_text(const void *left, const void *right)
{
    const struct text_place *a = left, *b = right;
    int order = strcmp(a->text, b->text);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

size_t *export_number(const char *const *texts, size_t count)
{
    size_t *numbers = memory_array(count, sizeof *numbers);
    struct text_place *places = memory_array(count, sizeof *places);
    for (size_t i = 0; i < count; i++)
        places[i] = (struct text_place){texts[i], i};
    qsort(places, count, sizeof *places, by_text);
    for (size_t i = 0, first = 0; i < count; i++) {
        if (strcmp(places[i].text, places[first].text) != 0)
            first = i;
        numbers[places[i].at] = places[first].at;
    }
    free(places);
    return numbers;
}

enum status export_query_times(struct export_times *times, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    *times = (struct export_times){0};
    enum status status = database_prepare(
        database,
        "SELECT timing <> 'counts' AND ticks_per_second IS NOT NULL, outside_ns, unattributed_ns"
        " FROM processes",
        &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        times->known |= sqlite3_column_int(row, 0);
        times->outside_ns =
            database_sum(times->outside_ns, export_amount(sqlite3_column_int64(row, 1)));
        times->unattributed_ns =
            database_sum(times->unattributed_ns, export_amount(sqlite3_column_int64(row, 2)));
    }
    sqlite3_finalize(row);
    return status;
}

/* Nodes stand before their children, so that the way to each is at hand when it comes. */
void export_stacks(const struct tree *tree, size_t groups,
                   void (*visit)(const struct tree *tree, const struct export_stack *stack,
                                 void *context),
                   void *context)
{
    uint32_t *path = memory_array(tree->node_count, sizeof *path);
    size_t cut = 0;
    for (uint32_t i = 1; i < tree->node_count; i++) {
        size_t depth = tree->nodes[i].depth;
        path[depth] = i;
        struct export_stack stack = {path + 1, depth, false};
        if (depth > groups + EXPORT_DEEPEST) {
            stack = (struct export_stack){path + 1 + depth - EXPORT_DEEPEST, EXPORT_DEEPEST, true};
            cut++;
        }
        visit(tree, &stack, context);
    }
    free(path);
    if (cut)
        warn("export", NULL,
             "%zu stacks of more than %d functions are without their outermost callers; functions "
             "that are left out there lack the time of those they called",
             cut, EXPORT_DEEPEST);
}
