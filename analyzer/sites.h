/* Which lines of the source made the calls from one function to another, as far as what the plugin
 * noted of call sites tells. */
#ifndef PROFINST_ANALYZER_SITES_H
#define PROFINST_ANALYZER_SITES_H

#include "profile.h"
#include "totals.h"
#include "units.h"

/* Where so many lines may have made the calls of an edge that has no site of its own, nobody is
 * helped by being told of all of them: then there is none. */
enum { SITES_MOST_VAGUE = 16 };

enum site_kind {
    SITE_DIRECT,  /* the callee is named there */
    SITE_POINTER, /* somebody is called through a pointer */
    SITE_THROUGH, /* another function is called that is not measured, and may call anybody */
};

/* A line in the caller that made calls of an edge, or may have. */
struct site {
    profile_index caller, callee; /* functions: the edge */
    const char *file;             /* as the compiler was given it */
    uint32_t line;
    enum site_kind kind;
    const char *through; /* of SITE_THROUGH: linkage name of the other function */
    uint32_t
        places; /* lines that the edge has, those whose number is not known among them as one */
    bool exact; /* all calls of the edge were made here */
};

/* By caller and callee. Strings belong to the units. */
struct sites {
    struct site *sites;
    size_t count, capacity;
};

struct sites sites_find(const struct unit_set *units, const struct totals *totals);
void sites_free(struct sites *sites);

#endif
