/* Steps of sites_find; see sites.h. */
#ifndef PROFINST_ANALYZER_SITES_STEPS_H
#define PROFINST_ANALYZER_SITES_STEPS_H

#include "sites.h"
#include "units.h"

/* A site in a function that was called. */
struct site_call {
    profile_index caller;
    profile_index local; /* of a static function: which; PROFILE_NONE: it was never called */
    const char *callee;  /* linkage name */
    const char *file;
    uint32_t line; /* 0: unknown */
    uint32_t flags;
    bool measured; /* if there were calls, they count */
    bool left_out; /* units define it, and do not measure it */
};

/* A line that names an edge's callee. */
struct site_direct {
    size_t edge;
    const struct site_call *call;
};

/* A line that may have led anywhere; SIZE_MAX, or the one edge that it is known to have led to. */
struct site_vague {
    const struct site_call *call;
    size_t edge;
};

/* The callees of one caller, by linkage name. */
struct site_callee {
    const char *name;
    size_t edge;
};

struct site_finder {
    struct sites *sites;
    const struct unit_set *units;
    const struct totals *totals;
    struct site_call *calls; /* by caller */
    size_t call_count, call_capacity;

    /* Of the caller at hand. */
    size_t first_edge, edge_count;
    struct site_callee *callees;
    struct site_direct *directs;
    struct site_vague *vague;
    size_t direct_count, vague_count, callee_capacity, direct_capacity, vague_capacity;
};

/* Lists the callees of the caller's edges. */
void sites_list_callees(struct site_finder *finder);

/* Finds out which of these edges a site of the caller names: adds to `directs` and `vague`. */
void sites_hold_against_edges(struct site_finder *finder, const struct site_call *call);

#endif
