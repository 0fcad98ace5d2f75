/* Calls that inlined code makes, and calls of it where its host cannot count them. No clock is
 * read. */
#include "inlining.h"
#include "call.h"

/* The context of inlined code below another context. The inlined functions that it stands in come
 * first, but for those that are switched off. NULL if it is not to be had. */
PROFINST_HOOK static struct profinst__node *
below(struct profinst__state *state, struct profinst__node *from, struct profinst_function *inlined)
{
    if (inlined->caller)
        from = below(state, from, inlined->caller);
    uint32_t id = profinst__id_of(inlined);
    if (!from || id == PROFINST__OFF)
        return from;
    struct profinst__node *node = profinst__find(state->thread->links, from, inlined, id);
    /* The place of what is folded is below another one. */
    return node && node->host == from->host ? node : NULL;
}

/* The function that the thread is in, or in code inlined into it. */
static struct profinst__node *host_of(struct profinst__node *node)
{
    while (node->seen.place != node->host && node->caller)
        node = node->caller;
    return node;
}

PROFINST_HOOK void profinst__frame(struct profinst_node *own, struct profinst_function *inlined)
{
    struct profinst__state *state = &profinst__state;
    struct profinst__node *from = profinst__where(state), *host = profinst__node(own);
    if (!own->record || !from)
        return;
    if (own->thread != state->here.thread)
        host = host_of(from);
    struct profinst__node *to = inlined ? below(state, host, inlined) : host;
    if (to && to != host)
        profinst__remember(host, to, inlined, true);
    profinst__go(state, to ? to : host);
}

/* Goes to the context of inlined code, and returns where the thread was; NULL if it stays. */
static struct profinst__node *go(struct profinst__state *state, struct profinst__node *from,
                                 struct profinst_function *inlined)
{
    struct profinst__node *to = below(state, from, inlined);
    if (!to || to == from)
        return NULL;
    profinst__go(state, to);
    return from;
}

/* Behind a tail call to a function without hooks it is as if that function were the callee, of
 * which the thread is in its caller as soon as the call is done. */
PROFINST_HOOK void *profinst__step_in(struct profinst_function *inlined)
{
    struct profinst__state *state = &profinst__state;
    bool parked = state->here.node == &profinst__closed.seen && state->parked;
    struct profinst__node *from = profinst__where(state);
    if (!from)
        from = profinst__begin(0);
    if (!from)
        return NULL;
    from = go(state, from, inlined);
    return from && parked ? state->back : from;
}

PROFINST_HOOK void profinst__step_out(void *place)
{
    struct profinst__state *state = &profinst__state;
    struct profinst__node *to = profinst__node((void *)((uintptr_t)place & ~(uintptr_t)1));
    if (!to || !profinst__where(state))
        return;
    profinst__go(state, to->seen.thread == state->here.thread ? to : state->thread->root);
}

/* What it stands in is folded, and so is the inlined code. */
static __attribute__((noinline, cold)) struct profinst__node *
find_folded(const struct profinst__thread *thread, struct profinst_function *inlined)
{
    struct profinst__node from = {.seen = {.place = thread->folded}};
    return thread->folded ? profinst__search(&from, inlined) : NULL;
}

/* A thread that is parked stays so: it is in the function that made the tail call. */
PROFINST_HOOK void profinst__count(struct profinst_function *inlined, uint64_t calls)
{
    struct profinst__state *state = &profinst__state;
    if (profinst__id_of(inlined) == PROFINST__OFF)
        return;
    struct profinst__node *from = profinst__where(state);
    if (!from)
        from = profinst__begin(calls);
    if (!from)
        return;
    if (inlined->caller)
        from = below(state, from, inlined->caller);
    struct profinst__node *node =
        from ? profinst__find(state->thread->links, from, inlined, profinst__id_of(inlined))
             : find_folded(state->thread, inlined);
    if (!node)
        profinst__count_lost(calls);
    else
        profinst__add(&node->seen.record->calls, calls);
}
