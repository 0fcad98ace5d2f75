/* Which runs of a series are judged: not those of a program that crashed, unless somebody says so.
 */
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"

struct failed {
    size_t count, runs; /* of these */
    size_t judged;      /* of those that failed; others left no profile, or a signal ended them */
    char *first;        /* what became of it */
};

static const char *fate(struct pool *pool, sqlite3_stmt *row)
{
    long long number = sqlite3_column_int64(row, 0);
    if (sqlite3_column_type(row, 3) != SQLITE_NULL)
        return pool_format(pool, "run %lld was ended by signal %lld", number,
                           (long long)sqlite3_column_int64(row, 3));
    if (sqlite3_column_int64(row, 2) != 0)
        return pool_format(pool, "run %lld exited with %lld", number,
                           (long long)sqlite3_column_int64(row, 2));
    return pool_format(pool, "run %lld left no profile", number);
}

static bool holds(const struct side *side, int64_t run)
{
    for (size_t i = 0; i < side->run_count; i++)
        if (side->runs[i] == run)
            return true;
    return false;
}

static void leave_out(struct side *side, int64_t run)
{
    size_t kept = 0;
    for (size_t i = 0; i < side->run_count; i++)
        if (side->runs[i] != run)
            side->runs[kept++] = side->runs[i];
    side->run_count = kept;
}

/* Counts them, and takes them out if that is wanted. */
static enum status look_at_runs(struct database *database, struct side *side, bool take_out,
                                struct pool *pool, struct failed *failed)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        "SELECT number, run_id, exit_code, signal FROM series_run WHERE series_id = ?"
        " ORDER BY number",
        &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, side->series);
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        failed->runs++;
        bool well = sqlite3_column_type(row, 3) == SQLITE_NULL &&
                    sqlite3_column_int64(row, 2) == 0 && sqlite3_column_type(row, 1) != SQLITE_NULL;
        if (well)
            continue;
        if (failed->count++ == 0)
            failed->first = pool_copy(pool, fate(pool, row));
        if (take_out)
            leave_out(side, sqlite3_column_int64(row, 1));
        failed->judged += holds(side, sqlite3_column_int64(row, 1));
    }
    sqlite3_finalize(row);
    return status;
}

static void tell(struct gate *gate, const struct side *side, const struct failed *failed)
{
    const char *what = "are left out";
    if (failed->judged == failed->count)
        what = "are judged like the others";
    else if (failed->judged > 0)
        what = pool_format(&gate->pool, "%zu of them %s judged like the others", failed->judged,
                           failed->judged == 1 ? "is" : "are");
    gate_note(gate, pool_format(&gate->pool, "%zu of the %zu runs of %s failed and %s (%s).",
                                failed->count, failed->runs, side->label, what, failed->first));
}

static enum status take_side(const struct config *config, struct database *database,
                             struct side *side, struct gate *gate)
{
    int policy = (int)config->values[CONFIG_GATE_FAILED_RUNS];
    struct failed failed = {0};
    enum status status =
        side->series
            ? look_at_runs(database, side, policy == FAILED_RUNS_LEAVE_OUT, &gate->pool, &failed)
            : STATUS_OK;
    if (status != STATUS_OK)
        return status;
    if (failed.count > 0 && policy == FAILED_RUNS_REFUSE)
        return fail(STATUS_INPUT, "cannot judge", side->label,
                    "%zu of its %zu runs failed (%s); mend the program, or set failed-runs in "
                    "[gate] to leave-out or judge",
                    failed.count, failed.runs, failed.first);
    if (side->run_count == 0)
        return fail(STATUS_INPUT, "cannot judge", side->label,
                    "it has no run to look at; run the program again");
    if (failed.count > 0)
        tell(gate, side, &failed);
    return STATUS_OK;
}

enum status gate_take_runs(const struct config *config, struct database *database,
                           struct sides *sides, struct gate *gate)
{
    enum status status = STATUS_OK;
    for (int side = 0; status == STATUS_OK && side < SIDES; side++)
        status = take_side(config, database, &sides->side[side], gate);
    return status;
}
