#include "grid.h"

#include <stdlib.h>
#include <string.h>

void grid_begin(struct grid *grid, struct pool *pool, const char *title)
{
    *grid = (struct grid){.pool = pool, .title = title};
}

void grid_free(struct grid *grid)
{
    free(grid->columns);
    free(grid->cells);
}

struct grid_column *grid_column(struct grid *grid, enum grid_kind kind, const char *header)
{
    grid->columns = memory_grow(grid->columns, &grid->column_capacity, grid->column_count,
                                sizeof *grid->columns);
    struct grid_column *column = &grid->columns[grid->column_count++];
    *column = (struct grid_column){.header = header, .kind = kind};
    return column;
}

struct grid_cell *grid_row(struct grid *grid)
{
    grid->cells = memory_grow(grid->cells, &grid->row_capacity, grid->row_count,
                              grid->column_count * sizeof *grid->cells);
    struct grid_cell *cells = grid->cells + grid->row_count++ * grid->column_count;
    for (size_t i = 0; i < grid->column_count; i++)
        cells[i] = (struct grid_cell){.text = ""};
    return cells;
}
