/* Choices as people read them: table and Markdown. */
#include <stdlib.h>

#include "choices.h"
#include "report_grid.h"
#include "text.h"

/* Where the grids go; `width` 0: nothing is shortened. */
struct page {
    FILE *stream;
    struct choices *choices;
    size_t width;
    bool markdown;
};

static const char *count(struct pool *pool, int64_t number, const char *one, const char *more)
{
    return pool_format(pool, "%s %s", text_count(pool, number), number == 1 ? one : more);
}

/* "12 of 15 functions measured, 1 switched off" */
static const char *measured(struct pool *pool, int64_t part, int64_t off, int64_t all)
{
    return pool_format(
        pool, "%s of %s measured%s", text_count(pool, part),
        count(pool, all, "function", "functions"),
        off ? pool_format(pool, ", %s switched off by PROFINST_FILTER", text_count(pool, off))
            : "");
}

static void line(const struct page *page, const char *label, const char *text)
{
    struct pool *pool = &page->choices->pool;
    if (page->markdown)
        fprintf(page->stream, "- %s: %s\n", label, text_markdown(pool, text));
    else
        fprintf(page->stream, "%-15s  %s\n", label, text_printable(pool, text));
}

static void write_summary(const struct page *page)
{
    struct choices *choices = page->choices;
    struct pool *pool = &choices->pool;
    int64_t functions = 0, on = 0, off = 0, units = 0;
    for (size_t i = 0; i < choices->module_count; i++) {
        functions += choices->modules[i].functions;
        on += choices->modules[i].measured;
        off += choices->modules[i].off;
        units += choices->modules[i].units;
    }
    if (page->markdown)
        fputs("## Selection\n\n", page->stream);
    line(page, "Functions", measured(pool, on, off, functions));
    line(page, "Compiled in",
         pool_format(pool, "%s of %s", count(pool, units, "unit", "units"),
                     count(pool, (int64_t)choices->module_count, "module", "modules")));
    for (size_t i = 0; i < choices->filter_count; i++)
        line(page, "PROFINST_FILTER", choices->filters[i]);
    if (choices->never_matched)
        line(page, "Never matched",
             pool_format(pool, "%s: no function has such a name, file or size",
                         count(pool, choices->never_matched, "rule", "rules")));
}

static void write_grid(const struct page *page, struct grid *grid)
{
    if (page->markdown)
        grid_write_markdown(page->stream, &page->choices->pool, grid);
    else
        grid_write_table(page->stream, &page->choices->pool, grid, page->width);
}

static void write_rules(const struct page *page)
{
    struct choices *choices = page->choices;
    struct pool *pool = &choices->pool;
    struct grid grid = {.title = "Rules", .rows = choices->rule_count};
    grid.cells = memory_array(grid.rows, sizeof *grid.cells);
    grid_column(&grid, GRID_NUMBER, "#");
    grid_column(&grid, GRID_NUMBER, "matched");
    grid_column(&grid, GRID_NUMBER, "decided");
    grid_column(&grid, GRID_TEXT, "rule");
    grid_column(&grid, GRID_PATH, "given in");
    for (size_t i = 0; i < grid.rows; i++) {
        const struct choices_rule *rule = &choices->rules[i];
        const char **cells = grid.cells[i];
        cells[0] = text_count(pool, rule->number);
        cells[1] = choices_never_matched(rule) ? "never" : text_count(pool, rule->matched);
        cells[2] = text_count(pool, rule->decided);
        cells[3] = rule->text;
        cells[4] = rule->given ? rule->origin : "-";
    }
    int64_t left = choices->all_rules - (int64_t)grid.rows;
    if (left > 0)
        grid.rest = pool_format(pool, "%s; --limit=0 shows all",
                                count(pool, left, "more rule", "more rules"));
    write_grid(page, &grid);
}

static const char *place(const struct page *page, const struct choices_function *row)
{
    const char *file = page->width ? text_base_name(row->file) : row->file;
    return row->line ? pool_format(&page->choices->pool, "%s:%lld", file, (long long)row->line)
                     : file;
}

static void write_module(const struct page *page, const struct choices_module *module)
{
    struct pool *pool = &page->choices->pool;
    struct grid grid = {
        .title = pool_format(pool, "%s: %s", module->path,
                             measured(pool, module->measured, module->off, module->functions)),
        .rows = module->row_count};
    grid.cells = memory_array(grid.rows, sizeof *grid.cells);
    grid_column(&grid, GRID_PLACE, "measured");
    grid_column(&grid, GRID_NUMBER, "size");
    grid_column(&grid, GRID_NAME, "function");
    grid_column(&grid, GRID_PLACE, "where");
    grid_column(&grid, GRID_TEXT, "by rule");
    for (size_t i = 0; i < grid.rows; i++) {
        const struct choices_function *row = &module->rows[i];
        const char **cells = grid.cells[i];
        cells[0] = row->off ? "off" : row->selected ? "yes" : "no";
        cells[1] = row->size ? text_count(pool, row->size) : "-";
        cells[2] = row->name;
        cells[3] = place(page, row);
        cells[4] = row->off ? "PROFINST_FILTER"
                            : pool_format(pool, "#%lld %s", (long long)row->rule, row->rule_text);
    }
    int64_t left = module->wanted - (int64_t)grid.rows;
    if (left > 0)
        grid.rest = pool_format(pool, "%s; --limit=0 shows all",
                                count(pool, left, "more function", "more functions"));
    if (page->markdown)
        grid.title = text_markdown(pool, grid.title);
    else
        fprintf(page->stream, "\n%s\n", text_printable(pool, grid.title));
    write_grid(page, &grid);
}

static void write_page(const struct page *page)
{
    const struct choices *choices = page->choices;
    if (choices->module_count == 0 && choices->all_rules == 0) {
        fputs("No selection is known. Compile the program with -fplugin=libprofinst.so, run it, "
              "and give its profile.\n",
              page->stream);
        return;
    }
    write_summary(page);
    if (!choices->options.measured && !choices->options.left_out && choices->rule_count > 0)
        write_rules(page);
    for (size_t i = 0; i < choices->module_count; i++)
        if (choices->modules[i].row_count > 0)
            write_module(page, &choices->modules[i]);
}

void choices_write_table(FILE *stream, struct choices *choices, size_t terminal_width)
{
    write_page(&(struct page){stream, choices, terminal_width, false});
}

void choices_write_markdown(FILE *stream, struct choices *choices)
{
    write_page(&(struct page){stream, choices, 0, true});
}
