/* How SQLite keeps a database whole while it is written. docs/DATABASE.md says why it is done so.
 */
#ifndef PROFINST_ANALYZER_JOURNAL_H
#define PROFINST_ANALYZER_JOURNAL_H

#include "database.h"

/* Lets others read while somebody writes, from now on (SQLite's write-ahead log), where the file
 * system can do it and nobody else has the database open just now; otherwise all stays as it is.
 * Outside of transactions. */
void journal_allow_readers(struct database *database);

/* How to open a database in a folder where nothing can be written, and so no log: as one that
 * nobody changes. NULL: there is a log, with what the file alone has not. In the pool. */
const char *journal_unchanging(struct pool *pool, const char *path);

#endif
