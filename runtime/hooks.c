/* Calls that hooked code does not pass by itself: those whose clock is read, and those from new
 * places. No lock, nothing shared with other threads, and no call into libc but for CLOCK_MONOTONIC
 * where there is no better clock. Everything else hides in the clock's latency.
 *
 * Each event that is timed claims the time since the one before by moving the row's `last` on, in
 * one step, and gives it to the context that is left. So a signal handler whose own hooks come in
 * between claims its part, the interrupted hook claims the rest, and no moment is counted twice. */
#include "hooks.h"
#include "call.h"
#include "clock.h"
#include "durations.h"
#include "inlining.h"
#include "moment.h"
#include "timing.h"

static const struct profinst_start untimed = {0, &profinst__nobody.seen};
static const struct profinst_place nowhere = {(void *)1, &profinst__nobody.seen};

/* What a set of hooks is made for; known when they are compiled. */
struct manner {
    enum profinst_timing timing;
    profinst__clock_reading *clock;
};

static inline bool is_odd(const void *token)
{
    return (uintptr_t)token & 1;
}

static inline void *make_odd(void *token)
{
    return (void *)((uintptr_t)token | 1);
}

static inline struct profinst__node *node_of(void *token)
{
    return profinst__node((void *)((uintptr_t)token & ~(uintptr_t)1));
}

/* ---- time --------------------------------------------------------------------------------- */

/* The thread goes from one place to another, and the clock is read. Returns the reading. */
static inline __attribute__((always_inline)) uint64_t pass(struct profinst__state *state,
                                                           struct profinst__node *from,
                                                           struct profinst__node *to,
                                                           profinst__clock_reading *clock)
{
    struct profinst_thread *row = state->thread->row;
    struct profinst__moment moment = profinst__claim(row, clock);
    profinst__add(&from->host->self, moment.since);
    profinst__note_place(row, to);
    profinst__go(state, to);
    return moment.now;
}

/* ---- entries ------------------------------------------------------------------------------ */

/* The call cannot be recorded. The thread is in its sink until the function returns, so that what
 * the function calls is not taken for its caller's; that is lost as well. The time of all is the
 * caller's, like that of functions without hooks. */
static __attribute__((noinline, cold)) struct profinst_place
lose_call(struct profinst__state *state, struct profinst__node *from)
{
    struct profinst__node *sink = &state->thread->sink;
    profinst__count_lost(1);
    if (from == sink)
        return nowhere;
    sink->caller = from;
    sink->host = from->host;
    profinst__go(state, sink);
    return (struct profinst_place){from, &profinst__nobody.seen};
}

static inline __attribute__((always_inline)) struct profinst_place
record(struct profinst__state *state, struct profinst__node *from, struct profinst__node *to,
       struct profinst_function *function, struct profinst_start *start, struct manner manner,
       bool remembered)
{
    bool timed = manner.timing == PROFINST_TIMING_EXACT ||
                 (manner.timing == PROFINST_TIMING_AUTO && profinst__timing_wants(to));
    profinst__add(&to->seen.record->calls, 1);
    if (!remembered || !timed)
        profinst__remember(from, to, function, !timed);
    if (!timed) {
        start->own = &profinst__nobody.seen;
        profinst__go(state, to);
        return (struct profinst_place){from, &to->seen};
    }
    if (manner.timing == PROFINST_TIMING_AUTO)
        to->entered = to->seen.record->calls;
    *start = (struct profinst_start){pass(state, from, to, manner.clock), &to->seen};
    return (struct profinst_place){make_odd(from), &to->seen};
}

/* The hot path does not do. A callee that a tail call has parked the thread for returns to where
 * its caller would have; if it is switched off, the thread is there at once. */
static inline __attribute__((always_inline)) struct profinst_place
enter_anywhere(struct profinst_function *function, struct profinst_start *start,
               struct manner manner)
{
    struct profinst__state *state = &profinst__state;
    bool parked = state->here.node == &profinst__closed.seen && state->parked;
    start->own = &profinst__nobody.seen;
    if (!parked && profinst__id_of(function) == PROFINST__OFF)
        return nowhere;
    struct profinst__node *from = profinst__where(state);
    if (!from && (profinst__id_of(function) == PROFINST__OFF || !(from = profinst__begin(1))))
        return nowhere;
    void *back = state->back;
    if (parked)
        profinst__go(state, from);
    struct profinst__node *to =
        profinst__find(state->thread->links, from, function, profinst__id_of(function));
    bool off = !to && profinst__id_of(function) == PROFINST__OFF;
    if (parked && off)
        profinst__go(state, node_of(back));
    if (off)
        return nowhere;
    struct profinst_place place =
        to ? record(state, from, to, function, start, manner, false) : lose_call(state, from);
    if (parked)
        place.caller = is_odd(place.caller) ? make_odd(back) : back;
    return place;
}

/* What is not the rule is called last, so that the rest needs no stack. */
static inline __attribute__((always_inline)) struct profinst_place
enter(struct profinst_function *function, struct profinst_start *start, struct manner manner,
      struct profinst_place (*otherwise)(struct profinst_function *, struct profinst_start *))
{
    struct profinst__state *state = &profinst__state;
    struct profinst__node *from = profinst__node(state->here.node);
    struct profinst__node *to = profinst__remembered(from, function);
    if (PROFINST_UNLIKELY(!to))
        return from != &profinst__closed && profinst__id_of(function) == PROFINST__OFF
                   ? nowhere
                   : otherwise(function, start);
    return record(state, from, to, function, start, manner, true);
}

/* ---- ways out ----------------------------------------------------------------------------- */

static inline __attribute__((always_inline)) void note_duration(struct profinst__state *state,
                                                                const struct profinst_start *start,
                                                                uint64_t now, struct manner manner)
{
    struct profinst__node *node = profinst__node(start->own);
    uint64_t ticks = now - start->ticks;
    if (!node->durations)
        return;
    if (manner.timing == PROFINST_TIMING_AUTO)
        profinst__durations_add(node->durations, ticks, profinst__timing_note(node, ticks));
    else
        profinst__durations_add_late(state->thread, node->durations, ticks);
}

/* The thread may have been anywhere. A fibre may have carried the function over from another
 * thread, whose tree is not ours to write. */
static inline __attribute__((always_inline)) void
go_back(void *caller, const struct profinst_start *start, bool timed, struct manner manner)
{
    struct profinst__state *state = &profinst__state;
    struct profinst__node *from = profinst__where(state), *to = node_of(caller);
    if (!from)
        return;
    bool ours = to->seen.thread == state->here.thread;
    if (!ours)
        to = state->thread->root;
    if (manner.timing == PROFINST_TIMING_COUNTS || (ours && !timed))
        profinst__go(state, to);
    else
        note_duration(state, ours && is_odd(caller) ? start : &untimed,
                      pass(state, from, to, manner.clock), manner);
}

static inline __attribute__((always_inline)) void
leave(void *caller, const struct profinst_start *start, struct manner manner,
      void (*otherwise)(void *, const struct profinst_start *))
{
    struct profinst__state *state = &profinst__state;
    struct profinst__node *from = profinst__node(state->here.node), *to = node_of(caller);
    if (PROFINST_UNLIKELY(caller == nowhere.caller))
        return;
    if (PROFINST_UNLIKELY(from == &profinst__closed || to->seen.thread != state->here.thread ||
                          !is_odd(caller))) {
        otherwise(caller, start);
        return;
    }
    note_duration(state, start, pass(state, from, to, manner.clock), manner);
}

/* Control is in the function again. */
static inline __attribute__((always_inline)) void resume(struct profinst_node *own,
                                                         struct manner manner)
{
    if (own->record)
        go_back(own, &untimed, true, manner);
}

/* Parks the thread: whatever enters next takes the slow way. */
PROFINST_HOOK static void tail(void *caller)
{
    struct profinst__state *state = &profinst__state;
    struct profinst__node *node = profinst__where(state);
    if (caller == nowhere.caller || !node)
        return;
    state->parked = node;
    state->back = caller;
    profinst__go(state, &profinst__closed);
}

/* ---- one set for each clock and way of timing --------------------------------------------- */

#define HOOKS(name, timing, clock)                                                                 \
    static const struct manner manner_##name = {timing, clock};                                    \
    PROFINST_HOOK static __attribute__((noinline)) struct profinst_place enter_##name##_anywhere(  \
        struct profinst_function *function, struct profinst_start *start)                          \
    {                                                                                              \
        return enter_anywhere(function, start, manner_##name);                                     \
    }                                                                                              \
    PROFINST_HOOK static struct profinst_place enter_##name(struct profinst_function *function,    \
                                                            struct profinst_start *start)          \
    {                                                                                              \
        return enter(function, start, manner_##name, enter_##name##_anywhere);                     \
    }                                                                                              \
    PROFINST_HOOK static __attribute__((noinline)) void leave_##name##_anywhere(                   \
        void *caller, const struct profinst_start *start)                                          \
    {                                                                                              \
        go_back(caller, start, is_odd(caller), manner_##name);                                     \
    }                                                                                              \
    PROFINST_HOOK static void leave_##name(void *caller, const struct profinst_start *start)       \
    {                                                                                              \
        leave(caller, start, manner_##name, leave_##name##_anywhere);                              \
    }                                                                                              \
    PROFINST_HOOK static void resume_##name(struct profinst_node *own)                             \
    {                                                                                              \
        resume(own, manner_##name);                                                                \
    }

HOOKS(exact_counter, PROFINST_TIMING_EXACT, profinst__counter)
HOOKS(exact_monotonic, PROFINST_TIMING_EXACT, profinst__monotonic_ns)
HOOKS(auto_counter, PROFINST_TIMING_AUTO, profinst__counter)
HOOKS(auto_monotonic, PROFINST_TIMING_AUTO, profinst__monotonic_ns)
HOOKS(counts, PROFINST_TIMING_COUNTS, profinst__counter)

#define FILL(hooks, name)                                                                          \
    ((hooks)->enter = enter_##name, (hooks)->leave = leave_##name, (hooks)->resume = resume_##name)

void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_timing timing,
                          enum profinst_clock clock)
{
    bool counter = clock == PROFINST_COUNTER;
    if (timing == PROFINST_TIMING_COUNTS)
        FILL(hooks, counts);
    else if (timing == PROFINST_TIMING_AUTO && counter)
        FILL(hooks, auto_counter);
    else if (timing == PROFINST_TIMING_AUTO)
        FILL(hooks, auto_monotonic);
    else if (counter)
        FILL(hooks, exact_counter);
    else
        FILL(hooks, exact_monotonic);
    hooks->tail = tail;
    hooks->frame = profinst__frame;
    hooks->step_in = profinst__step_in;
    hooks->step_out = profinst__step_out;
    hooks->count = profinst__count;
    hooks->here = profinst__here_offset();
}
