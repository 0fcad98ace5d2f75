/* Databases of older schemas, as this one. */
#ifndef PROFINST_ANALYZER_MIGRATE_H
#define PROFINST_ANALYZER_MIGRATE_H

#include "database.h"

#define MIGRATE_OLDEST 4 /* the oldest schema that can be brought to this one */

/* Brings a database of that schema to this one: within the caller's transaction if it is writing;
 * otherwise a copy of it, in memory, takes its place, and the file stays as it is. */
enum status migrate(struct database *database, sqlite3_int64 version);

#endif
