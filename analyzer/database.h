/* SQLite, with errors that say which statement failed. */
#ifndef PROFINST_ANALYZER_DATABASE_H
#define PROFINST_ANALYZER_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"

#define DATABASE_APPLICATION_ID 1346784851 /* as in schema.sql */
#define DATABASE_SCHEMA_VERSION 5          /* as in schema.sql */

/* Whoever loads a large profile is done in less; others wait that long. */
enum { DATABASE_WAIT_MS = 60000 };

struct database {
    sqlite3 *handle;
    const char *path; /* borrowed; ":memory:" for one without a file */
    bool writing;
    char *draft; /* of draft.h: path of a new one that is being made; NULL: it is in its place */
    int lock;    /* of draft.h, meanwhile; -1: there is none */
    char *lock_path;
};

/* An empty database that vanishes when it is closed. */
enum status database_open_memory(struct database *database);

/* The same without this schema, or any. */
enum status database_open_nothing(struct database *database);

/* An existing database, for reading. One of an older schema is read from a copy in memory. */
enum status database_open(struct database *database, const char *path);

/* For writing, inside a transaction that has begun; made if there is none. One of an older schema
 * is brought to this one by the transaction. End it with database_commit or database_abandon. */
enum status database_begin(struct database *database, const char *path);

/* After that it can only be closed. */
enum status database_commit(struct database *database);

/* Takes back what the transaction did, with the file if it was made by it; closes. */
void database_abandon(struct database *database);

/* Each open ends in one close (or abandon); a closed database may be closed again. */
void database_close(struct database *database);

/* The caller finalizes the statement; NULL on failure. */
enum status database_prepare(struct database *database, const char *sql, sqlite3_stmt **statement);

/* Steps to the next row; *row is false behind the last one. */
enum status database_step(struct database *database, sqlite3_stmt *statement, bool *row);

/* Runs a statement that returns no rows, and makes it ready to be bound and run again. */
enum status database_run(struct database *database, sqlite3_stmt *statement);

/* What a statement asks for: the first column of its first row, a number; 0 if there is none. Its
 * parameters, if it has any, are a text, which may be NULL, and a number. */
enum status database_number(struct database *database, const char *sql, const char *text,
                            int64_t number, int64_t *answer);

/* Says that the latest call of SQLite on this database failed, and why; `sql`: in what, or NULL. */
enum status database_failed(const struct database *database, const char *sql);

/* Runs one or more statements without parameters. */
enum status database_execute(struct database *database, const char *sql);

/* Text of a row as valid UTF-8, in the pool; "" of NULL. A database may come from anybody: what its
 * columns promise need not be so. */
const char *database_text(struct pool *pool, sqlite3_stmt *statement, int column);

/* The same, but NULL of NULL. */
const char *database_known_text(struct pool *pool, sqlite3_stmt *statement, int column);

/* Sums of what a database says stay at the largest or smallest number rather than overflow. */
int64_t database_sum(int64_t a, int64_t b);
int64_t database_difference(int64_t a, int64_t b);

/* Binds text that outlives the statement's run; NULL binds NULL. */
void database_bind_text(sqlite3_stmt *statement, int parameter, const char *text);

#endif
