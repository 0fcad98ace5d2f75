/* Reads what belongs to a series or a run, row by row, in an order that depends on nothing but what
 * is read. */
#include <stdlib.h>

#include "places.h"
#include "transfer_steps.h"

struct picker {
    struct database *from;
    int64_t series, run;
    int64_t depth; /* contexts are taken up to it */
    struct transfer_taker taker;
    struct places places[TRANSFER_TABLES]; /* numbers of rows by their ids */
    size_t sorted_from; /* in the table at hand: behind it, ids come in their order */
    struct pool pool;   /* of one row */
};

/* The rows of these come in the order of `number`, which SQLite counts up. Processes are ordered by
 * the run's place in the series; functions by their whole key. */
static const char *const choosing[] = {
    "CREATE TEMP TABLE transfer_run (number INTEGER PRIMARY KEY, id INTEGER UNIQUE)",
    "CREATE TEMP TABLE transfer_process (number INTEGER PRIMARY KEY, id INTEGER UNIQUE,"
    " first_context_id INTEGER, last_context_id INTEGER)",
    "CREATE TEMP TABLE transfer_function (number INTEGER PRIMARY KEY, id INTEGER UNIQUE)",
    "INSERT INTO temp.transfer_run (id) SELECT run_id FROM main.series_run"
    " WHERE series_id = ?2 AND run_id IS NOT NULL GROUP BY run_id ORDER BY min(number)",
    "INSERT INTO temp.transfer_run (id) SELECT id FROM main.run WHERE id = ?3",
    "INSERT INTO temp.transfer_process (id, first_context_id, last_context_id)"
    " SELECT process.id, process.first_context_id, process.last_context_id"
    " FROM temp.transfer_run AS chosen JOIN main.process ON run_id = chosen.id"
    " ORDER BY chosen.number, profile_key",
    "INSERT INTO temp.transfer_function (id) SELECT function.id FROM main.function"
    " LEFT JOIN main.module ON module.id = module_id"
    " LEFT JOIN main.source_file ON source_file.id = source_file_id WHERE function.id IN ("
    "  SELECT function_id FROM temp.transfer_process AS chosen"
    "  JOIN main.function_total ON process_id = chosen.id"
    "  UNION SELECT caller_id FROM temp.transfer_process AS chosen"
    "  JOIN main.edge_total ON process_id = chosen.id"
    "  UNION SELECT callee_id FROM temp.transfer_process AS chosen"
    "  JOIN main.edge_total ON process_id = chosen.id"
    "  UNION SELECT function_id FROM temp.transfer_process AS chosen"
    "  JOIN main.function_code ON process_id = chosen.id"
    "  UNION SELECT function_id FROM temp.transfer_process AS chosen"
    "  JOIN main.thread ON process_id = chosen.id"
    "  JOIN main.duration_range ON thread_id = thread.id"
    "  WHERE context_id IS NULL OR ?1 > 1"
    "  UNION SELECT function_id FROM temp.transfer_process AS chosen"
    "  JOIN main.context"
    "  ON context.id BETWEEN chosen.first_context_id AND chosen.last_context_id"
    "  WHERE depth <= ?1)"
    " ORDER BY module.path, linkage_name, source_file.path, line",
};

static const char dropping[] = "DROP TABLE IF EXISTS temp.transfer_run;"
                               "DROP TABLE IF EXISTS temp.transfer_process;"
                               "DROP TABLE IF EXISTS temp.transfer_function";

static void bind(const struct picker *picker, sqlite3_stmt *statement)
{
    const int64_t values[] = {picker->depth, picker->series, picker->run};
    for (int i = 0; i < sqlite3_bind_parameter_count(statement); i++)
        sqlite3_bind_int64(statement, i + 1, values[i]);
}

static enum status choose(struct picker *picker)
{
    enum status status = database_execute(picker->from, dropping);
    for (size_t i = 0; status == STATUS_OK && i < sizeof choosing / sizeof *choosing; i++) {
        sqlite3_stmt *statement;
        status = database_prepare(picker->from, choosing[i], &statement);
        if (status != STATUS_OK)
            break;
        bind(picker, statement);
        status = database_run(picker->from, statement);
        sqlite3_finalize(statement);
    }
    return status;
}

/* Where a reference leads: 0 if to no row that is taken. Contexts refer to others of their process,
 * of which the ids come in order. */
static int64_t find_row(const struct picker *picker, enum transfer_table from,
                        enum transfer_table to, int64_t id)
{
    struct places places = picker->places[to];
    if (to == from) {
        places.rows += picker->sorted_from;
        places.count -= picker->sorted_from;
    }
    size_t at = places_find(&places, id);
    return at == PLACES_NONE ? 0 : (int64_t)at;
}

static struct transfer_value read_value(struct picker *picker, sqlite3_stmt *row, int column,
                                        enum transfer_table table,
                                        const struct transfer_column *known)
{
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_NULL:
        return (struct transfer_value){.type = TYPE_NULL};
    case SQLITE_INTEGER: {
        int64_t value = sqlite3_column_int64(row, column);
        if (known->kind == TRANSFER_REFERENCE)
            value = find_row(picker, table, known->table, value);
        return (struct transfer_value){.type = TYPE_WHOLE, .whole = value};
    }
    case SQLITE_FLOAT:
        return (struct transfer_value){.type = TYPE_REAL,
                                       .real = sqlite3_column_double(row, column)};
    case SQLITE_TEXT:
        return (struct transfer_value){.type = TYPE_TEXT,
                                       .text = database_text(&picker->pool, row, column)};
    default:
        return (struct transfer_value){.type = TYPE_OTHER};
    }
}

static enum status pick_row(struct picker *picker, sqlite3_stmt *row, enum transfer_table table,
                            size_t number)
{
    const struct transfer_shape *shape = &transfer_shapes[table];
    struct transfer_value values[TRANSFER_COLUMNS];
    for (int i = 0; i < TRANSFER_COLUMNS && shape->columns[i].name; i++)
        values[i] = read_value(picker, row, i + shape->has_id, table, &shape->columns[i]);
    enum status status = picker->taker.take(picker->taker.state, table, values);
    pool_free(&picker->pool);
    if (shape->has_id) {
        struct places *places = &picker->places[table];
        int64_t id = sqlite3_column_int64(row, 0);
        if (places->count > 0 && places->rows[places->count - 1].id > id)
            picker->sorted_from = places->count;
        places_add(places, id, number);
    }
    return status;
}

static enum status pick_table(struct picker *picker, enum transfer_table table)
{
    sqlite3_stmt *row;
    bool more = true;
    enum status status = database_prepare(picker->from, transfer_shapes[table].select, &row);
    if (status != STATUS_OK)
        return status;
    bind(picker, row);
    picker->sorted_from = 0;
    for (size_t number = 1; status == STATUS_OK; number++) {
        status = database_step(picker->from, row, &more);
        if (status != STATUS_OK || !more)
            break;
        status = pick_row(picker, row, table, number);
    }
    sqlite3_finalize(row);
    places_sort(&picker->places[table]);
    return status;
}

enum status transfer_pick(struct database *from, int64_t series, int64_t run, bool contexts,
                          struct transfer_taker taker)
{
    struct picker picker = {.from = from,
                            .series = series,
                            .run = run,
                            .depth = contexts ? INT64_MAX : 1,
                            .taker = taker};
    /* One state of the database, even if others write to it. */
    bool begin = sqlite3_get_autocommit(from->handle);
    enum status status = begin ? database_execute(from, "BEGIN") : STATUS_OK;
    if (status == STATUS_OK)
        status = choose(&picker);
    for (int i = 0; status == STATUS_OK && i < TRANSFER_TABLES; i++)
        status = pick_table(&picker, (enum transfer_table)i);
    for (int i = 0; i < TRANSFER_TABLES; i++)
        free(picker.places[i].rows);
    pool_free(&picker.pool);
    sqlite3_exec(from->handle, dropping, NULL, NULL, NULL);
    if (begin)
        sqlite3_exec(from->handle, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
