/* Steps of load_profile; see load.h. */
#ifndef PROFINST_ANALYZER_LOAD_STEPS_H
#define PROFINST_ANALYZER_LOAD_STEPS_H

#include "load.h"
#include "totals.h"
#include "units.h"

/* The work on one profile. Database ids by the profile's indexes; those of contexts count on from
 * the first of those that are loaded. */
struct loader {
    struct database *database;
    const struct profile *profile;
    struct pool pool;
    sqlite3_int64 run, process, first_context;
    sqlite3_int64 *modules, *sources, *functions, *threads;
    profile_index *starts; /* contexts that are loaded; NULL: all */
    size_t context_count;  /* that are loaded */
};

/* Is a state of this profile there, and does it make way? Then it is removed. */
enum status load_make_way(struct loader *loader, enum load_outcome *outcome);

/* The process and its run; ids are kept for so many contexts. */
enum status load_process(struct loader *loader, size_t contexts);

/* Chooses the contexts of threads' roots, and of what was called by nobody. */
void load_choose_starts(struct loader *loader);

/* Contexts, and if these are all, cross calls. Needs the ids of functions and threads. */
enum status load_contexts(const struct loader *loader);

/* What is known of contexts by samples alone. Needs those contexts. */
enum status load_estimates(const struct loader *loader);

/* Histograms of durations; those of contexts only if `contexts` are there. Needs the ids of
 * functions and threads. */
enum status load_histograms(const struct loader *loader, bool contexts);

/* The same, and what they come to. Needs the process, too. */
enum status load_durations(const struct loader *loader, bool contexts);

/* What they add up to. */
enum status load_totals(const struct loader *loader, const struct totals *totals);

/* Which lines made the calls of edges. Needs the ids of functions and source files. */
enum status load_sites(struct loader *loader, const struct unit_set *units,
                       const struct totals *totals);

/* What functions that were called were compiled from. Needs the ids of functions. */
enum status load_fingerprints(const struct loader *loader, const struct unit_set *units,
                              const struct totals *totals);

/* Text of the profile as the database has it; belongs to the loader's pool. */
const char *load_text(struct loader *loader, const char *bytes);

/* Runs a statement that returns an id, and makes it ready to be run again. */
enum status load_run_for_id(struct loader *loader, sqlite3_stmt *statement, sqlite3_int64 *id);

#endif
