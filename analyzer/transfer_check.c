/* What a row must be before it is added. It may come from a stranger, who wants harm done by it;
 * and what is added is asked for by every command that reads the database. */
#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "json.h"
#include "profinst_format.h"
#include "transfer_steps.h"

/* Names are cut when they are recorded. A column of figures sums up to no more than GREATEST_TOTAL,
 * so that the sums of several such databases are still numbers. */
enum { LONGEST_KEY = 64, LONGEST_TEXT = 64 * 1024 };
static const int64_t greatest_total = INT64_C(1) << 60;

enum status transfer_refuse(const struct transfer_put *put, const char *format, ...)
{
    va_list arguments;
    char why[400];
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    const char *table = transfer_shapes[put->at].name;
    enum status status =
        put->file ? fail(STATUS_INPUT, "cannot read baseline", put->file,
                         "line %zu, a row of %s: %s; export it again", put->line, table, why)
                  : fail(STATUS_INPUT, "cannot use database", put->from->path,
                         "row %zu of what is copied of %s: %s; restore it, or load the profiles "
                         "into a new one",
                         put->tables[put->at].taken, table, why);
    return status;
}

const struct transfer_row *transfer_row(const struct transfer_put *put, enum transfer_table table,
                                        const struct transfer_value *reference)
{
    return &put->tables[table].rows[reference->whole - 1];
}

static bool is_key(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");
    return length > 0 && length <= LONGEST_KEY && !text[length];
}

static bool are_arguments(const char *text)
{
    json_t *root = json_loads(text, 0, NULL);
    bool right = json_is_array(root);
    for (size_t i = 0; right && i < json_array_size(root); i++)
        right = json_is_string(json_array_get(root, i));
    json_decref(root);
    return right;
}

static enum status check_text(struct transfer_put *put, const struct transfer_column *column,
                              const struct transfer_value *value)
{
    if (value->type != TYPE_TEXT)
        return transfer_refuse(put, "'%s' is no text", column->name);
    if (strlen(value->text) > LONGEST_TEXT)
        return transfer_refuse(put, "'%s' is longer than %d bytes", column->name, LONGEST_TEXT);
    if (column->kind == TRANSFER_KEY && !is_key(value->text))
        return transfer_refuse(put, "'%s' is no key of hexadecimal digits", column->name);
    if (column->kind == TRANSFER_ARGUMENTS && !are_arguments(value->text))
        return transfer_refuse(put, "'%s' is no JSON array of strings", column->name);
    return STATUS_OK;
}

static enum status check_real(struct transfer_put *put, const struct transfer_column *column,
                              struct transfer_value *value)
{
    if (value->type == TYPE_WHOLE)
        *value = (struct transfer_value){.type = TYPE_REAL, .real = (double)value->whole};
    if (value->type != TYPE_REAL || !isfinite(value->real) || value->real < 0)
        return transfer_refuse(put, "'%s' is no number from 0 up", column->name);
    return STATUS_OK;
}

static enum status check_whole(struct transfer_put *put, const struct transfer_column *column,
                               const struct transfer_value *value, int64_t *total)
{
    if (value->type != TYPE_WHOLE)
        return transfer_refuse(put, "'%s' is no whole number", column->name);
    if (column->kind == TRANSFER_HASH)
        return STATUS_OK;
    if (value->whole < 0)
        return transfer_refuse(put, "'%s' is less than 0", column->name);
    if (column->kind == TRANSFER_FLAG && value->whole > 1)
        return transfer_refuse(put, "'%s' is neither 0 nor 1", column->name);
    if (column->kind != TRANSFER_COUNT)
        return STATUS_OK;
    *total = database_sum(*total, value->whole);
    if (*total > greatest_total)
        return transfer_refuse(put, "'%s' of all rows is too much to be summed up", column->name);
    return STATUS_OK;
}

static enum status check_reference(struct transfer_put *put, const struct transfer_column *column,
                                   const struct transfer_value *value)
{
    if (value->type != TYPE_WHOLE)
        return transfer_refuse(put, "'%s' is no number of a row", column->name);
    if (value->whole < 1 || (uint64_t)value->whole > put->tables[column->table].count)
        return transfer_refuse(put, "'%s' is no row of %s before this one", column->name,
                               transfer_shapes[column->table].name);
    return STATUS_OK;
}

static enum status check_value(struct transfer_put *put, const struct transfer_column *column,
                               struct transfer_value *value, int64_t *total)
{
    if (value->type == TYPE_NULL)
        return column->optional ? STATUS_OK : transfer_refuse(put, "'%s' is null", column->name);
    switch (column->kind) {
    case TRANSFER_KEY:
    case TRANSFER_TEXT:
    case TRANSFER_ARGUMENTS:
        return check_text(put, column, value);
    case TRANSFER_REAL:
        return check_real(put, column, value);
    case TRANSFER_REFERENCE:
        return check_reference(put, column, value);
    default:
        return check_whole(put, column, value, total);
    }
}

/* Columns of a context. */
enum { THREAD, PARENT, FUNCTION, DEPTH };

static enum status check_context(struct transfer_put *put, const struct transfer_value *values)
{
    const struct transfer_rows *contexts = &put->tables[TRANSFER_CONTEXT];
    const struct transfer_rows *threads = &put->tables[TRANSFER_THREAD];
    bool root = values[PARENT].type == TYPE_NULL;
    if (root != (values[FUNCTION].type == TYPE_NULL))
        return transfer_refuse(put, "it has one of 'parent' and 'function'");
    if (contexts->count > 0) { /* processes have theirs one after another */
        uint32_t before = contexts->rows[contexts->count - 1].owner;
        if (threads->rows[values[THREAD].whole - 1].owner < threads->rows[before - 1].owner)
            return transfer_refuse(put, "it comes behind contexts of a later process");
    }
    if (root)
        return values[DEPTH].whole == 0 ? STATUS_OK
                                        : transfer_refuse(put, "a root has another 'depth' than 0");
    const struct transfer_row *parent = transfer_row(put, TRANSFER_CONTEXT, &values[PARENT]);
    if (parent->owner != values[THREAD].whole)
        return transfer_refuse(put, "its 'parent' is of another thread");
    if (values[DEPTH].whole != (int64_t)parent->depth + 1)
        return transfer_refuse(put, "its 'depth' is not its parent's and 1");
    return STATUS_OK;
}

static uint32_t process_of(const struct transfer_put *put, const struct transfer_value *context)
{
    uint32_t thread = transfer_row(put, TRANSFER_CONTEXT, context)->owner;
    return put->tables[TRANSFER_THREAD].rows[thread - 1].owner;
}

static enum status check_cross_call(struct transfer_put *put, const struct transfer_value *values)
{
    if (process_of(put, &values[0]) != process_of(put, &values[1]))
        return transfer_refuse(put, "its two contexts are of two processes");
    return STATUS_OK;
}

static enum status check_range(struct transfer_put *put, const struct transfer_value *values)
{
    const struct transfer_value *thread = &values[0], *context = &values[2], *octave = &values[3];
    if (octave->whole >= PROFINST_OCTAVES)
        return transfer_refuse(put, "there is no such 'octave'");
    if (context->type != TYPE_NULL &&
        transfer_row(put, TRANSFER_CONTEXT, context)->owner != thread->whole)
        return transfer_refuse(put, "its 'context' is of another thread");
    return STATUS_OK;
}

enum status transfer_check(struct transfer_put *put, enum transfer_table table,
                           struct transfer_value *values)
{
    const struct transfer_column *columns = transfer_shapes[table].columns;
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < TRANSFER_COLUMNS && columns[i].name; i++)
        status = check_value(put, &columns[i], &values[i], &put->tables[table].totals[i]);
    if (status != STATUS_OK)
        return status;
    switch (table) {
    case TRANSFER_CONTEXT:
        return check_context(put, values);
    case TRANSFER_CROSS_CALL:
        return check_cross_call(put, values);
    case TRANSFER_DURATION_RANGE:
        return check_range(put, values);
    default:
        return STATUS_OK;
    }
}
