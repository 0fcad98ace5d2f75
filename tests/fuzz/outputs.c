/* Every format that shows names, read back: what comes out is what went in. */
#define _GNU_SOURCE
#include <graphviz/cgraph.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "graph_draw.h"
#include "output.h"
#include "report.h"
#include "text.h"

/* What `write` puts out, ended by a NUL; in the pool. */
static char *written(struct pool *pool, void (*write)(FILE *stream, struct report *report),
                     struct report *report)
{
    struct output output;
    output_begin(&output);
    write(output.stream, report);
    fflush(output.stream);
    fuzz_check_text(output.bytes, output.size, write == report_write_csv ? "\r" : "");
    char *text = pool_take(pool, output.size + 1);
    memcpy(text, output.bytes, output.size);
    text[output.size] = '\0';
    output_abandon(&output);
    return text;
}

static void write_narrow(FILE *stream, struct report *report)
{
    report_write_table(stream, report, &(struct screen){.width = 60});
}

static void write_file(FILE *stream, struct report *report)
{
    report_write_table(stream, report, &(struct screen){0});
}

static bool same(const json_t *object, const char *key, const char *text)
{
    const json_t *value = json_object_get(object, key);
    return text ? json_is_string(value) && strcmp(json_string_value(value), text) == 0
                : json_is_null(value);
}

static void check_json(struct pool *pool, struct report *report)
{
    json_t *root =
        json_loads(written(pool, report_write_json, report), JSON_REJECT_DUPLICATES, NULL);
    RULE(root);
    json_t *processes = json_object_get(root, "processes");
    json_t *functions = json_object_get(root, "functions");
    json_t *edges = json_object_get(root, "edges");
    json_t *contexts = json_object_get(root, "contexts");
    RULE(json_array_size(processes) == report->process_count);
    RULE(json_array_size(functions) == report->function_count);
    RULE(json_array_size(edges) == report->edge_count);
    RULE(json_array_size(contexts) == report->context_count);
    for (size_t i = 0; i < report->process_count; i++)
        RULE(same(json_array_get(processes, i), "program", report->processes[i].program));
    for (size_t i = 0; i < report->function_count; i++) {
        const json_t *row = json_array_get(functions, i);
        RULE(same(row, "function", report->functions[i].name));
        RULE(same(row, "linkage_name", report->functions[i].linkage_name));
        RULE(same(row, "module", report->functions[i].module));
        RULE(same(row, "file", report->functions[i].file));
    }
    for (size_t i = 0; i < report->edge_count; i++) {
        RULE(same(json_array_get(edges, i), "caller", report->edges[i].caller));
        RULE(same(json_array_get(edges, i), "callee", report->edges[i].callee));
    }
    for (size_t i = 0; i < report->context_count; i++) {
        const struct report_context *context = &report->contexts[i];
        const json_t *path = json_object_get(json_array_get(contexts, i), "path");
        RULE(json_array_size(path) == context->depth && context->depth > 0);
        for (size_t step = 0; step < context->depth; step++)
            RULE(strcmp(json_string_value(json_array_get(path, step)), context->path[step]) == 0);
    }
    json_decref(root);
}

/* Takes a field of CSV out of the text, in place, and moves on behind it. */
static char *csv_field(char **text)
{
    char *from = *text;
    char *field = from;
    if (*from != '"') {
        from += strcspn(from, ",\r\"");
        RULE(*from != '"');
    } else {
        char *to = field;
        for (from++; *from != '"' || from[1] == '"'; from++) {
            RULE(*from);
            from += *from == '"';
            *to++ = *from;
        }
        *to = '\0';
        from++;
    }
    RULE(*from == ',' || (from[0] == '\r' && from[1] == '\n'));
    *text = from + (*from == ',' ? 1 : 2);
    *from = '\0';
    return field;
}

/* A field as it was meant: no spreadsheet takes it for a formula, and the mark in front of it that
 * sees to this is there for nothing else. */
static void check_csv_name(struct pool *pool, char **text, const char *name)
{
    const char *field = csv_field(text);
    RULE(!*field || !strchr("=+-@\t\r", *field));
    RULE(strcmp(field + (*field == '\''), text_printable(pool, name ? name : "")) == 0);
}

static void check_csv(struct pool *pool, struct report *report)
{
    char *text = strstr(written(pool, report_write_csv, report), "\r\n") + 2;
    const struct report_options *options = &report->options;
    size_t rows = options->contexts ? report->context_count
                  : options->edges  ? report->edge_count
                                    : report->function_count;
    for (size_t i = 0; i < rows; i++) {
        int numbers;
        if (options->contexts) {
            check_csv_name(pool, &text, report_join_path(pool, &report->contexts[i]));
            numbers = 12;
        } else if (options->edges) {
            check_csv_name(pool, &text, report->edges[i].caller);
            check_csv_name(pool, &text, report->edges[i].callee);
            check_csv_name(pool, &text, report->edges[i].caller_linkage_name);
            check_csv_name(pool, &text, report->edges[i].callee_linkage_name);
            numbers = 7;
        } else {
            check_csv_name(pool, &text, report->functions[i].name);
            check_csv_name(pool, &text, report->functions[i].linkage_name);
            check_csv_name(pool, &text, report->functions[i].module);
            check_csv_name(pool, &text, report->functions[i].file);
            numbers = 21;
        }
        for (; numbers > 0; numbers--) {
            const char *number = csv_field(&text);
            RULE(strspn(number, "0123456789.") == strlen(number));
        }
        if (!options->contexts && !options->edges) {
            const char *severity = severity_name(report->functions[i].severity);
            RULE(strcmp(csv_field(&text), severity ? severity : "") == 0);
        }
    }
    RULE(!*text);
}

/* Takes a cell of a Markdown table out of a line, in place and without its escapes. */
static char *markdown_cell(char **line)
{
    char *from = *line;
    char *to = from;
    char *cell = from;
    for (; *from != '|'; from++) {
        RULE(*from && *from != '\n' && !strchr("`*[]<>~&$", *from));
        if (*from == '\\') {
            from++;
            RULE(strchr("\\`*[]<>|~&$_:.@/", *from) && *from);
        }
        *to++ = *from;
    }
    *to = '\0';
    *line = from + 1;
    return cell;
}

/* Compares the column with this header of the table that begins behind `title`. */
static void check_markdown_rows(struct pool *pool, char *text, const char *title,
                                const char *header, size_t rows,
                                const char *(*name)(struct report *, size_t), struct report *report)
{
    char *line = strstr(text, title);
    RULE(line);
    line = strstr(line, "\n| #");
    RULE(line);
    int column = 0;
    char *found = strstr(line, header);
    RULE(found && found < strstr(line, " |\n| ---:"));
    for (const char *at = line + 2; at <= found; at++)
        column += *at == '|';
    line = strstr(line, " |\n| ---:");
    line = strchr(line + 3, '\n') + 1;
    for (size_t i = 0; i < rows; i++) {
        char *at = line + 1;
        char *cell = NULL;
        RULE(*line == '|');
        for (int c = 0; c <= column; c++)
            cell = markdown_cell(&at);
        const char *wanted = text_printable(pool, name(report, i));
        size_t length = strlen(wanted);
        RULE(cell[0] == ' ' && memcmp(cell + 1, wanted, length) == 0 &&
             strcmp(cell + 1 + length, " ") == 0);
        line = strchr(at, '\n') + 1;
    }
    RULE(*line != '|');
}

static const char *function_name(struct report *report, size_t row)
{
    return report->functions[row].name;
}

static const char *callee_name(struct report *report, size_t row)
{
    return report->edges[row].callee;
}

static const char *context_path(struct report *report, size_t row)
{
    return report_join_path(&report->pool, &report->contexts[row]);
}

static void check_markdown(struct pool *pool, struct report *report)
{
    char *text = written(pool, report_write_markdown, report);
    if (report->function_count == 0)
        return;
    check_markdown_rows(pool, text, "\n### Contexts\n", "| context |", report->context_count,
                        context_path, report);
    check_markdown_rows(pool, text, "\n### Edges\n", "| callee |", report->edge_count, callee_name,
                        report);
    check_markdown_rows(pool, text, "\n### Functions\n", "| function |", report->function_count,
                        function_name, report);
}

/* The most at stake comes first, and numbers are numbers. */
static void check_advice(const struct advice_list *advice)
{
    for (size_t i = 0; i < advice->count; i++) {
        const struct advice *piece = &advice->items[i];
        RULE(piece->at_stake >= 0 && piece->at_stake <= 1 && piece->at_stake_ns >= 0);
        RULE(i == 0 || piece->at_stake <= piece[-1].at_stake + 0.01);
        RULE(piece->number_count > 0 && piece->number_count <= ADVICE_NUMBERS);
        for (size_t j = 0; j < piece->number_count; j++)
            RULE(piece->numbers[j].value >= 0 && isfinite(piece->numbers[j].value));
        fuzz_check_text(piece->text, strlen(piece->text), "");
        fuzz_check_text(piece->remedy, strlen(piece->remedy), "");
    }
}

static void check_report(struct database *database, struct report_options options)
{
    struct report report;
    struct advice_list advice;
    struct config config;
    config_standard(&config);
    options.config = &config;
    options.edges = options.contexts = true;
    RULE(report_query(&report, database, &options) == STATUS_OK);
    RULE(advice_query(&advice, database, &config) == STATUS_OK);
    check_advice(&advice);
    report.advice = &advice;
    written(&report.pool, write_narrow, &report);
    written(&report.pool, write_file, &report);
    check_markdown(&report.pool, &report);
    check_json(&report.pool, &report);
    check_csv(&report.pool, &report);
    report.options.contexts = false;
    check_csv(&report.pool, &report);
    report.options.edges = false;
    check_csv(&report.pool, &report);
    advice_free(&advice);
    report_free(&report);
}

/* Undoes the entities of XML, in place. */
static char *without_entities(char *text)
{
    static const struct {
        const char *entity;
        char meaning;
    } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};
    char *to = text;
    for (const char *from = text; *from;) {
        size_t length = 1;
        *to = *from;
        RULE(!strchr("<>\"'", *from));
        if (*from == '&') {
            size_t i = 0;
            for (; strncmp(from, entities[i].entity, strlen(entities[i].entity)) != 0; i++)
                RULE(i + 1 < sizeof entities / sizeof *entities);
            *to = entities[i].meaning;
            length = strlen(entities[i].entity);
        }
        from += length;
        to++;
    }
    *to = '\0';
    return text;
}

/* The names in a box are those of its functions. Returns what is behind them. */
static const char *check_names(struct graph *graph, const struct graph_function *function,
                               const char *label)
{
    struct pool *pool = &graph->pool;
    for (;;) {
        const char *begin = strstr(label, "<B>");
        const char *end = strstr(label, "</B>");
        RULE(begin && end && begin < end);
        char *name = pool_format(pool, "%.*s", (int)(end - begin - 3), begin + 3);
        RULE(strcmp(without_entities(name),
                    text_printable(pool, graph_short_name(pool, function->name))) == 0);
        label = end + 1;
        if (function->below == GRAPH_NONE)
            return label;
        function = &graph->functions[function->below];
    }
}

/* A tooltip: four backslashes are one, a single one begins a line's end, and an ampersand an
 * entity. */
static void check_tooltip(const char *tooltip, const char *wanted)
{
    for (; *tooltip; tooltip++, wanted++) {
        if (*tooltip != '\\') {
            RULE(*tooltip == *wanted);
        } else if (tooltip[1] == 'n') {
            RULE(*wanted == '\n');
            tooltip++;
        } else {
            RULE(strncmp(tooltip, "\\\\\\\\", 4) == 0 && *wanted == '\\');
            tooltip += 3;
        }
        if (*tooltip == '&') {
            RULE(strncmp(tooltip, "&amp;", 5) == 0);
            tooltip += 4;
        }
    }
    RULE(!*wanted);
}

static void check_box(Agraph_t *drawing, struct graph *graph, const struct graph_function *top)
{
    Agnode_t *drawn = agnode(drawing, pool_format(&graph->pool, "f%lld", (long long)top->id), 0);
    RULE(drawn);
    char *label = agget(drawn, (char *)"label");
    RULE(aghtmlstr(label));
    RULE(!strstr(check_names(graph, top, label), "<B>"));
    if (top->below == GRAPH_NONE)
        check_tooltip(agget(drawn, (char *)"tooltip"), graph_function_tooltip(graph, top));
}

static void check_graph(struct database *database, struct graph_options options)
{
    struct graph graph;
    char *bytes = NULL;
    size_t size = 0;
    RULE(graph_query(&graph, database, &options) == STATUS_OK);
    RULE(graph_draw(&graph, "dot", false, &bytes, &size) == STATUS_OK);
    fuzz_check_text(bytes, size, "\t");
    Agraph_t *drawing = agmemread(bytes);
    RULE(drawing);
    int boxes = 0;
    for (size_t i = 0; i < graph.function_count; i++) {
        if (!graph.functions[i].drawn || graph.functions[i].top != i)
            continue;
        boxes++;
        check_box(drawing, &graph, &graph.functions[i]);
    }
    RULE(agnnodes(drawing) == boxes);
    agclose(drawing);
    graph_free_picture(bytes);
    graph_free(&graph);
}

void fuzz_check_outputs(struct database *database)
{
    check_report(database, (struct report_options){.sort = SORT_SELF});
    check_report(database, (struct report_options){.limit = 3, .sort = SORT_AVERAGE});
    check_graph(database, (struct graph_options){.boxes_apart = true, .cluster = GRAPH_FILE});
    check_graph(database, (struct graph_options){.min_share = 0.01, .limit = 2});
    fuzz_check_flame(database);
    fuzz_check_page(database);
    check_graph(database, (struct graph_options){.colour = GRAPH_BY_MODULE, .title = "\\N<&\""});
}
