/* A statement of the user's own, on a database that may be anybody's: it reads, and does nothing
 * else. What it returns is held in memory, within a limit. */
#ifndef PROFINST_ANALYZER_QUERY_H
#define PROFINST_ANALYZER_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "database.h"
#include "load.h"
#include "memory.h"
#include "style.h"

struct query_value {
    int type;         /* SQLITE_INTEGER, SQLITE_FLOAT, SQLITE_TEXT, SQLITE_BLOB, SQLITE_NULL */
    int64_t integer;  /* of the first type */
    double real;      /* of the second */
    const char *text; /* of all but NULL: a BLOB in hex, text as valid UTF-8, with NULs as "\x00" */
};

/* Strings belong to the query. */
struct query {
    struct pool pool;
    const char **names;         /* of the columns, each once: a second "name" is "name:1" */
    struct query_value *values; /* row by row */
    size_t column_count, row_count;
    size_t capacity, bytes;
};

/* What the statement asks for that not everybody does, of a database with nothing but the schema;
 * fails if it is not valid there. */
enum status query_check(const char *sql, struct load_parts *parts);

/* Runs the statement; from then on the database can only be read. query_free in any case. */
enum status query_run(struct query *query, struct database *database, const char *sql);
void query_free(struct query *query);

void query_write_table(FILE *stream, struct query *query, const struct screen *screen);
void query_write_markdown(FILE *stream, struct query *query);
void query_write_json(FILE *stream, struct query *query);
void query_write_csv(FILE *stream, struct query *query);

/* Why a statement cannot be prepared, where, and what to do: the message and the status. */
enum status query_failed(struct database *database, const char *sql);

#endif
