/* The page: whatever names are, its data are one JSON document, with as many of everything as there
 * is, and packed they are nothing that HTML has a meaning for. */
#define _GNU_SOURCE
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "output.h"
#include "page.h"
#include "text.h"

/* Columns that are all as long as that; the first of them. */
static json_t *column_of(json_t *root, const char *table, const char *name, size_t length)
{
    json_t *columns = json_object_get(root, table), *column;
    const char *key;
    json_object_foreach(columns, key, column)
    {
        if (json_is_array(column) && strcmp(key, "groups") != 0)
            RULE(json_array_size(column) == length);
    }
    return json_object_get(columns, name);
}

static void check_names(struct page *page, json_t *root)
{
    const struct report *report = &page->report;
    json_t *names = column_of(root, "functions", "name", report->function_count);
    for (size_t i = 0; i < report->function_count; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        RULE(strcmp(name, text_printable(&page->report.pool, report->functions[i].name)) == 0);
        fuzz_check_text(name, strlen(name), "");
    }
    json_t *callers = column_of(root, "edges", "caller", report->edge_count);
    for (size_t i = 0; i < report->edge_count; i++) {
        json_int_t caller = json_integer_value(json_array_get(callers, i));
        RULE(caller >= -1 && caller < (json_int_t)report->function_count);
    }
    json_t *depths = json_object_get(json_object_get(root, "contexts"), "depth");
    column_of(root, "contexts", "depth", json_array_size(depths));
}

void fuzz_check_page(struct database *database)
{
    struct page page;
    struct output data, packed;
    struct config config;
    config_standard(&config);
    if (page_query(&page, database, &config) ==
        STATUS_OK) { /* contexts that are no tree are told */
        output_begin(&data);
        page_write_data(data.stream, &page);
        fflush(data.stream);
        json_t *root = json_loadb(data.bytes, data.size, JSON_REJECT_DUPLICATES, NULL);
        RULE(root);
        check_names(&page, root);
        json_decref(root);
        output_begin(&packed);
        page_pack(packed.stream, data.bytes, data.size);
        fflush(packed.stream);
        RULE(strspn(packed.bytes,
                    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") ==
             packed.size);
        output_abandon(&packed);
        output_abandon(&data);
    }
    page_free(&page);
}
