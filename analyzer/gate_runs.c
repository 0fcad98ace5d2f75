/* What rules ask for that a comparison does not hold: figures of each run, and sums of functions.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"
#include "places.h"
#include "startup.h"

/* A quantity out of values of each run, which stay; those that are unknown are left out. */
static struct compared *make(struct gate_judging *judging, enum gate_what what,
                             double *values[SIDES], const size_t counts[SIDES])
{
    struct compared *compared = gate_room(judging->gate, 1, sizeof *compared);
    double *scaled[SIDES];
    size_t known[SIDES] = {0};
    *compared = (struct compared){.steady = true, .adjusted_p = NAN};
    for (int side = 0; side < SIDES; side++) {
        double *kept = gate_room(judging->gate, counts[side] + 1, sizeof *kept);
        scaled[side] = memory_array(counts[side] + 1, sizeof *scaled[side]);
        for (size_t i = 0; i < counts[side]; i++)
            if (!isnan(values[side][i]))
                kept[known[side]++] = values[side][i];
        for (size_t i = 0; i < known[side]; i++) {
            scaled[side][i] = kept[i] * (gate_unit(what) == GATE_SHARE ? GATE_UNIT_OF_SHARES : 1);
            compared->steady &= kept[i] == kept[0];
        }
        compared->values[side] = kept;
        compared->figures[side] = statistics_of(kept, known[side]);
    }
    compared->contrast =
        statistics_contrast(scaled[BEFORE], known[BEFORE], scaled[AFTER], known[AFTER]);
    free(scaled[BEFORE]);
    free(scaled[AFTER]);
    return compared;
}

static struct side *side_of(const struct gate_judging *judging, int side)
{
    return &judging->gate->comparison->sides->side[side];
}

/* All of a quantity, function by function and in that run by run. */
struct matrix {
    double *values[SIDES];
    size_t runs[SIDES];
};

static void free_matrix(struct matrix *matrix)
{
    free(matrix->values[BEFORE]);
    free(matrix->values[AFTER]);
}

static struct matrix make_matrix(const struct gate_judging *judging, size_t rows)
{
    struct matrix matrix;
    for (int side = 0; side < SIDES; side++) {
        matrix.runs[side] = side_of(judging, side)->run_count;
        size_t count = rows * matrix.runs[side];
        matrix.values[side] = memory_array(count, sizeof(double));
        for (size_t i = 0; i < count; i++)
            matrix.values[side][i] = NAN;
    }
    return matrix;
}

static const char *column_of(enum gate_what what)
{
    switch (what) {
    case GATE_AVERAGE:
        return "average_ns";
    case GATE_P50:
        return "p50_ns";
    case GATE_P95:
        return "p95_ns";
    case GATE_P99:
        return "p99_ns";
    default:
        return "self_share";
    }
}

/* Of one run: whose function is which row. */
static enum status read_run(struct gate_judging *judging, struct database *database,
                            sqlite3_stmt *row, struct matrix *matrix, int side, size_t at)
{
    const struct comparison *comparison = judging->gate->comparison;
    struct places places = {0};
    bool more;
    enum status status;
    for (size_t i = 0; i < comparison->function_count; i++)
        if (comparison->functions[i].ids[side] != 0)
            places_add(&places, comparison->functions[i].ids[side], i);
    places_sort(&places);
    sqlite3_bind_int64(row, 1, side_of(judging, side)->runs[at]);
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        size_t function = places_find(&places, sqlite3_column_int64(row, 0));
        if (function != PLACES_NONE && sqlite3_column_type(row, 1) != SQLITE_NULL)
            matrix->values[side][function * matrix->runs[side] + at] =
                sqlite3_column_double(row, 1);
    }
    sqlite3_reset(row);
    free(places.rows);
    return status;
}

static enum status read_figures(struct gate_judging *judging, struct database *database,
                                enum gate_what what, struct matrix *matrix)
{
    sqlite3_stmt *row;
    enum status status = database_prepare(
        database,
        pool_format(&judging->gate->pool,
                    "SELECT function_id, %s FROM run_bottlenecks WHERE run = ?", column_of(what)),
        &row);
    if (status != STATUS_OK)
        return status;
    for (int side = 0; side < SIDES; side++)
        for (size_t i = 0; status == STATUS_OK && i < matrix->runs[side]; i++)
            status = read_run(judging, database, row, matrix, side, i);
    sqlite3_finalize(row);
    return status;
}

static void judge_row(struct gate_judging *judging, enum gate_what what, struct matrix *matrix,
                      size_t function)
{
    const struct compared_function *row = &judging->gate->comparison->functions[function];
    double *values[SIDES];
    for (int side = 0; side < SIDES; side++)
        values[side] = matrix->values[side] + function * matrix->runs[side];
    struct gate_quantity quantity = {.what = what,
                                     .compared = make(judging, what, values, matrix->runs),
                                     .function = function,
                                     .name = row->name,
                                     .presence = row->presence};
    if (gate_limits(judging, &quantity))
        gate_judge_quantity(judging, &quantity);
}

static enum status judge_figure(struct gate_judging *judging, struct database *database,
                                enum gate_what what)
{
    size_t count = judging->gate->comparison->function_count;
    struct matrix matrix = make_matrix(judging, count);
    enum status status = read_figures(judging, database, what, &matrix);
    for (size_t i = 0; status == STATUS_OK && i < count; i++)
        judge_row(judging, what, &matrix, i);
    free_matrix(&matrix);
    return status;
}

static enum status read_startup(struct database *database, int64_t run, double *ns)
{
    struct startup startup;
    enum status status = startup_read(&startup, database, run);
    *ns = startup.mains > 0 ? 0 : NAN;
    for (size_t i = 0; i < startup.count; i++)
        *ns += startup.calls[i].ns;
    startup_free(&startup);
    return status;
}

static enum status judge_startup(struct gate_judging *judging, struct database *database)
{
    struct matrix matrix = make_matrix(judging, 1);
    enum status status = STATUS_OK;
    for (int side = 0; side < SIDES; side++)
        for (size_t i = 0; status == STATUS_OK && i < matrix.runs[side]; i++)
            status =
                read_startup(database, side_of(judging, side)->runs[i], &matrix.values[side][i]);
    struct gate_quantity quantity = {.what = GATE_STARTUP,
                                     .compared =
                                         make(judging, GATE_STARTUP, matrix.values, matrix.runs),
                                     .function = GATE_NONE,
                                     .name = "the program"};
    if (status == STATUS_OK && gate_limits(judging, &quantity))
        gate_judge_quantity(judging, &quantity);
    free_matrix(&matrix);
    return status;
}

static void add_up(const struct gate_judging *judging, const struct gate_rule *rule,
                   struct matrix *sums, struct matrix *wholes, size_t *found)
{
    const struct comparison *comparison = judging->gate->comparison;
    for (size_t f = 0; f < comparison->function_count; f++) {
        const struct compared_function *function = &comparison->functions[f];
        const struct compared *compared =
            rule->what == GATE_CALLS ? &function->calls : &function->self_ns;
        bool fits = gate_scope_fits(&rule->scope, function->name, function->linkage_name,
                                    function->file, function->module);
        *found += fits;
        for (int side = 0; side < SIDES; side++)
            for (size_t i = 0; i < sums->runs[side]; i++) {
                wholes->values[side][i] += compared->values[side][i];
                sums->values[side][i] += fits ? compared->values[side][i] : 0;
            }
    }
}

static void judge_together(struct gate_judging *judging, const struct gate_rule *rule)
{
    struct gate *gate = judging->gate;
    struct matrix sums = make_matrix(judging, 1), wholes = make_matrix(judging, 1);
    size_t found = 0;
    for (int side = 0; side < SIDES; side++)
        for (size_t i = 0; i < sums.runs[side]; i++)
            sums.values[side][i] = wholes.values[side][i] = 0;
    add_up(judging, rule, &sums, &wholes, &found);
    for (int side = 0; side < SIDES && rule->what == GATE_SELF_SHARE; side++)
        for (size_t i = 0; i < sums.runs[side]; i++)
            sums.values[side][i] /= wholes.values[side][i];
    enum gate_what what = (enum gate_what)rule->what;
    struct gate_quantity quantity = {.what = what,
                                     .compared = make(judging, what, sums.values, sums.runs),
                                     .function = GATE_NONE,
                                     .name = pool_format(&gate->pool, "%zu %s together (%s)", found,
                                                         found == 1 ? "function" : "functions",
                                                         rule->name),
                                     .together = true,
                                     .only = rule};
    if (found > 0 && gate_limits(judging, &quantity))
        gate_judge_quantity(judging, &quantity);
    free_matrix(&sums);
    free_matrix(&wholes);
}

enum status gate_judge_runs(struct gate_judging *judging, struct database *database)
{
    const struct gate_rules *rules = &judging->gate->config->gate;
    bool wanted[GATE_WHATS] = {false};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < rules->rule_count; i++) {
        const struct gate_rule *rule = &rules->rules[i];
        if (rule->together)
            judge_together(judging, rule);
        else
            wanted[rule->what] = true;
    }
    for (int what = GATE_AVERAGE; status == STATUS_OK && what <= GATE_SELF_SHARE; what++)
        if (wanted[what])
            status = judge_figure(judging, database, (enum gate_what)what);
    if (status == STATUS_OK && wanted[GATE_STARTUP])
        status = judge_startup(judging, database);
    return status;
}
