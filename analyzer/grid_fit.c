/* Fits a grid to a terminal. */
#include "grid.h"
#include "text.h"

enum { GAP = 2, LEAST_WIDTH = 8, LONGEST_HEADER = 24 };

static bool is_flexible(enum grid_kind kind)
{
    return kind == GRID_NAME || kind == GRID_PATH || kind == GRID_TEXT || kind == GRID_PLACE;
}

/* Before text is made shorter than that, other columns give up what they can. */
static size_t comfortable(const struct grid *grid, enum grid_kind kind)
{
    size_t names = 0;
    for (size_t c = 0; c < grid->column_count; c++)
        names += grid->columns[c].kind == GRID_NAME;
    switch (kind) {
    case GRID_NAME:
        return names > 1 ? 24 : 28;
    case GRID_PATH:
        return 48;
    case GRID_PLACE:
        return 20;
    default:
        return 32;
    }
}

static size_t natural(const struct grid_column *column)
{
    return column->brief ? column->brief_width : column->width;
}

/* What all columns take, if those of text are no wider than `most`; 0: than is comfortable. */
static size_t taken(const struct grid *grid, size_t most)
{
    size_t sum = 0, shown = 0;
    for (size_t c = 0; c < grid->column_count; c++) {
        const struct grid_column *column = &grid->columns[c];
        size_t limit = most ? most : comfortable(grid, column->kind), width = natural(column);
        if (column->dropped)
            continue;
        if (!most && column->brief_at && !column->brief) /* brief is better than cut off */
            limit = width;
        sum += is_flexible(column->kind) && width > limit ? limit : width;
        sum += shown++ ? GAP : 0;
    }
    return sum;
}

/* Of a column of numbers, which are never cut, the header can be long: an expression in SQL. */
static void cut_headers(struct grid *grid)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        struct grid_column *column = &grid->columns[c];
        size_t widest = LONGEST_HEADER;
        for (size_t r = 0; r < grid->row_count; r++) {
            size_t width = text_width(grid->cells[r * grid->column_count + c].text);
            widest = width > widest ? width : widest;
        }
        if (is_flexible(column->kind) || text_width(column->header) <= widest)
            continue;
        column->header = text_cut(grid->pool, column->header, widest);
        column->width = column->brief_width = widest;
    }
}

/* The lowest of these numbers behind one; 0: there is none. */
static int next_order(const struct grid *grid, int behind)
{
    int next = 0;
    for (size_t c = 0; c < grid->column_count; c++) {
        const int orders[] = {grid->columns[c].brief_at, grid->columns[c].drop_at};
        for (int i = 0; i < 2; i++)
            next = orders[i] > behind && (next == 0 || orders[i] < next) ? orders[i] : next;
    }
    return next;
}

/* Gives up, or takes back, what has this number. */
static void set(struct grid *grid, int order, bool given_up)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        struct grid_column *column = &grid->columns[c];
        column->brief = column->brief_at == order ? given_up : column->brief;
        column->dropped = column->drop_at == order ? given_up : column->dropped;
    }
}

/* Gives up as much as it takes; and takes back of that, the most telling first, what has room after
 * all, because what was given up last was wide. */
static void choose_columns(struct grid *grid, size_t width)
{
    int order = 0;
    while (taken(grid, 0) > width && (order = next_order(grid, order)) > 0)
        set(grid, order, true);
    for (; order > 0; order--) {
        set(grid, order, false);
        if (taken(grid, 0) > width)
            set(grid, order, true);
    }
}

/* Last of all, where no column may be given up. */
static void drop_what_cannot_fit(struct grid *grid, size_t width)
{
    size_t dropped = 0;
    for (size_t c = grid->column_count; c-- > 1 && taken(grid, LEAST_WIDTH) > width;) {
        dropped += !grid->columns[c].dropped;
        grid->columns[c].dropped = true;
    }
    if (dropped)
        grid->rest = pool_format(grid->pool, "%s%s%zu more %s no room here; a pipe shows all",
                                 grid->rest ? grid->rest : "", grid->rest ? "\n" : "", dropped,
                                 dropped == 1 ? "column has" : "columns have");
}

static const char *shorten(struct pool *pool, enum grid_kind kind, const char *text, size_t width)
{
    switch (kind) {
    case GRID_NAME:
        return text_short_name(pool, text, width);
    case GRID_PATH:
        return text_short_path(pool, text, width);
    case GRID_PLACE:
        return text_cut_left(pool, text, width);
    default:
        return text_cut(pool, text, width);
    }
}

static void shorten_all(struct grid *grid, size_t most)
{
    for (size_t c = 0; c < grid->column_count; c++) {
        struct grid_column *column = &grid->columns[c];
        if (column->dropped || !is_flexible(column->kind) || natural(column) <= most)
            continue;
        for (size_t r = 0; r < grid->row_count; r++) {
            struct grid_cell *cell = &grid->cells[r * grid->column_count + c];
            const char *text = column->brief && cell->brief ? cell->brief : cell->text;
            cell->text = cell->brief = shorten(grid->pool, column->kind, text, most);
        }
        column->header = text_cut(grid->pool, column->header, most);
    }
}

void grid_fit(struct grid *grid, size_t width)
{
    cut_headers(grid);
    choose_columns(grid, width);
    drop_what_cannot_fit(grid, width);
    size_t most = width;
    while (most > 1 && taken(grid, most) > width)
        most--;
    shorten_all(grid, most);
}
