/* No lock, no call into libc, nothing shared with other threads. Everything but the clock hides in
 * the clock's latency.
 *
 * Each event reads the clock once, adds it to the context that is left and subtracts it from the
 * one that is entered. These two commute with whatever a signal handler's own hooks do in between,
 * so no interruption can unsettle the sum over a thread; see struct profinst_context. */
#include "hooks.h"
#include "clock.h"
#include "file.h"
#include "thread.h"
#include "tree.h"

typedef uint64_t clock_reading(void);

/* The first call of a thread. */
static __attribute__((noinline, cold)) bool begin(void)
{
    if (!profinst__state.thread && profinst__thread_begin())
        return true;
    __atomic_fetch_add(&profinst__header->lost_calls, 1, __ATOMIC_RELAXED);
    return false;
}

static inline __attribute__((always_inline)) void move(struct profinst__state *state,
                                                       struct profinst_context *from,
                                                       struct profinst_context *to, uint64_t now)
{
    const uint64_t biased = now + PROFINST_CLOCK_BIAS;
    profinst__add((volatile uint64_t *)&from->self, biased);
    *(struct profinst_context *volatile *)&state->current = to;
    profinst__add((volatile uint64_t *)&to->self, -biased);
    state->row->last = now;
}

static inline __attribute__((always_inline)) void *enter(struct profinst_function *function,
                                                         clock_reading *clock)
{
    struct profinst__state *state = &profinst__state;
    if (PROFINST_UNLIKELY(!state->current) && !begin())
        return NULL;
    struct profinst_context *from = state->current;
    uint32_t id = __atomic_load_n(&function->id, __ATOMIC_RELAXED);
    struct profinst__links *links = state->links;
    struct profinst__link *link = &links->slots[profinst__link_hash(from, id) & links->mask];
    if (PROFINST_UNLIKELY(link->from != from || link->function != id)) {
        link = profinst__tree_link(function);
        if (!link)
            return from;
    }
    profinst__add(&link->record->calls, 1);
    move(state, from, link->target, clock());
    return from;
}

static inline __attribute__((always_inline)) void leave(void *token, clock_reading *clock)
{
    struct profinst__state *state = &profinst__state;
    struct profinst_context *from = state->current;
    if (PROFINST_UNLIKELY(!token || !from))
        return;
    move(state, from, token, clock());
}

static void *here(void)
{
    return profinst__state.current;
}

static void *enter_counter(struct profinst_function *function)
{
    return enter(function, profinst__counter);
}

static void leave_counter(void *token)
{
    leave(token, profinst__counter);
}

static void *enter_monotonic(struct profinst_function *function)
{
    return enter(function, profinst__monotonic_ns);
}

static void leave_monotonic(void *token)
{
    leave(token, profinst__monotonic_ns);
}

void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_clock clock)
{
    hooks->here = here;
    hooks->leave = clock == PROFINST_COUNTER ? leave_counter : leave_monotonic;
    hooks->enter = clock == PROFINST_COUNTER ? enter_counter : enter_monotonic;
}
