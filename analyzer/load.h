/* From profiles to the database. */
#ifndef PROFINST_ANALYZER_LOAD_H
#define PROFINST_ANALYZER_LOAD_H

#include <stddef.h>

#include "database.h"
#include "profile.h"

enum load_outcome {
    LOAD_NEW,
    LOAD_REPLACED, /* an earlier state of the same profile */
    LOAD_ALREADY,  /* nothing to do: the same state, or a later one, is there */
};

/* What not everybody asks for. Without contexts there are no cross calls and of contexts only
 * threads' roots and what nobody called: enough for all that asks for totals. Call sites and
 * fingerprints are in what the plugin noted; if that is damaged, whoever asks for sites fails, and
 * who asks for fingerprints alone does without. */
struct load_parts {
    bool contexts, sites, fingerprints;
};
#define LOAD_ALL ((struct load_parts){.contexts = true, .sites = true, .fingerprints = true})

/* Puts the profile into the database, within the caller's transaction. */
enum status load_profile(struct database *database, const struct profile *profile,
                         struct load_parts parts, enum load_outcome *outcome);

/* The linkage name as a person would write the function; the linkage name itself if not C++. */
char *load_demangle(struct pool *pool, const char *linkage_name);

#endif
