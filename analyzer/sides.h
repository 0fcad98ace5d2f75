/* What two things are to be compared, as somebody named them: profiles, runs, series and baselines.
 */
#ifndef PROFINST_ANALYZER_SIDES_H
#define PROFINST_ANALYZER_SIDES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "database.h"
#include "memory.h"

enum { BEFORE, AFTER, SIDES };

/* One of the two: runs of a program, in one database with those of the other. */
struct side {
    const char *text;  /* as it was named; NULL: the newest series */
    const char *label; /* for people: "baseline main", "run 12" */
    int64_t series;    /* series.id; 0: it is none */
    int64_t *runs;     /* run.id, in the order in which they ran; at least one */
    size_t run_count;
    size_t left_out; /* of the series, runs that left no profile or were ended by a signal */
    size_t capacity; /* belongs to sides.c */
};

struct sides {
    const char *command; /* for messages */
    const char
        *database; /* --db: where names are looked up; NULL: profinst.db, where it is needed */
    bool contexts; /* these are asked for, too */
    struct side side[SIDES];
    struct pool pool; /* of what belongs to it */
};

struct source;

/* Names the sides by the files and the database of a source, as arguments have given it. Fails
 * unless they are two, or if it was asked for a part of one, which these commands compare whole. */
enum status sides_from_source(struct sides *sides, const struct source *source);

/* Reads both sides into one database, which the caller closes with the sides. A name is, in this
 * order: an existing file (a profile, a file of `profinst baseline export`, a database, of which
 * its newest series is meant) or folder (of profiles), the name of a baseline, the name of a
 * series, `run:N`, `series:N`. What is not found fails with the nearest names. */
enum status sides_open(struct sides *sides, struct database *database);
void sides_close(struct sides *sides, struct database *database);

#endif
