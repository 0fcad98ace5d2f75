/* What ran before main, as constructors of static objects do. */
#ifndef PROFINST_ANALYZER_STARTUP_H
#define PROFINST_ANALYZER_STARTUP_H

#include <stddef.h>
#include <stdint.h>

#include "database.h"

/* What began before main did, in main's thread. */
struct startup_call {
    int64_t function; /* function.id */
    double ns;        /* with all it called */
};

struct startup {
    struct startup_call *calls; /* owned */
    size_t count, capacity;
    size_t mains; /* threads that came to main; 0: nothing is known */
};

#define STARTUP_ALL_RUNS 0

/* Of a run, or of all. startup_free in any case. */
enum status startup_read(struct startup *startup, struct database *database, int64_t run);
void startup_free(struct startup *startup);

#endif
