/* The document that a page shows. Names are fit to be shown, as in any other report for people. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "page.h"
#include "report_grid.h"
#include "text.h"

/* A column of a table: where its number is in a row. */
struct number {
    const char *name;
    size_t offset;
};

#define FUNCTION(member) offsetof(struct report_function, member)

static const struct number function_numbers[] = {
    {"line", FUNCTION(line)},
    {"calls", FUNCTION(calls.calls)},
    {"inlined_calls", FUNCTION(calls.inlined_calls)},
    {"recursive_calls", FUNCTION(calls.recursive_calls)},
    {"self_ns", FUNCTION(self_ns)},
    {"cumulative_ns", FUNCTION(cumulative_ns)},
    {"self_error_ns", FUNCTION(estimate.self_error_ns)},
    {"cumulative_error_ns", FUNCTION(estimate.cumulative_error_ns)},
    {"measured_calls", FUNCTION(durations.measured)},
    {0},
};

#define EDGE(member) offsetof(struct report_edge, member)

static const struct number edge_numbers[] = {
    {"calls", EDGE(calls.calls)},
    {"inlined_calls", EDGE(calls.inlined_calls)},
    {"recursive_calls", EDGE(calls.recursive_calls)},
    {"cumulative_ns", EDGE(cumulative_ns)},
    {0},
};

static void put_numbers(json_t *columns, const struct number *numbers, const void *rows,
                        size_t count, size_t row_size)
{
    for (; numbers->name; numbers++) {
        json_t *column = json_array();
        for (size_t i = 0; i < count; i++) {
            int64_t value;
            memcpy(&value, (const char *)rows + i * row_size + numbers->offset, sizeof value);
            json_add(column, json_integer(value));
        }
        json_put(columns, numbers->name, column);
    }
}

static json_t *shown(struct page *page, const char *text)
{
    return json_text(text ? text_printable(&page->report.pool, text) : NULL);
}

static json_t *average(const struct report_calls *calls)
{
    return calls->has_average ? json_integer(calls->average_ns) : json_null();
}

static void put_names(json_t *columns, struct page *page)
{
    json_t *names = json_array(), *linkage_names = json_array(), *modules = json_array(),
           *files = json_array(), *external = json_array(), *noise = json_array(),
           *averages = json_array(), *severities = json_array();
    for (size_t i = 0; i < page->report.function_count; i++) {
        const struct report_function *row = &page->report.functions[i];
        bool same = strcmp(row->name, row->linkage_name) == 0;
        json_add(names, shown(page, row->name));
        json_add(linkage_names, shown(page, same ? NULL : row->linkage_name));
        json_add(modules, shown(page, row->module));
        json_add(files, shown(page, row->file));
        json_add(external, json_integer(row->external));
        json_add(noise, json_integer(row->estimate.below_noise));
        json_add(averages, average(&row->calls));
        json_add(severities, json_text(severity_name(row->severity)));
    }
    json_put(columns, "name", names);
    json_put(columns, "linkage_name", linkage_names);
    json_put(columns, "module", modules);
    json_put(columns, "file", files);
    json_put(columns, "external", external);
    json_put(columns, "below_noise", noise);
    json_put(columns, "average_ns", averages);
    json_put(columns, "severity", severities);
}

static void put_durations(json_t *columns, const struct report *report)
{
    static const char *const names[REPORT_DURATIONS] = {"min_ns", "p50_ns", "p75_ns",
                                                        "p95_ns", "p99_ns", "max_ns"};
    for (int kind = 0; kind < REPORT_DURATIONS; kind++) {
        json_t *column = json_array();
        for (size_t i = 0; i < report->function_count; i++) {
            const struct report_durations *durations = &report->functions[i].durations;
            json_add(column, durations->known[kind] ? json_integer(durations->values_ns[kind])
                                                    : json_null());
        }
        json_put(columns, names[kind], column);
    }
}

static json_t *functions(struct page *page)
{
    json_t *columns = json_object();
    put_names(columns, page);
    put_numbers(columns, function_numbers, page->report.functions, page->report.function_count,
                sizeof *page->report.functions);
    put_durations(columns, &page->report);
    return columns;
}

static json_t *edges(const struct page *page)
{
    const struct report *report = &page->report;
    json_t *columns = json_object(), *callers = json_array(), *callees = json_array(),
           *averages = json_array();
    for (size_t i = 0; i < report->edge_count; i++) {
        const struct report_edge *row = &report->edges[i];
        json_add(callers, json_integer(page_place(page, row->caller_id)));
        json_add(callees, json_integer(page_place(page, row->callee_id)));
        json_add(averages, average(&row->calls));
    }
    json_put(columns, "caller", callers);
    json_put(columns, "callee", callees);
    json_put(columns, "average_ns", averages);
    put_numbers(columns, edge_numbers, report->edges, report->edge_count, sizeof *report->edges);
    return columns;
}

static json_t *summary(struct page *page)
{
    struct summary_line lines[SUMMARY_LINES];
    json_t *pairs = json_array();
    report_summary(&page->report, lines);
    for (size_t i = 0; lines[i].label; i++) {
        json_t *pair = json_array();
        json_add(pair, json_text(lines[i].label));
        json_add(pair, shown(page, lines[i].text));
        json_add(pairs, pair);
    }
    return pairs;
}

/* With the place of the function in the report, from which the page leads to it. */
static json_t *advice(const struct page *page)
{
    json_t *items = advice_json(&page->advice, 0);
    for (size_t i = 0; i < page->advice.count; i++)
        json_put(json_array_get(items, i), "index",
                 json_integer(page_place(page, page->advice.items[i].function_id)));
    return items;
}

void page_write_data(FILE *stream, struct page *page)
{
    const struct report *report = &page->report;
    json_t *root = json_object();
    json_put(root, "version", json_integer(1));
    json_put(root, "summary", summary(page));
    json_put(root, "empty", json_text(report_why_empty(report)));
    json_put(root, "advice", advice(page));
    json_put(root, "has_times", json_boolean(report->has_times));
    json_put(root, "total_ns", json_integer(report->total_ns));
    json_put(root, "outside_ns", json_integer(report->outside_ns));
    json_put(root, "processes", json_incref(page->processes));
    json_put(root, "threads", json_incref(page->threads));
    json_put(root, "functions", functions(page));
    json_put(root, "edges", edges(page));
    json_t *history = page_history(page);
    if (history)
        json_put(root, "history", history);
    char *text = json_dumps(root, JSON_COMPACT);
    if (!text)
        out_of_memory();
    fwrite(text, 1, strlen(text) - 1, stream); /* and goes on where it ended */
    fputs(",\"contexts\":", stream);
    free(text);
    json_decref(root);
    page_write_contexts(stream, page);
    if (page->sources) {
        fputs(",\"sources\":", stream);
        page_write_sources(stream, page);
    }
    fputc('}', stream);
}
