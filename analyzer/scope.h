/* Which part of a database a command looks at: views of the same names that show no more than that
 * take the place of all others. */
#ifndef PROFINST_ANALYZER_SCOPE_H
#define PROFINST_ANALYZER_SCOPE_H

#include "database.h"

/* As somebody chose it. NULL: that is not restricted. */
struct scope {
    const char *run;     /* run.id */
    const char *program; /* its path, or what stands behind one of the slashes */
    bool whole_program;  /* its path and nothing else */
    const char *process; /* number that the system gave it */
    const char *thread;  /* number in its process, or name */
};

/* Restricts all tables and views of the connection, which must be one for `command` alone, to the
 * processes and threads that fit; the file is not written to. Percentiles and totals are worked out
 * anew where they must be. One that was there before is lifted. Fails, and says what there is,
 * if nothing fits. */
enum status scope_restrict(struct database *database, const char *command,
                           const struct scope *scope);

#endif
