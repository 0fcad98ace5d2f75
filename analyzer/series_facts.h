/* How a series was made: what may explain that another one has other figures. docs/RUNS.md lists
 * the names. */
#ifndef PROFINST_ANALYZER_SERIES_FACTS_H
#define PROFINST_ANALYZER_SERIES_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "memory.h"
#include "profile.h"

struct series_fact {
    const char *name, *value;
};

/* Each name once. Zero it to begin. */
struct series_facts {
    struct pool pool;
    struct series_fact *items;
    size_t count, capacity;
};
void series_facts_free(struct series_facts *facts);

/* Copies both; a former value of that name goes. Of a very long value the end is a digest. */
void series_facts_put(struct series_facts *facts, const char *name, const char *value);

/* Of the machine; and of the working directory, if git knows it. What cannot be found out is not
 * there. */
void series_facts_add_machine(struct series_facts *facts);
void series_facts_add_git(struct series_facts *facts);

/* Variables of the environment that profinst itself heeds, and one that somebody named; those that
 * are not set are not there. */
void series_facts_add_settings(struct series_facts *facts);
void series_facts_add_variable(struct series_facts *facts, const char *name);

/* The file that the program reads: `path`, or, if that is NULL, the one that standard input is. */
void series_facts_add_standard_input(struct series_facts *facts, const char *path);

/* The checksum of a file that somebody named. */
enum status series_facts_add_input(struct series_facts *facts, const char *path);

/* How the program of a profile was built, as far as that and its executable tell. */
void series_facts_add_build(struct series_facts *facts, const struct profile *profile);

#endif
