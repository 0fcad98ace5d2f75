/* Rows that are in memory, as a table that one statement reads: INSERT ... SELECT from it takes a
 * third of the time of binding and running a statement for each row. */
#ifndef PROFINST_ANALYZER_ROWS_H
#define PROFINST_ANALYZER_ROWS_H

#include "database.h"

struct rows {
    const char *columns; /* their names: "caller_id, callee_id, calls" */
    size_t count;
    const void *from; /* handed on */
    /* What is in a column, of those from 0, of a row. False: NULL. */
    bool (*value)(const void *from, size_t row, int column, int64_t *value);
};

/* Runs a statement that returns nothing, and reads the table `profinst_rows`. */
enum status rows_run(struct database *database, const struct rows *rows, const char *sql);

#endif
