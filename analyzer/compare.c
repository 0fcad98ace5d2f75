/* Both sides' figures, read run by run, and what there is to say of them. */
#include "compare.h"

#include <math.h>
#include <stdlib.h>

#include "compare_steps.h"
#include "text.h"

struct compare_block {
    struct compare_block *next;
    size_t used, size;
    double values[];
};

static double *take_values(struct comparison *comparison, size_t count)
{
    enum { BLOCK = 8192 };
    struct compare_block *block = comparison->blocks;
    if (!block || block->size - block->used < count) {
        size_t size = count > BLOCK ? count : BLOCK;
        block = memory_take(sizeof *block + size * sizeof *block->values);
        *block = (struct compare_block){.next = comparison->blocks, .size = size};
        comparison->blocks = block;
    }
    double *values = block->values + block->used;
    block->used += count;
    for (size_t i = 0; i < count; i++)
        values[i] = 0;
    return values;
}

void compared_begin(struct comparison *comparison, struct compared *compared)
{
    for (int i = 0; i < SIDES; i++)
        compared->values[i] = take_values(comparison, comparison->sides->side[i].run_count);
    compared->adjusted_p = NAN;
}

double compared_difference(const struct compared *compared)
{
    return compared->figures[AFTER].mean - compared->figures[BEFORE].mean;
}

int64_t compared_whole(double value)
{
    return value >= 0x1p62    ? INT64_C(1) << 62
           : value <= -0x1p62 ? -(INT64_C(1) << 62)
                              : llround(value);
}

/* The runs of both sides, and their processes; one may stand on both. */
static enum status store_runs(struct comparer *comparer)
{
    struct database *database = comparer->database;
    sqlite3_stmt *insert = NULL;
    enum status status = database_execute(
        database,
        "DROP TABLE IF EXISTS temp.compare_run; DROP TABLE IF EXISTS temp.compare_process;"
        "CREATE TEMP TABLE compare_run (side INTEGER, place INTEGER, run_id INTEGER)");
    if (status == STATUS_OK)
        status =
            database_prepare(database, "INSERT INTO temp.compare_run VALUES (?, ?, ?)", &insert);
    for (int i = 0; i < SIDES; i++) {
        const struct side *side = &comparer->comparison->sides->side[i];
        for (size_t k = 0; status == STATUS_OK && k < side->run_count; k++) {
            sqlite3_bind_int(insert, 1, i);
            sqlite3_bind_int64(insert, 2, (sqlite3_int64)k);
            sqlite3_bind_int64(insert, 3, side->runs[k]);
            status = database_run(database, insert);
        }
    }
    sqlite3_finalize(insert);
    if (status != STATUS_OK)
        return status;
    return database_execute(
        database, "CREATE TEMP TABLE compare_process AS"
                  " SELECT side, place, process.id AS process_id, program, timing,"
                  "  ticks_per_second, started_unix_ns, duration_ns"
                  " FROM temp.compare_run AS run JOIN process ON process.run_id = run.run_id");
}

/* Functions that were called, or called others. The program's own module has no name, if there is
 * one program only. */
static const char functions_of_sides[] =
    "WITH called (side, function_id) AS ("
    " SELECT side, function_id FROM temp.compare_process JOIN function_total USING (process_id)"
    " UNION SELECT side, caller_id FROM temp.compare_process JOIN edge_total USING (process_id)"
    " UNION SELECT side, callee_id FROM temp.compare_process JOIN edge_total USING (process_id)),"
    "code (side, function_id, least, greatest) AS ("
    " SELECT side, function_id, min(fingerprint), max(fingerprint)"
    " FROM temp.compare_process JOIN function_code USING (process_id) GROUP BY 1, 2),"
    "main (side, program) AS (SELECT side, min(program) FROM temp.compare_process GROUP BY side"
    " HAVING count(DISTINCT program) = 1)"
    "SELECT called.side, function.id, function.name, function.linkage_name,"
    " iif(module.path = main.program, '', ifnull(module.name, '')), module.name,"
    " source_file.path, ifnull(function.line, 0), function.external,"
    " ifnull(code.least = code.greatest, 0), code.least"
    " FROM called JOIN function ON function.id = called.function_id"
    " LEFT JOIN module ON module.id = function.module_id"
    " LEFT JOIN source_file ON source_file.id = function.source_file_id"
    " LEFT JOIN main ON main.side = called.side"
    " LEFT JOIN code ON code.side = called.side AND code.function_id = function.id"
    " ORDER BY called.side, function.id";

static struct compare_row read_row(struct pool *pool, sqlite3_stmt *row)
{
    return (struct compare_row){
        .side = sqlite3_column_int(row, 0),
        .id = sqlite3_column_int64(row, 1),
        .name = database_text(pool, row, 2),
        .linkage_name = database_text(pool, row, 3),
        .module = database_text(pool, row, 4),
        .module_name = database_known_text(pool, row, 5),
        .file = database_known_text(pool, row, 6),
        .line = sqlite3_column_int64(row, 7),
        .external = sqlite3_column_int(row, 8),
        .code_known = sqlite3_column_int(row, 9),
        .fingerprint = sqlite3_column_int64(row, 10),
    };
}

static enum status read_rows(struct comparer *comparer)
{
    sqlite3_stmt *row;
    bool more;
    size_t capacity = 0;
    enum status status = database_prepare(comparer->database, functions_of_sides, &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(comparer->database, row, &more)) == STATUS_OK && more) {
        comparer->rows =
            memory_grow(comparer->rows, &capacity, comparer->row_count, sizeof *comparer->rows);
        comparer->rows[comparer->row_count++] = read_row(&comparer->comparison->pool, row);
    }
    sqlite3_finalize(row);
    return status;
}

/* What is known of it before, which is NULL if it is new. */
static void describe(struct compared_function *function, const struct compare_row *row,
                     const struct compare_row *before)
{
    *function = (struct compared_function){
        .name = row->name,
        .linkage_name = row->linkage_name,
        .module = row->module_name,
        .file = row->file,
        .line = row->line,
        .external = row->external,
        .presence = before == row ? ONLY_BEFORE
                    : before      ? IN_BOTH
                                  : ONLY_AFTER,
        .caller = SIZE_MAX,
    };
    function->ids[row->side] = row->id;
    if (!before || before == row)
        return;
    function->ids[BEFORE] = before->id;
    if (row->code_known && before->code_known)
        function->code = row->fingerprint == before->fingerprint ? CODE_SAME : CODE_CHANGED;
    if (!row->moved)
        return;
    function->former_name = before->name;
    function->former_file = before->file ? before->file : before->module_name;
}

static void add_functions(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    comparison->functions = memory_array(comparer->row_count, sizeof *comparison->functions);
    for (size_t i = 0; i < comparer->row_count; i++) {
        const struct compare_row *row = &comparer->rows[i], *before = NULL;
        if (row->side == BEFORE && row->match != SIZE_MAX)
            continue; /* it comes with what it has become */
        if (row->side == BEFORE)
            before = row;
        else if (row->match != SIZE_MAX)
            before = &comparer->rows[row->match];
        struct compared_function *function = &comparison->functions[comparison->function_count];
        describe(function, row, before);
        compared_begin(comparison, &function->calls);
        compared_begin(comparison, &function->self_ns);
        compared_begin(comparison, &function->cumulative_ns);
        for (int k = 0; k < SIDES; k++)
            if (function->ids[k])
                places_add(&comparer->functions[k], function->ids[k], comparison->function_count);
        comparison->function_count++;
    }
    for (int i = 0; i < SIDES; i++)
        places_sort(&comparer->functions[i]);
    comparer->sums = memory_array(comparison->function_count, sizeof *comparer->sums);
}

/* Sums are floating numbers, which know no overflow. */
static const char function_values[] =
    "SELECT side, place, function_id, total(calls), total(self_ns), total(cumulative_ns),"
    " total(self_error_ns), total(cumulative_error_ns), total(called_ns),"
    " total(calls) - total(inlined_calls), total(raw_self_ns)"
    " FROM temp.compare_process JOIN function_total USING (process_id)"
    " GROUP BY side, place, function_id";

/* The error of a sum of independent estimates, squared; compare_judge makes it that of the mean. */
static void add_error(struct compared *compared, int side, double error)
{
    compared->error[side] += error * error;
}

static void add_function_values(struct comparer *comparer, sqlite3_stmt *row, int side,
                                size_t place)
{
    struct comparison *comparison = comparer->comparison;
    size_t index = compare_find(comparer, side, sqlite3_column_int64(row, 2));
    if (index == PLACES_NONE)
        return;
    struct compared_function *function = &comparison->functions[index];
    struct compare_sums *sums = &comparer->sums[index][side];
    double calls = sqlite3_column_double(row, 3), self_ns = sqlite3_column_double(row, 4);
    function->calls.values[side][place] = calls;
    function->self_ns.values[side][place] = self_ns;
    function->cumulative_ns.values[side][place] = sqlite3_column_double(row, 5);
    add_error(&function->self_ns, side, sqlite3_column_double(row, 6));
    add_error(&function->cumulative_ns, side, sqlite3_column_double(row, 7));
    sums->called_ns += sqlite3_column_double(row, 8);
    sums->timed_calls += sqlite3_column_double(row, 9);
    sums->self_ns += self_ns;
    sums->raw_self_ns += sqlite3_column_double(row, 10);
    comparison->total_calls.values[side][place] += calls;
    comparison->self_ns.values[side][place] += self_ns;
}

/* Calls `add` for each row of a statement whose first columns are the side and the place. */
static enum status read_values(struct comparer *comparer, const char *sql,
                               void (*add)(struct comparer *, sqlite3_stmt *, int, size_t))
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(comparer->database, sql, &row);
    if (status != STATUS_OK)
        return status;
    while ((status = database_step(comparer->database, row, &more)) == STATUS_OK && more)
        add(comparer, row, sqlite3_column_int(row, 0), (size_t)sqlite3_column_int64(row, 1));
    sqlite3_finalize(row);
    return status;
}

static void finish_functions(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    for (size_t i = 0; i < comparison->function_count; i++) {
        struct compared_function *function = &comparison->functions[i];
        function->below_noise = true;
        for (int k = 0; k < SIDES; k++) {
            const struct compare_sums *sums = &comparer->sums[i][k];
            function->average_ns[k] =
                sums->timed_calls > 0 ? sums->called_ns / sums->timed_calls : NAN;
            if (sums->raw_self_ns > 0 || sums->self_ns > 0)
                function->below_noise &= 10 * sums->self_ns < sums->raw_self_ns - sums->self_ns;
        }
        function->below_noise &=
            comparer->sums[i][BEFORE].raw_self_ns > 0 || comparer->sums[i][AFTER].raw_self_ns > 0;
    }
}

static void add_wall(struct comparer *comparer, sqlite3_stmt *row, int side, size_t place)
{
    comparer->comparison->wall_ns.values[side][place] = sqlite3_column_double(row, 2);
}

static enum status read_runs(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    compared_begin(comparison, &comparison->wall_ns);
    compared_begin(comparison, &comparison->self_ns);
    compared_begin(comparison, &comparison->total_calls);
    enum status status = read_values(comparer,
                                     "SELECT side, place, max(started_unix_ns + duration_ns)"
                                     " - min(started_unix_ns)"
                                     " FROM temp.compare_process GROUP BY side, place",
                                     add_wall);
    return status;
}

static enum status read_all(struct comparer *comparer)
{
    enum status status = store_runs(comparer);
    if (status == STATUS_OK)
        status = read_runs(comparer);
    if (status == STATUS_OK)
        status = read_rows(comparer);
    if (status != STATUS_OK)
        return status;
    compare_match(comparer->rows, comparer->row_count);
    add_functions(comparer);
    status = read_values(comparer, function_values, add_function_values);
    if (status == STATUS_OK)
        status = compare_read_edges(comparer);
    if (status == STATUS_OK)
        status = compare_read_durations(comparer);
    if (status == STATUS_OK)
        status = compare_read_warnings(comparer);
    finish_functions(comparer);
    return status;
}

static enum status judge_all(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    compare_judge_runs(comparison);
    compare_judge_functions(comparison);
    compare_judge_edges(comparison);
    compare_find_reasons(comparison);
    compare_sort_functions(comparer);
    compare_sort_edges(comparison);
    if (!comparison->has_contexts)
        return STATUS_OK;
    enum status status = compare_read_contexts(comparer);
    if (status == STATUS_OK) {
        compare_judge_contexts(comparison);
        compare_sort_contexts(comparison);
    }
    return status;
}

enum status compare(struct database *database, struct sides *sides, struct comparison *comparison)
{
    *comparison = (struct comparison){.sides = sides, .has_times = true, .same_ground = true};
    struct comparer comparer = {.database = database, .comparison = comparison};
    enum status status = read_all(&comparer);
    if (status == STATUS_OK)
        status = judge_all(&comparer);
    free(comparer.rows);
    free(comparer.sums);
    for (int i = 0; i < SIDES; i++)
        free(comparer.functions[i].rows);
    return status;
}

void compare_free(struct comparison *comparison)
{
    while (comparison->blocks) {
        struct compare_block *next = comparison->blocks->next;
        free(comparison->blocks);
        comparison->blocks = next;
    }
    free(comparison->functions);
    free(comparison->edges);
    free(comparison->contexts);
    free(comparison->warnings);
    pool_free(&comparison->pool);
}
