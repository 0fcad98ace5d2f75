/* Which edges a site names, of those that its function is the caller of. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"
#include "sites_steps.h"

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct site_callee *)left)->name,
                  ((const struct site_callee *)right)->name);
}

void sites_list_callees(struct site_finder *finder)
{
    const struct profile_function *functions = finder->units->profile->functions;
    for (size_t i = 0; i < finder->edge_count; i++) {
        const size_t edge = finder->first_edge + i;
        finder->callees =
            memory_grow(finder->callees, &finder->callee_capacity, i, sizeof *finder->callees);
        finder->callees[i] =
            (struct site_callee){functions[finder->totals->edges[edge].callee].linkage_name, edge};
    }
    qsort(finder->callees, finder->edge_count, sizeof *finder->callees, by_name);
}

static void add_direct(struct site_finder *finder, size_t edge, const struct site_call *call)
{
    finder->directs = memory_grow(finder->directs, &finder->direct_capacity, finder->direct_count,
                                  sizeof *finder->directs);
    finder->directs[finder->direct_count++] = (struct site_direct){edge, call};
}

/* The first callee of the name, or where it would stand. */
static size_t find_named(const struct site_finder *finder, const char *name)
{
    size_t low = 0, high = finder->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(finder->callees[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_named(const struct site_finder *finder, size_t at, const char *name)
{
    return at < finder->edge_count && strcmp(finder->callees[at].name, name) == 0;
}

static bool add_named(struct site_finder *finder, const char *name, const struct site_call *call)
{
    const size_t first = find_named(finder, name);
    size_t end = first;
    for (; is_named(finder, end, name); end++)
        add_direct(finder, finder->callees[end].edge, call);
    return end > first;
}

static bool means_the_same(const char *name, const char *other)
{
    struct pool pool = {0};
    bool same = strcmp(load_demangle(&pool, name), load_demangle(&pool, other)) == 0;
    pool_free(&pool);
    return same;
}

/* Constructors and destructors of C++ are compiled to several functions (C1, C2, D0, D1, D2), of
 * which the one with the body is measured. The edge to that; SIZE_MAX: there is none. */
static size_t add_variant(struct site_finder *finder, const struct site_call *call)
{
    enum { MOST_DIGITS = 16 };
    if (strncmp(call->callee, "_ZN", 3) != 0)
        return SIZE_MAX;
    struct pool pool = {0};
    char *variant = pool_copy(&pool, call->callee);
    size_t edge = SIZE_MAX;
    int digits = 0;
    for (char *at = variant + 3; *at && edge == SIZE_MAX && digits < MOST_DIGITS; at++) {
        if (!strchr("CDI", at[-1]) || !isdigit((unsigned char)*at))
            continue;
        digits++;
        const char original = *at;
        for (*at = '0'; *at <= '5' && edge == SIZE_MAX; ++*at) {
            const size_t named = find_named(finder, variant);
            if (*at != original && is_named(finder, named, variant) &&
                means_the_same(variant, call->callee))
                edge = finder->callees[named].edge;
        }
        *at = original;
    }
    pool_free(&pool);
    if (edge != SIZE_MAX)
        add_direct(finder, edge, call);
    return edge;
}

static bool add_local(struct site_finder *finder, const struct site_call *call)
{
    const struct edge_total *edges = finder->totals->edges + finder->first_edge;
    size_t low = 0, high = finder->edge_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (edges[middle].callee < call->local)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < finder->edge_count && edges[low].callee == call->local;
    if (found)
        add_direct(finder, finder->first_edge + low, call);
    return found;
}

static void add_vague(struct site_finder *finder, const struct site_call *call, size_t edge)
{
    finder->vague = memory_grow(finder->vague, &finder->vague_capacity, finder->vague_count,
                                sizeof *finder->vague);
    finder->vague[finder->vague_count++] = (struct site_vague){call, edge};
}

void sites_hold_against_edges(struct site_finder *finder, const struct site_call *call)
{
    const bool named = !(call->flags & (PROFINST_SITE_POINTER | PROFINST_SITE_LOCAL));
    if (call->local != PROFILE_NONE ? add_local(finder, call)
                                    : named && add_named(finder, call->callee, call))
        return;
    const size_t variant = named ? add_variant(finder, call) : SIZE_MAX;
    /* A variant that is code of its own may call those of base classes, too. */
    if (!call->measured && !(call->flags & PROFINST_SITE_LIBRARY) &&
        (variant == SIZE_MAX || call->left_out))
        add_vague(finder, call, variant);
}
