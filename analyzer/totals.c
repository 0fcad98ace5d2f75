#include "totals.h"

#include <stdlib.h>

/* Finds edges by caller and callee: a hash table. */
struct finder {
    uint32_t *slots; /* index of an edge and one; 0: free */
    size_t slot_count, capacity;
};

static uint32_t *find_slot(const struct totals *totals, const struct finder *finder,
                           profile_index caller, profile_index callee)
{
    for (size_t at = memory_hash(caller, callee);; at++) {
        uint32_t *slot = &finder->slots[at & (finder->slot_count - 1)];
        if (*slot == 0)
            return slot;
        const struct edge_total *edge = &totals->edges[*slot - 1];
        if (edge->caller == caller && edge->callee == callee)
            return slot;
    }
}

static void make_room(const struct totals *totals, struct finder *finder)
{
    if (2 * totals->edge_count < finder->slot_count)
        return;
    free(finder->slots);
    finder->slot_count = finder->slot_count ? 4 * finder->slot_count : 1024;
    finder->slots = memory_array(finder->slot_count, sizeof *finder->slots);
    for (size_t i = 0; i < totals->edge_count; i++)
        *find_slot(totals, finder, totals->edges[i].caller, totals->edges[i].callee) =
            (uint32_t)i + 1;
}

static struct total *find_edge(struct totals *totals, struct finder *finder, profile_index caller,
                               profile_index callee)
{
    make_room(totals, finder);
    uint32_t *slot = find_slot(totals, finder, caller, callee);
    if (*slot == 0) {
        totals->edges = memory_grow(totals->edges, &finder->capacity, totals->edge_count,
                                    sizeof *totals->edges);
        totals->edges[totals->edge_count] = (struct edge_total){caller, callee, {0}};
        *slot =
            (uint32_t)++totals->edge_count; /* there are no more than contexts and cross calls */
    }
    return &totals->edges[*slot - 1].total;
}

/* Each moment counts once, so what is nested counts further up only. */
static void add_context(struct total *total, const struct profile_context *context)
{
    bool inlined = context->host != PROFILE_NONE;
    total->calls += context->calls;
    total->inlined_calls += inlined ? context->calls : 0;
    total->recursive_calls += context->nested ? context->calls : 0;
    total->self_ns += context->self_ns;
    total->cumulative_ns += context->nested ? 0 : context->cumulative_ns;
    total->called_ns += inlined ? 0 : context->cumulative_ns;
}

/* Of folded ones nobody knows whether they are recursive. */
static void add_cross_call(struct total *total, uint64_t calls, bool folded)
{
    total->calls += calls;
    total->recursive_calls += folded ? 0 : calls;
}

static void add_to_thread(struct thread_total *total, const struct profile_context *context)
{
    total->self_ns += context->self_ns;
    total->folded_ns += context->folded ? context->self_ns : 0;
    if (context->parent == PROFILE_NONE) {
        total->outside_ns += context->self_ns;
        return;
    }
    total->calls += context->calls;
    total->inlined_calls += context->host != PROFILE_NONE ? context->calls : 0;
    total->folded_calls += context->folded ? context->calls : 0;
}

static int by_caller_and_callee(const void *left, const void *right)
{
    const struct edge_total *a = left, *b = right;
    if (a->caller != b->caller)
        return a->caller < b->caller ? -1 : 1;
    return (a->callee > b->callee) - (a->callee < b->callee);
}

struct totals totals_of(const struct profile *profile)
{
    struct totals totals = {
        .threads = memory_array(profile->thread_count, sizeof *totals.threads),
        .functions = memory_array(profile->function_count, sizeof *totals.functions),
    };
    struct finder finder = {0};
    for (size_t i = 0; i < profile->context_count; i++) {
        const struct profile_context *context = &profile->contexts[i];
        add_to_thread(&totals.threads[context->thread], context);
        if (context->function == PROFILE_NONE)
            continue;
        add_context(&totals.functions[context->function], context);
        profile_index caller = profile->contexts[context->parent].function;
        if (caller != PROFILE_NONE)
            add_context(find_edge(&totals, &finder, caller, context->function), context);
    }
    for (size_t i = 0; i < profile->cross_call_count; i++) {
        const struct profile_cross_call *call = &profile->cross_calls[i];
        const struct profile_context *target = &profile->contexts[call->target];
        profile_index caller = profile->contexts[call->caller].function;
        totals.threads[target->thread].calls += call->calls;
        totals.threads[target->thread].folded_calls += target->folded ? call->calls : 0;
        add_cross_call(&totals.functions[target->function], call->calls, target->folded);
        if (caller != PROFILE_NONE)
            add_cross_call(find_edge(&totals, &finder, caller, target->function), call->calls,
                           target->folded);
    }
    free(finder.slots);
    if (totals.edge_count > 0)
        qsort(totals.edges, totals.edge_count, sizeof *totals.edges, by_caller_and_callee);
    return totals;
}

void totals_free(struct totals *totals)
{
    free(totals->threads);
    free(totals->functions);
    free(totals->edges);
}
