#include "migrate.h"

/* migrations/, each as the build makes it part of the program. */
extern const char migrate_4_to_5[];

/* The step away from each version. */
static const char *const steps[] = {migrate_4_to_5};

_Static_assert(sizeof steps / sizeof *steps == DATABASE_SCHEMA_VERSION - MIGRATE_OLDEST,
               "every version has its step");

static enum status run_steps(struct database *database, sqlite3_int64 version)
{
    enum status status = STATUS_OK;
    for (; status == STATUS_OK && version < DATABASE_SCHEMA_VERSION; version++)
        status = database_execute(database, steps[version - MIGRATE_OLDEST]);
    return status;
}

static enum status copy(const struct database *from, struct database *to)
{
    sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main", from->handle, "main");
    int result = backup ? sqlite3_backup_step(backup, -1) : SQLITE_ERROR;
    sqlite3_backup_finish(backup);
    return result == SQLITE_DONE ? STATUS_OK : database_failed(to, NULL);
}

enum status migrate(struct database *database, sqlite3_int64 version)
{
    if (database->writing)
        return run_steps(database, version);
    struct database memory;
    enum status status = database_open_nothing(&memory);
    if (status != STATUS_OK)
        return status;
    memory.path = database->path; /* for messages; and what is wrong is so with the file */
    memory.writing = false;
    status = copy(database, &memory);
    if (status != STATUS_OK) {
        database_close(&memory);
        return status;
    }
    database_close(database);
    *database = memory;
    return run_steps(database, version);
}
