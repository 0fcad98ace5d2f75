/* Adds rows to a database. What is known there by its key already stays as it is, and of a run that
 * is there nothing is added again. */
#include <stdlib.h>

#include "histogram.h"
#include "memory.h"
#include "text.h"
#include "transfer_steps.h"

static enum status prepare(struct transfer_put *put)
{
    enum status status =
        database_prepare(put->to,
                         "INSERT INTO main.duration (duration_range_id, bucket, calls)"
                         " VALUES (?, ?, ?)",
                         &put->insert_bucket);
    if (status == STATUS_OK)
        status = database_prepare(put->to,
                                  "UPDATE main.process SET first_context_id = ?1,"
                                  " last_context_id = ?2 WHERE id = ?3",
                                  &put->update_process);
    for (int i = 0; status == STATUS_OK && i < TRANSFER_TABLES; i++)
        status = database_prepare(put->to, transfer_shapes[i].insert, &put->tables[i].insert);
    return status;
}

enum status transfer_put_begin(struct transfer_put *put)
{
    enum status status = database_number(
        put->to, "SELECT ifnull(max(id), 0) FROM main.duration_range", NULL, 0, &put->last_range);
    return status == STATUS_OK ? prepare(put) : status;
}

/* What is not as the database wants it, is the row's fault; otherwise it is the database's. */
static enum status failed(const struct transfer_put *put, sqlite3_stmt *statement)
{
    const char *why = sqlite3_errmsg(put->to->handle);
    return (sqlite3_errcode(put->to->handle) & 0xFF) == SQLITE_CONSTRAINT
               ? transfer_refuse(put, "%s", why)
               : database_failed(put->to, sqlite3_sql(statement));
}

/* *id of what was added; 0 if it is there already, and the statement leaves that alone. */
static enum status insert(const struct transfer_put *put, sqlite3_stmt *statement, int64_t *id)
{
    int result = sqlite3_step(statement);
    enum status status = STATUS_OK;
    if (result == SQLITE_ROW)
        *id = sqlite3_column_int64(statement, 0);
    else if (result == SQLITE_DONE)
        *id = sqlite3_changes(put->to->handle) ? sqlite3_last_insert_rowid(put->to->handle) : 0;
    else
        status = failed(put, statement);
    sqlite3_reset(statement);
    return status;
}

static void bind(const struct transfer_put *put, sqlite3_stmt *statement, int parameter,
                 const struct transfer_column *column, const struct transfer_value *value)
{
    switch (value->type) {
    case TYPE_WHOLE:
        sqlite3_bind_int64(statement, parameter,
                           column->kind == TRANSFER_REFERENCE
                               ? transfer_row(put, column->table, value)->id
                               : value->whole);
        break;
    case TYPE_REAL:
        sqlite3_bind_double(statement, parameter, value->real);
        break;
    case TYPE_TEXT:
        database_bind_text(statement, parameter, value->text);
        break;
    default:
        sqlite3_bind_null(statement, parameter);
        break;
    }
}

/* Its columns, and what is no column of the stream. */
static void bind_row(const struct transfer_put *put, enum transfer_table table,
                     const struct transfer_value *values)
{
    const struct transfer_column *columns = transfer_shapes[table].columns;
    sqlite3_stmt *statement = put->tables[table].insert;
    int wanted = sqlite3_bind_parameter_count(statement), column = 0;
    for (; column < wanted && column < TRANSFER_COLUMNS && columns[column].name; column++)
        bind(put, statement, column + 1, &columns[column], &values[column]);
    if (column == wanted)
        return;
    if (table == TRANSFER_MODULE)
        database_bind_text(statement, column + 1, text_base_name(values[0].text));
    else /* a row of the series */
        sqlite3_bind_int64(statement, column + 1, put->series);
}

static enum status put_buckets(struct transfer_put *put, const struct transfer_value *values,
                               int64_t range)
{
    enum status status = STATUS_OK;
    for (int i = TRANSFER_FIRST_BUCKET, bucket = 0;
         status == STATUS_OK && transfer_shapes[TRANSFER_DURATION_RANGE].columns[i].name;
         i++, bucket++) {
        if (values[i].whole == 0)
            continue;
        sqlite3_bind_int64(put->insert_bucket, 1, range);
        sqlite3_bind_int(put->insert_bucket, 2, bucket);
        sqlite3_bind_int64(put->insert_bucket, 3, values[i].whole);
        status = database_run(put->to, put->insert_bucket);
    }
    return status;
}

/* The contexts of a process have ids one after another, which the process knows. */
static enum status end_contexts(struct transfer_put *put)
{
    if (put->process == 0)
        return STATUS_OK;
    sqlite3_bind_int64(put->update_process, 1, put->first_context);
    sqlite3_bind_int64(put->update_process, 2, put->last_context);
    sqlite3_bind_int64(put->update_process, 3, put->process);
    put->process = 0;
    return database_run(put->to, put->update_process);
}

static enum status note_context(struct transfer_put *put, const struct transfer_value *values,
                                int64_t id)
{
    uint32_t number = transfer_row(put, TRANSFER_THREAD, &values[0])->owner;
    int64_t process = put->tables[TRANSFER_PROCESS].rows[number - 1].id;
    enum status status = STATUS_OK;
    if (process != put->process) {
        status = end_contexts(put);
        put->process = process;
        put->first_context = id;
    } else if (id != put->last_context + 1) {
        status = transfer_refuse(put, "there is no room for it behind the one before");
    }
    put->last_context = id;
    return status;
}

/* Is a row left out, as its run or its series is there already? */
static bool is_left_out(const struct transfer_put *put, enum transfer_table table,
                        const struct transfer_value *values)
{
    const struct transfer_column *columns = transfer_shapes[table].columns;
    if (table == TRANSFER_SERIES_FACT || table == TRANSFER_SERIES_RUN)
        return put->series_is_there;
    if (table == TRANSFER_PROCESS)
        return !transfer_row(put, TRANSFER_RUN, &values[0])->owner;
    for (int i = 0; i < TRANSFER_COLUMNS && columns[i].name; i++)
        if (columns[i].kind == TRANSFER_REFERENCE && values[i].type != TYPE_NULL &&
            transfer_row(put, columns[i].table, &values[i])->id == 0)
            return true;
    return false;
}

/* A row that others may refer to. */
static void remember(struct transfer_put *put, enum transfer_table table,
                     const struct transfer_value *values, struct transfer_row row)
{
    struct transfer_rows *rows = &put->tables[table];
    if (table == TRANSFER_THREAD || table == TRANSFER_CONTEXT)
        row.owner = (uint32_t)values[0].whole;
    if (table == TRANSFER_CONTEXT && values[1].type != TYPE_NULL)
        row.depth = transfer_row(put, TRANSFER_CONTEXT, &values[1])->depth + 1;
    rows->rows = memory_grow(rows->rows, &rows->capacity, rows->count, sizeof *rows->rows);
    rows->rows[rows->count++] = row;
}

/* A run or a series: is it there? */
static enum status put_known(struct transfer_put *put, enum transfer_table table,
                             const struct transfer_value *values, struct transfer_row *row)
{
    row->owner = row->id != 0;
    enum status status = STATUS_OK;
    if (row->id == 0)
        status = database_number(put->to,
                                 table == TRANSFER_RUN ? "SELECT id FROM main.run WHERE run_key = ?"
                                                       : "SELECT id FROM main.series"
                                                         " WHERE series_key = ?",
                                 values[0].text, 0, &row->id);
    if (table == TRANSFER_SERIES && put->series != 0)
        return transfer_refuse(put, "there is one already");
    if (table == TRANSFER_SERIES) {
        put->series = row->id;
        put->series_is_there = !row->owner;
    } else {
        put->run = row->id;
    }
    return status;
}

static enum status put_row(struct transfer_put *put, enum transfer_table table,
                           const struct transfer_value *values, struct transfer_row *row)
{
    bind_row(put, table, values);
    enum status status = insert(put, put->tables[table].insert, &row->id);
    if (status != STATUS_OK)
        return status;
    switch (table) {
    case TRANSFER_SERIES:
    case TRANSFER_RUN:
        return put_known(put, table, values, row);
    case TRANSFER_CONTEXT:
        return note_context(put, values, row->id);
    case TRANSFER_DURATION_RANGE:
        return put_buckets(put, values, row->id);
    default:
        return STATUS_OK;
    }
}

enum status transfer_put_row(struct transfer_put *put, enum transfer_table table,
                             struct transfer_value *values)
{
    put->at = table;
    put->tables[table].taken++;
    struct transfer_row row = {0};
    enum status status = transfer_check(put, table, values);
    if (status == STATUS_OK && !is_left_out(put, table, values))
        status = put_row(put, table, values, &row);
    if (status == STATUS_OK && transfer_shapes[table].has_id)
        remember(put, table, values, row);
    return status;
}

enum status transfer_put_end(struct transfer_put *put, enum status status)
{
    if (status == STATUS_OK)
        status = end_contexts(put);
    if (status == STATUS_OK)
        status = histogram_of_new(put->to, put->last_range);
    for (int i = 0; i < TRANSFER_TABLES; i++) {
        sqlite3_finalize(put->tables[i].insert);
        free(put->tables[i].rows);
    }
    sqlite3_finalize(put->insert_bucket);
    sqlite3_finalize(put->update_process);
    return status;
}
