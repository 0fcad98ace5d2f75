/* The profiles that the programs of `profinst run` leave, in a folder of their own. */
#ifndef PROFINST_ANALYZER_RUN_PROFILES_H
#define PROFINST_ANALYZER_RUN_PROFILES_H

#include <stdint.h>
#include <sys/types.h>

#include "database.h"
#include "series_facts.h"

/* Zero it to begin. */
struct run_profiles {
    struct pool pool;
    const char *folder;
    /* Of the run at hand. A process that outlives its run finds no folder for what it leaves later,
     * and so no other run gets that. */
    struct pool of_run;
    size_t number;          /* from 1, warm-ups included */
    const char *run_folder; /* in `folder` */
    const char *pattern;    /* for PROFINST_OUTPUT */
    char **files;           /* paths of what a program left: that of its own process first */
    size_t count;
};

/* Makes the folder, in TMPDIR or /tmp. */
enum status run_profiles_begin(struct run_profiles *profiles);

/* Makes one in it, for the next run. */
enum status run_profiles_next(struct run_profiles *profiles);

/* Removes it with all in it; or leaves it as it is, for somebody to try again. Either ends it. */
void run_profiles_end(struct run_profiles *profiles);
void run_profiles_leave(struct run_profiles *profiles);

/* Finds what the run left whose program was this process. */
enum status run_profiles_find(struct run_profiles *profiles, pid_t process);

/* Loads that as one run, whatever programs it started, within the caller's transaction; *run is 0
 * if there is none. `facts`: gets those of its build, unless NULL. */
enum status run_profiles_load(struct run_profiles *profiles, struct database *database,
                              struct series_facts *facts, int64_t *run);

/* Removes the folder of the run at hand with all in it. */
void run_profiles_remove(struct run_profiles *profiles);

#endif
