/* How databases are opened: whose they are, and as what they are to be taken. */
#include "database.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "draft.h"
#include "journal.h"
#include "migrate.h"
#include "schema.h"

/* No row that profinst writes or asks for is as long as LONGEST_ROW, names being cut; of a
 * stranger's database no longer one is taken. */
enum { LONGEST_ROW = 128 * 1024 };

static const char cannot_use[] = "cannot use database";
static const char give_another[] = "give another file with --db";

/* Fails if a statement that looks for something finds it; its first column is a name. */
static enum status refuse(struct database *database, sqlite3_stmt *statement, const char *why)
{
    bool found;
    enum status status = database_step(database, statement, &found);
    if (status == STATUS_OK && found)
        status = fail(STATUS_INPUT, cannot_use, database->path, why,
                      (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return status;
}

/* A view or trigger that is not from schema.sql could do anything when it is asked, or never come
 * to an end. */
static enum status verify_schema(struct database *database)
{
    struct database ours;
    sqlite3_stmt *expected, *statement;
    bool more = false;
    enum status status = database_open_memory(&ours);
    if (status != STATUS_OK)
        return status;
    status = database_prepare(
        &ours, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL", &expected);
    while (status == STATUS_OK && (status = database_step(&ours, expected, &more)) == STATUS_OK &&
           more) {
        status = database_prepare(
            database,
            "SELECT ?2 WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = ?1 AND name = ?2"
            " AND sql = ?3)",
            &statement);
        for (int i = 0; status == STATUS_OK && i < 3; i++)
            sqlite3_bind_value(statement, i + 1, sqlite3_column_value(expected, i));
        if (status == STATUS_OK)
            status =
                refuse(database, statement,
                       "its '%s' is not as profinst made it; load the profiles into a new one");
    }
    sqlite3_finalize(expected);
    database_close(&ours);
    if (status == STATUS_OK)
        status = database_prepare(database, "SELECT name FROM sqlite_schema WHERE type = 'trigger'",
                                  &statement);
    return status != STATUS_OK ? status
                               : refuse(database, statement,
                                        "its trigger '%s' is not profinst's; drop it, or load the "
                                        "profiles into a new one");
}

/* Whose database is it? *empty if nobody's yet. One of an older schema is brought to this one. */
static enum status verify(struct database *database, bool *empty)
{
    int64_t application = 0, version = 0, objects = 0;
    enum status status = database_number(database, "PRAGMA application_id", NULL, 0, &application);
    if (status == STATUS_OK)
        status = database_number(database, "PRAGMA user_version", NULL, 0, &version);
    if (status == STATUS_OK)
        status = database_number(database, "SELECT count(*) FROM sqlite_schema", NULL, 0, &objects);
    if (status != STATUS_OK)
        return status;

    *empty = application == 0 && version == 0 && objects == 0;
    if (*empty)
        return STATUS_OK;
    if (application != DATABASE_APPLICATION_ID)
        return fail(STATUS_INPUT, cannot_use, database->path, "it belongs to another program; %s",
                    give_another);
    if (version > DATABASE_SCHEMA_VERSION)
        return fail(STATUS_INPUT, cannot_use, database->path,
                    "from a newer profinst (schema %lld, this one uses %d); update profinst",
                    (long long)version, DATABASE_SCHEMA_VERSION);
    if (version < MIGRATE_OLDEST)
        return fail(STATUS_INPUT, cannot_use, database->path,
                    "from an older profinst (schema %lld, this one uses %d); load the profiles "
                    "again, into another file with --db",
                    (long long)version, DATABASE_SCHEMA_VERSION);
    if (version < DATABASE_SCHEMA_VERSION)
        status = migrate(database, version);
    return status != STATUS_OK ? status : verify_schema(database);
}

static enum status open_handle(struct database *database, int flags)
{
    /* One thread, so nothing to lock; and nobody asks how much memory SQLite has. */
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    const char *path = database->draft ? database->draft : database->path;
    if (sqlite3_open_v2(path, &database->handle, flags, NULL) != SQLITE_OK) {
        enum status status = database_failed(database, NULL);
        database_close(database);
        return status;
    }
    sqlite3_busy_timeout(database->handle, DATABASE_WAIT_MS);
    /* A stranger's database is data, not code, and may be damaged on purpose. */
    sqlite3_limit(database->handle, SQLITE_LIMIT_LENGTH, LONGEST_ROW);
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    return database_execute(database, "PRAGMA cell_size_check = ON");
}

enum status database_open_nothing(struct database *database)
{
    *database = (struct database){.path = ":memory:", .writing = true};
    return open_handle(database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY);
}

enum status database_open_memory(struct database *database)
{
    enum status status = database_open_nothing(database);
    if (status == STATUS_OK)
        status = database_execute(database, schema_sql);
    if (status != STATUS_OK)
        database_close(database);
    return status;
}

/* In a folder where nothing can be written there cannot be a log of what is written, which SQLite
 * wants all the same. */
static enum status open_unchanging(struct database *database)
{
    struct pool pool = {0};
    enum status status = STATUS_OK;
    bool can_read =
        sqlite3_exec(database->handle, "PRAGMA user_version", NULL, NULL, NULL) == SQLITE_OK;
    int code = sqlite3_errcode(database->handle) & 0xFF;
    can_read |= code != SQLITE_CANTOPEN && code != SQLITE_READONLY;
    const char *path = database->path, *uri = can_read ? NULL : journal_unchanging(&pool, path);
    if (uri) {
        database_close(database);
        database->path = uri;
        status = open_handle(database, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
        database->path = path;
    }
    pool_free(&pool);
    return status;
}

enum status database_open(struct database *database, const char *path)
{
    *database = (struct database){.path = path};
    if (access(path, R_OK) != 0)
        return fail(STATUS_INPUT, cannot_use, path, "%s; make one with 'profinst load --db'",
                    strerror(errno));
    /* Not only for reading, if it may be: who reads must be able to take back what somebody who was
     * killed had begun to write, and to clear away the log. */
    enum status status = open_handle(database, SQLITE_OPEN_READWRITE);
    if (status == STATUS_OK)
        status = open_unchanging(database);
    if (status != STATUS_OK)
        return status;
    bool empty = false;
    status = verify(database, &empty);
    if (status == STATUS_OK && empty)
        status =
            fail(STATUS_INPUT, cannot_use, path, "it is empty; fill it with 'profinst load --db'");
    if (status != STATUS_OK)
        database_close(database);
    return status;
}

enum status database_begin(struct database *database, const char *path)
{
    *database = (struct database){.path = path, .writing = true};
    bool empty = false;
    draft_begin(database);
    enum status status = open_handle(database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (status == STATUS_OK)
        status = database_execute(database, "BEGIN IMMEDIATE");
    if (status == STATUS_OK)
        status = verify(database, &empty);
    if (status == STATUS_OK && empty)
        status = database_execute(database, schema_sql);
    if (status != STATUS_OK)
        database_abandon(database);
    return status;
}

enum status database_commit(struct database *database)
{
    enum status status = database_execute(database, "COMMIT");
    if (status == STATUS_OK)
        journal_allow_readers(database);
    return status == STATUS_OK && database->draft ? draft_place(database) : status;
}

void database_abandon(struct database *database)
{
    if (database->handle && !sqlite3_get_autocommit(database->handle))
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
    database_close(database);
    if (database->draft)
        draft_discard(database);
}

void database_close(struct database *database)
{
    sqlite3_close(database->handle);
    database->handle = NULL;
}
