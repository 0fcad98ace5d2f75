/* A new database is made beside its place, and put there once it is whole: nobody ever sees it half
 * made, and a file that others may have open is never removed. Who makes one of the same name waits
 * for others who do. */
#ifndef PROFINST_ANALYZER_DRAFT_H
#define PROFINST_ANALYZER_DRAFT_H

#include "database.h"

/* If there is no file at the database's path, sets `draft`, to be opened in its place. */
void draft_begin(struct database *database);

/* Closes the database, and puts it into its place. */
enum status draft_place(struct database *database);

/* Removes it; the database is closed. */
void draft_discard(struct database *database);

#endif
