#include "startup.h"

#include <stdbool.h>
#include <stdlib.h>

#include "memory.h"

/* Contexts of a thread have their ids in the order in which they began. What is called by nobody
 * and began before main did so in that thread ran before main. */
#define WHAT                                                                                       \
    "SELECT here.process, here.thread, function.linkage_name = 'main', here.function_id,"          \
    " here.cumulative_ns FROM contexts AS here JOIN function ON function.id = here.function_id"    \
    " WHERE here.depth = 1 AND NOT here.folded"
#define ORDER " ORDER BY here.process, here.thread, here.id"

static void add(struct startup *startup, int64_t function, double ns)
{
    startup->calls =
        memory_grow(startup->calls, &startup->capacity, startup->count, sizeof *startup->calls);
    startup->calls[startup->count++] = (struct startup_call){function, ns > 0 ? ns : 0};
}

/* Of threads without main nothing is known: what they called is taken back. */
static enum status read_rows(struct startup *startup, struct database *database, sqlite3_stmt *row)
{
    int64_t process = 0, thread = 0;
    size_t sure = 0;
    bool in_main = false, more;
    enum status status;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        if (sqlite3_column_int64(row, 0) != process || sqlite3_column_int64(row, 1) != thread) {
            startup->count = sure;
            in_main = false;
        }
        process = sqlite3_column_int64(row, 0);
        thread = sqlite3_column_int64(row, 1);
        if (in_main)
            continue;
        in_main = sqlite3_column_int(row, 2) != 0;
        if (!in_main)
            add(startup, sqlite3_column_int64(row, 3), sqlite3_column_double(row, 4));
        startup->mains += in_main;
        sure = in_main ? startup->count : sure;
    }
    startup->count = sure;
    return status;
}

enum status startup_read(struct startup *startup, struct database *database, int64_t run)
{
    sqlite3_stmt *row;
    *startup = (struct startup){0};
    enum status status = database_prepare(
        database, run == STARTUP_ALL_RUNS ? WHAT ORDER : WHAT " AND here.run = ?" ORDER, &row);
    if (status != STATUS_OK)
        return status;
    if (run != STARTUP_ALL_RUNS)
        sqlite3_bind_int64(row, 1, run);
    status = read_rows(startup, database, row);
    sqlite3_finalize(row);
    return status;
}

void startup_free(struct startup *startup)
{
    free(startup->calls);
    *startup = (struct startup){0};
}
