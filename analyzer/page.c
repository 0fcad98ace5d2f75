#include "page.h"

#include <stdlib.h>

#include "json.h"
#include "output.h"
#include "text.h"

static void find_places(struct page *page)
{
    const struct report *report = &page->report;
    for (size_t i = 0; i < report->function_count; i++)
        places_add(&page->places, report->functions[i].id, i);
    places_sort(&page->places);
}

int64_t page_place(const struct page *page, int64_t function_id)
{
    size_t found = places_find(&page->places, function_id);
    return found == PLACES_NONE ? -1 : (int64_t)found;
}

static json_t *value(struct pool *pool, sqlite3_stmt *row, int column)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return json_integer(sqlite3_column_int64(row, column));
    case SQLITE_TEXT:
        return json_text(text_printable(pool, database_text(pool, row, column)));
    default:
        return json_null();
    }
}

/* Rows as an array of objects. */
static enum status query_rows(struct page *page, struct database *database, const char *sql,
                              json_t **rows)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    *rows = json_array();
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        json_t *object = json_object();
        for (int i = 0; i < sqlite3_column_count(row); i++)
            json_put(object, sqlite3_column_name(row, i), value(&page->report.pool, row, i));
        json_add(*rows, object);
    }
    sqlite3_finalize(row);
    return status;
}

static const char process_sql[] = "SELECT id, run, program, arguments, process_id, "
                                  "parent_process_id, started, duration_ns, ended,"
                                  " timing, threads, calls, inlined_calls, lost_calls, "
                                  "lifetime_ns, outside_ns, profiler_ns, samples"
                                  " FROM processes ORDER BY started_unix_ns, process_id, id";

static const char thread_sql[] =
    "SELECT id, process, number, name, threads, calls, inlined_calls, lifetime_ns, outside_ns,"
    " unattributed_ns, profiler_ns, samples FROM threads ORDER BY process, number";

enum status page_query(struct page *page, struct database *database, const struct config *config)
{
    *page = (struct page){0};
    const struct report_options everything = {.sort = SORT_SELF, .edges = true, .config = config};
    enum status status = report_query(&page->report, database, &everything);
    if (status == STATUS_OK)
        status = query_rows(page, database, process_sql, &page->processes);
    if (status == STATUS_OK)
        status = query_rows(page, database, thread_sql, &page->threads);
    if (status == STATUS_OK)
        status = advice_query(&page->advice, database, config);
    if (status == STATUS_OK)
        status = tree_query(&page->tree, database, TREE_THREADS);
    if (status == STATUS_OK)
        find_places(page);
    if (status == STATUS_OK)
        status = page_find_history(page, database);
    return status;
}

void page_free(struct page *page)
{
    history_free(&page->history);
    free(page->places.rows);
    json_decref(page->threads);
    json_decref(page->processes);
    advice_free(&page->advice);
    tree_free(&page->tree);
    report_free(&page->report);
}

void page_write(FILE *stream, struct page *page)
{
    struct output data;
    output_begin(&data);
    page_write_data(data.stream, page);
    page_fill(stream, &page_of_profile, &data);
}
