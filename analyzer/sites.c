/* Of each caller: its sites, held against its edges. */
#include "sites_steps.h"

#include <stdlib.h>
#include <string.h>

static const struct profile_function *function_of(const struct site_finder *finder,
                                                  profile_index function)
{
    return &finder->units->profile->functions[function];
}

/* ---- sites in called functions ------------------------------------------------------------ */

static void add_call(struct site_finder *finder, const struct unit *unit,
                     const struct profinst_choice_site *site)
{
    if (site->flags & PROFINST_SITE_ELSEWHERE)
        return;
    const profile_index caller = unit->functions[site->caller];
    if (caller == PROFILE_NONE || function_of(finder, caller)->off)
        return;
    struct site_call call = {.caller = caller,
                             .local = PROFILE_NONE,
                             .callee = units_text(unit, site->callee),
                             .file = units_text(unit, site->file),
                             .line = site->line,
                             .flags = site->flags};
    if (!*call.file)
        call.line = 0;
    const uint32_t local =
        site->flags & PROFINST_SITE_LOCAL ? units_local(unit, call.callee) : UINT32_MAX;
    if (local != UINT32_MAX) {
        call.local = unit->functions[local];
        call.measured = units_measures(finder->units, unit, local);
    } else if (!(site->flags & PROFINST_SITE_POINTER)) {
        const enum units_decision decision = units_decided(finder->units, call.callee);
        call.measured = decision == UNITS_MEASURED;
        call.left_out = decision == UNITS_LEFT_OUT;
    }
    finder->calls = memory_grow(finder->calls, &finder->call_capacity, finder->call_count,
                                sizeof *finder->calls);
    finder->calls[finder->call_count++] = call;
}

static int by_caller(const void *left, const void *right)
{
    const struct site_call *a = left, *b = right;
    return (a->caller > b->caller) - (a->caller < b->caller);
}

static void list_calls(struct site_finder *finder)
{
    for (size_t i = 0; i < finder->units->count; i++) {
        const struct unit *unit = &finder->units->units[i];
        for (uint32_t k = 0; k < unit->choice.site_count; k++)
            add_call(finder, unit, &unit->choice.sites[k]);
    }
    if (finder->call_count > 0)
        qsort(finder->calls, finder->call_count, sizeof *finder->calls, by_caller);
}

/* ---- what that makes ---------------------------------------------------------------------- */

static int by_line(const struct site_call *a, const struct site_call *b)
{
    int order = strcmp(a->file, b->file);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static int by_edge_and_line(const void *left, const void *right)
{
    const struct site_direct *a = left, *b = right;
    if (a->edge != b->edge)
        return a->edge < b->edge ? -1 : 1;
    return by_line(a->call, b->call);
}

/* Of calls in one line the one through a pointer comes first. */
static int by_line_and_kind(const void *left, const void *right)
{
    const struct site_call *a = ((const struct site_vague *)left)->call;
    const struct site_call *b = ((const struct site_vague *)right)->call;
    int order = by_line(a, b);
    if (order == 0)
        order = (int)(b->flags & PROFINST_SITE_POINTER) - (int)(a->flags & PROFINST_SITE_POINTER);
    return order ? order : strcmp(a->callee, b->callee);
}

static void add_site(struct site_finder *finder, size_t edge, const struct site_call *call,
                     enum site_kind kind, size_t places, bool exact)
{
    struct sites *sites = finder->sites;
    if (call->line == 0)
        return;
    sites->sites = memory_grow(sites->sites, &sites->capacity, sites->count, sizeof *sites->sites);
    sites->sites[sites->count++] = (struct site){
        .caller = call->caller,
        .callee = finder->totals->edges[edge].callee,
        .file = call->file,
        .line = call->line,
        .kind = kind,
        .through = kind == SITE_THROUGH ? call->callee : NULL,
        .places = (uint32_t)places,
        .exact = exact && places == 1,
    };
}

/* Recursion that became a loop has the function itself for its caller, also where another one that
 * was inlined called it. */
static bool is_joined(const struct edge_total *edge)
{
    return edge->caller == edge->callee && edge->total.inlined_calls > 0;
}

static bool has_other_vague(const struct site_finder *finder, size_t edge)
{
    for (size_t i = 0; i < finder->vague_count; i++)
        if (finder->vague[i].edge != edge)
            return true;
    return false;
}

/* From `first`, the lines that name one edge's callee; returns behind them. */
static size_t settle_direct(struct site_finder *finder, size_t first)
{
    const struct site_direct *directs = finder->directs;
    const size_t edge = directs[first].edge;
    size_t end = first, places = 0;
    bool library = false;
    for (; end < finder->direct_count && directs[end].edge == edge; end++) {
        places += end == first || by_line(directs[end - 1].call, directs[end].call) != 0;
        library |= (directs[end].call->flags & PROFINST_SITE_LIBRARY) != 0;
    }
    const bool elsewhere =
        !finder->units->all_tell || units_flags(finder->units, finder->totals->edges[edge].callee);
    const bool exact = !library && !(elsewhere && has_other_vague(finder, edge)) &&
                       !is_joined(&finder->totals->edges[edge]);
    for (size_t i = first; i < end; i++)
        if (i == first || by_line(directs[i - 1].call, directs[i].call) != 0)
            add_site(finder, edge, directs[i].call, SITE_DIRECT, places, exact);
    return end;
}

/* Calls out of the build are recorded where they are named. What the optimizer has put in place of
 * the name there, nobody has called through a pointer. */
static void settle_vague(struct site_finder *finder, size_t edge)
{
    const profile_index callee = finder->totals->edges[edge].callee;
    const uint32_t flags = units_flags(finder->units, callee);
    if (finder->vague_count > SITES_MOST_VAGUE ||
        function_of(finder, callee)->object == PROFILE_NONE)
        return;
    const bool exact = finder->units->all_tell && flags == PROFINST_SITE_ELSEWHERE;
    for (size_t i = 0; i < finder->vague_count; i++) {
        const struct site_call *call = finder->vague[i].call;
        add_site(finder, edge, call,
                 call->flags & PROFINST_SITE_POINTER ? SITE_POINTER : SITE_THROUGH,
                 finder->vague_count, exact);
    }
}

/* Keeps one of each line. */
static void join_vague(struct site_finder *finder)
{
    size_t kept = 0;
    if (finder->vague_count > 0)
        qsort(finder->vague, finder->vague_count, sizeof *finder->vague, by_line_and_kind);
    for (size_t i = 0; i < finder->vague_count; i++) {
        struct site_vague *last = kept > 0 ? &finder->vague[kept - 1] : NULL;
        if (!last || by_line(last->call, finder->vague[i].call) != 0)
            finder->vague[kept++] = finder->vague[i];
        else if (last->edge != finder->vague[i].edge)
            last->edge = SIZE_MAX;
    }
    finder->vague_count = kept;
}

static void settle(struct site_finder *finder)
{
    size_t next = 0;
    join_vague(finder);
    if (finder->direct_count > 0)
        qsort(finder->directs, finder->direct_count, sizeof *finder->directs, by_edge_and_line);
    for (size_t edge = finder->first_edge; edge < finder->first_edge + finder->edge_count; edge++)
        if (next < finder->direct_count && finder->directs[next].edge == edge)
            next = settle_direct(finder, next);
        else
            settle_vague(finder, edge);
}

/* ---- all callers -------------------------------------------------------------------------- */

static void find_all(struct site_finder *finder)
{
    const struct totals *totals = finder->totals;
    size_t call = 0, edge = 0;
    while (call < finder->call_count && edge < totals->edge_count) {
        const profile_index caller = finder->calls[call].caller;
        while (edge < totals->edge_count && totals->edges[edge].caller < caller)
            edge++;
        finder->first_edge = edge;
        while (edge < totals->edge_count && totals->edges[edge].caller == caller)
            edge++;
        finder->edge_count = edge - finder->first_edge;
        finder->direct_count = finder->vague_count = 0;
        if (finder->edge_count > 0)
            sites_list_callees(finder);
        for (; call < finder->call_count && finder->calls[call].caller == caller; call++)
            if (finder->edge_count > 0)
                sites_hold_against_edges(finder, &finder->calls[call]);
        settle(finder);
    }
}

struct sites sites_find(const struct unit_set *units, const struct totals *totals)
{
    struct sites sites = {0};
    struct site_finder finder = {.sites = &sites, .units = units, .totals = totals};
    list_calls(&finder);
    find_all(&finder);
    free(finder.calls);
    free(finder.callees);
    free(finder.directs);
    free(finder.vague);
    return sites;
}

void sites_free(struct sites *sites)
{
    free(sites->sites);
}
