/* The verdict for people: on a terminal, and in a comment below a change. */
#include <stdlib.h>

#include "gate_steps.h"
#include "grid.h"
#include "text.h"

/* The order in which columns give up room; see grid.h. */
enum { BRIEF_PLACE = 1, DROP_WHY, DROP_BEFORE, DROP_CERTAINTY, DROP_PLACE, DROP_LIMIT };

enum { WORST = 5 }; /* what a comment shows without being unfolded */

static const char *const verdicts[] = {"", "note", "warn", "FAIL"};

static const char *place(struct pool *pool, const struct gate_finding *finding)
{
    return finding->file ? text_place(pool, finding->file, finding->line) : "";
}

static void add_columns(struct grid *grid)
{
    grid_column(grid, GRID_WORD, "verdict");
    grid_column(grid, GRID_WORD, "what");
    grid_column(grid, GRID_NAME, "of");
    grid_column(grid, GRID_NUMBER, "before")->drop_at = DROP_BEFORE;
    grid_column(grid, GRID_NUMBER, "after")->drop_at = DROP_BEFORE;
    grid_column(grid, GRID_NUMBER, "change");
    grid_column(grid, GRID_NUMBER, "limit")->drop_at = DROP_LIMIT;
    grid_column(grid, GRID_WORD, "certainty")->drop_at = DROP_CERTAINTY;
    grid_column(grid, GRID_TEXT, "why")->drop_at = DROP_WHY;
    struct grid_column *column = grid_column(grid, GRID_PLACE, "place");
    column->brief_at = BRIEF_PLACE;
    column->drop_at = DROP_PLACE;
}

static void add_row(struct grid *grid, struct pool *pool, const struct gate_finding *finding)
{
    static const enum style styles[] = {STYLE_PLAIN, STYLE_LOW, STYLE_MEDIUM, STYLE_CRITICAL};
    struct grid_cell *cell = grid_row(grid);
    cell[0].text = finding->allow ? "allowed" : verdicts[finding->severity];
    cell[0].style = styles[finding->severity];
    cell[1].text = gate_what_names[finding->what];
    cell[2].text = finding->name;
    cell[3].text = gate_value(pool, finding, finding->before);
    cell[4].text = gate_value(pool, finding, finding->after);
    cell[5].text = gate_change(pool, finding);
    cell[5].style = styles[finding->severity];
    cell[6].text = gate_limit(finding);
    cell[7].text = gate_certainty(pool, finding);
    cell[8].text = gate_why(pool, finding);
    cell[9].text = place(pool, finding);
    cell[9].brief = text_base_name(cell[9].text);
    cell[9].style = STYLE_PATH;
}

/* `limit` 0: all. */
static struct grid make_grid(struct gate *gate, size_t limit)
{
    struct grid grid;
    grid_begin(&grid, &gate->pool, NULL);
    add_columns(&grid);
    for (size_t i = 0; i < gate->finding_count && (limit == 0 || i < limit); i++)
        add_row(&grid, &gate->pool, &gate->findings[i]);
    if (limit > 0 && gate->finding_count > limit)
        grid.rest =
            pool_format(&gate->pool, "%zu more; --limit=0 shows all", gate->finding_count - limit);
    return grid;
}

static const char *side_text(struct pool *pool, const struct side *side)
{
    return pool_format(pool, "%s (%zu %s)", side->label, side->run_count,
                       side->run_count == 1 ? "run" : "runs");
}

static const char *what_was_judged(struct gate *gate)
{
    struct pool *pool = &gate->pool;
    const struct side *sides = gate->comparison->sides->side;
    return pool_format(pool, "%s against %s: %s numbers of calls and %s times judged",
                       side_text(pool, &sides[AFTER]), side_text(pool, &sides[BEFORE]),
                       text_count(pool, (int64_t)gate_judged(gate, true)),
                       text_count(pool, (int64_t)gate_judged(gate, false)));
}

void gate_write_table(FILE *stream, struct gate *gate, size_t limit, const struct screen *screen)
{
    struct pool *pool = &gate->pool;
    static const enum style styles[] = {STYLE_HEADING, STYLE_HEADING, STYLE_MEDIUM, STYLE_CRITICAL};
    style_write(stream, screen, styles[gate_verdict(gate)], gate_headline(pool, gate));
    fputc('\n', stream);
    text_write_lines(stream, text_printable(pool, what_was_judged(gate)), 0, screen->width);
    if (gate->finding_count > 0) {
        struct grid grid = make_grid(gate, limit);
        grid_write_table(stream, &grid, screen);
        grid_free(&grid);
    }
    for (size_t i = 0; i < gate->note_count; i++) {
        fputs(i == 0 ? "\n" : "", stream);
        text_write_lines(stream, text_printable(pool, gate->notes[i]), 0, screen->width);
    }
}

/* Short, with all that is long folded away. The first line tells whose comment it is, for those who
 * replace it by the next one. */
void gate_write_markdown(FILE *stream, struct gate *gate)
{
    struct pool *pool = &gate->pool;
    fprintf(stream, "<!-- profinst check -->\n### profinst: %s\n\n%s.\n",
            text_markdown(pool, gate_headline(pool, gate)),
            text_markdown(pool, what_was_judged(gate)));
    if (gate->counts[GATE_FAIL] + gate->counts[GATE_WARN] > 0) {
        size_t bad = gate->counts[GATE_FAIL] + gate->counts[GATE_WARN];
        struct grid worst = make_grid(gate, bad < WORST ? bad : WORST);
        worst.rest = NULL;
        fputc('\n', stream);
        grid_write_markdown(stream, &worst);
        grid_free(&worst);
    }
    if (gate->finding_count > 0) {
        fprintf(stream, "\n<details><summary>All that differs: %zu</summary>\n\n",
                gate->finding_count);
        struct grid all = make_grid(gate, 0);
        grid_write_markdown(stream, &all);
        grid_free(&all);
        fputs("\n</details>\n", stream);
    }
    for (size_t i = 0; i < gate->note_count; i++)
        fprintf(stream, "%s- %s\n", i == 0 ? "\n" : "", text_markdown(pool, gate->notes[i]));
}
