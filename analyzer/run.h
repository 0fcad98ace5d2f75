/* Runs of a program, one after another, as a series in a database. docs/RUNS.md says what happens
 * to it meanwhile. */
#ifndef PROFINST_ANALYZER_RUN_H
#define PROFINST_ANALYZER_RUN_H

#include <stdbool.h>

#include "error.h"
#include "series.h"

/* Exit codes for programs that could not be started, as shells have them. */
enum { RUN_NOT_EXECUTABLE = 126, RUN_NOT_FOUND = 127 };

struct run_options {
    char *const *arguments; /* the program first; NULL behind the last */
    const char *database;
    const char *input; /* what it reads; NULL: profinst's standard input, where that can be */
    long long runs, warmup_runs;
    bool discard_output, ignore_failure;
    bool for_a_while; /* the caller shows how far it is, each run being a part of that; and nothing
                         stays, not even what could not be loaded */
};

/* The series is begun, or has runs already, which these follow; it gets its id if there is anything
 * of it. *exit_code is what tells how the
 * program ended, for a status of STATUS_OK: 0, or what a shell would say of the first run that
 * failed. Whatever is wrong has been told. */
enum status run_program(const struct run_options *options, struct series *series, int *exit_code);

#endif
