/* Choices as people read them: table and Markdown. */
#include <string.h>

#include "choices.h"
#include "grid.h"
#include "text.h"

enum { LABEL_WIDTH = 17 };

/* Where the grids go. */
struct page {
    FILE *stream;
    struct choices *choices;
    const struct screen *screen; /* NULL: it is Markdown */
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
    if (!page->screen) {
        fprintf(page->stream, "- %s: %s\n", label, text_markdown(pool, text));
        return;
    }
    style_write(page->stream, page->screen, STYLE_HEADING, label);
    fprintf(page->stream, "%*s", LABEL_WIDTH - (int)strlen(label), "");
    text_write_lines(page->stream, text_printable(pool, text), LABEL_WIDTH, page->screen->width);
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
    if (!page->screen)
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
    if (page->screen)
        grid_write_table(page->stream, grid, page->screen);
    else
        grid_write_markdown(page->stream, grid);
    grid_free(grid);
}

static void write_rules(const struct page *page)
{
    struct choices *choices = page->choices;
    struct pool *pool = &choices->pool;
    struct grid grid;
    grid_begin(&grid, pool, "Rules");
    grid_column(&grid, GRID_NUMBER, "#");
    grid_column(&grid, GRID_NUMBER, "matched");
    grid_column(&grid, GRID_NUMBER, "decided");
    grid_column(&grid, GRID_TEXT, "rule");
    grid_column(&grid, GRID_PATH, "given in");
    for (size_t i = 0; i < choices->rule_count; i++) {
        const struct choices_rule *rule = &choices->rules[i];
        bool never = choices_never_matched(rule);
        struct grid_cell *cells = grid_row(&grid);
        cells[0].text = text_count(pool, rule->number);
        cells[1].text = never ? "never" : text_count(pool, rule->matched);
        cells[1].style = never ? STYLE_WARM : STYLE_PLAIN;
        cells[2].text = text_count(pool, rule->decided);
        cells[3].text = rule->text;
        cells[4].text = rule->given ? rule->origin : "-";
        cells[4].style = STYLE_PATH;
    }
    int64_t left = choices->all_rules - (int64_t)grid.row_count;
    if (left > 0)
        grid.rest = pool_format(pool, "%s; --limit=0 shows all",
                                count(pool, left, "more rule", "more rules"));
    write_grid(page, &grid);
}

static void put_place(struct pool *pool, struct grid_cell *cell, const struct choices_function *row)
{
    cell->text = text_place(pool, row->file, row->line);
    cell->brief = text_base_name(cell->text);
    cell->style = STYLE_PATH;
}

static void write_title(const struct page *page, struct grid *grid)
{
    if (page->screen) {
        const char *title = text_printable(grid->pool, grid->title);
        fprintf(page->stream, "\n%s", style_begin(page->screen, STYLE_HEADING));
        text_write_lines(page->stream, title, 0, page->screen->width);
        fputs(style_end(page->screen, STYLE_HEADING), page->stream);
    } else {
        grid->title = text_markdown(grid->pool, grid->title);
    }
}

static void write_module(const struct page *page, const struct choices_module *module)
{
    struct pool *pool = &page->choices->pool;
    struct grid grid;
    grid_begin(&grid, pool,
               pool_format(pool, "%s: %s", module->path,
                           measured(pool, module->measured, module->off, module->functions)));
    grid_column(&grid, GRID_WORD, "measured");
    grid_column(&grid, GRID_NUMBER, "size");
    grid_column(&grid, GRID_NAME, "function");
    grid_column(&grid, GRID_PLACE, "where")->brief_at = 1;
    grid_column(&grid, GRID_TEXT, "by rule");
    for (size_t i = 0; i < module->row_count; i++) {
        const struct choices_function *row = &module->rows[i];
        struct grid_cell *cells = grid_row(&grid);
        cells[0].text = row->off ? "off" : row->selected ? "yes" : "no";
        cells[1].text = row->size ? text_count(pool, row->size) : "-";
        cells[2].text = row->name;
        put_place(pool, &cells[3], row);
        cells[4].text = row->off
                            ? "PROFINST_FILTER"
                            : pool_format(pool, "#%lld %s", (long long)row->rule, row->rule_text);
    }
    int64_t left = module->wanted - (int64_t)grid.row_count;
    if (left > 0)
        grid.rest = pool_format(pool, "%s; --limit=0 shows all",
                                count(pool, left, "more function", "more functions"));
    write_title(page, &grid);
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

void choices_write_table(FILE *stream, struct choices *choices, const struct screen *screen)
{
    write_page(&(struct page){stream, choices, screen});
}

void choices_write_markdown(FILE *stream, struct choices *choices)
{
    write_page(&(struct page){stream, choices, NULL});
}
