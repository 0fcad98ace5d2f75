/* No lock, nothing shared with other threads, and no call into libc but for CLOCK_MONOTONIC where
 * there is no better clock. Everything else hides in the clock's latency.
 *
 * Each event claims the time since the one before by moving the row's `last` on, in one step, and
 * gives it to the context that is left. So a signal handler whose own hooks come in between claims
 * its part, the interrupted hook claims the rest, and no moment is counted twice. */
#include "hooks.h"
#include "clock.h"
#include "code.h"
#include "file.h"
#include "fork.h"
#include "object.h"
#include "section.h"
#include "thread.h"
#include "tree.h"

typedef uint64_t clock_reading(void);

static const struct profinst_place nowhere = {NULL, NULL};

static inline uint32_t id_of(const struct profinst_function *function)
{
    return __atomic_load_n(&function->id, __ATOMIC_RELAXED);
}

/* ---- the slow path ------------------------------------------------------------------------ */

static void count_lost_calls(uint64_t calls)
{
    __atomic_fetch_add(&profinst__header->lost_calls, calls, __ATOMIC_RELAXED);
}

/* The first event of a thread, or one of a thread that cannot be recorded: so many calls are lost
 * then. What the runtime itself calls is nobody's call. */
static __attribute__((noinline, cold)) struct profinst_thread *begin(uint64_t calls)
{
    struct profinst__state *state = &profinst__state;
    if (state->at_work)
        return NULL;
    struct profinst_thread *row = NULL;
    if (!state->thread) {
        struct profinst__section section;
        profinst__section_enter(&section);
        profinst__fork_notice(&section);
        profinst__section_leave(&section);
        row = profinst__thread_begin();
    }
    if (!row)
        count_lost_calls(calls);
    return row;
}

/* Killed processes have no last reading of the clocks. The pair is renewed with a call from a new
 * place, if its span has doubled since. */
static void renew_clock_pair(void)
{
    const struct profinst_header *header = profinst__header;
    uint64_t latest = profinst_latest(header).ticks;
    if (profinst__ticks() - latest > latest - header->start.ticks)
        profinst__file_note_clock(profinst__clock_pair());
}

static struct profinst__link *make_link(struct profinst__state *state,
                                        struct profinst_context *from,
                                        struct profinst_function *function)
{
    struct profinst__section section;
    profinst__section_enter(&section);
    profinst__fork_notice(&section);
    struct profinst__link *link = NULL;
    if (section.row) {
        profinst__object_of(function->unit);
        profinst__lock();
        link = profinst__tree_make(state->thread, from, function);
        state->links = state->thread->links;
        state->thread->full = !link && function->id != PROFINST__OFF;
        renew_clock_pair();
        profinst__unlock();
    }
    profinst__section_leave(&section);
    return link;
}

/* The slots behind the first may answer; or this is the first call of
 * the function from the context. NULL: the call is lost, or the function is switched off. */
static __attribute__((noinline)) struct profinst__link *
search_link(struct profinst__state *state, struct profinst_context *from,
            struct profinst_function *function)
{
    if (from == &profinst__sink)
        return NULL;
    struct profinst__link *link = profinst__tree_find(state->thread, from, function);
    return link || state->thread->full ? link : make_link(state, from, function);
}

/* ---- the hot path ------------------------------------------------------------------------- */

/* NULL if the first slot of the table does not answer. */
static inline __attribute__((always_inline)) struct profinst__link *
first_link(struct profinst__state *state, struct profinst_context *from, uint32_t id)
{
    struct profinst__links *links = state->links;
    struct profinst__link *link = &links->slots[profinst__link_hash(from, id) & links->mask];
    return PROFINST_UNLIKELY(link->from != from || link->code != id) ? NULL : link;
}

static inline __attribute__((always_inline)) struct profinst__link *
find_link(struct profinst__state *state, struct profinst_context *from,
          struct profinst_function *function, uint32_t id)
{
    struct profinst__link *link = first_link(state, from, id);
    return PROFINST_UNLIKELY(!link) ? search_link(state, from, function) : link;
}

static inline __attribute__((always_inline)) uint64_t claim(struct profinst_thread *row,
                                                            clock_reading *clock)
{
    uint64_t last, now;
    do {
        last = *(volatile uint64_t *)&row->last;
        now = clock();
        if (PROFINST_UNLIKELY(now < last))
            return 0; /* another processor's clock is behind */
    } while (PROFINST_UNLIKELY(!profinst__replace(&row->last, last, now)));
    return now - last;
}

/* The call cannot be recorded. The thread is in its sink until the function returns, so that what
 * the function calls is not taken for its caller's; that is lost as well. The time of all is the
 * caller's, like that of functions without hooks. */
static __attribute__((noinline, cold)) struct profinst_place
lose_call(struct profinst__state *state, struct profinst_context *from, uint64_t time)
{
    struct profinst__thread *thread = state->thread;
    bool lost_already = from == &profinst__sink;
    count_lost_calls(1);
    if (!lost_already)
        thread->sunk_from = from;
    profinst__add(&profinst__host(state->links, thread->sunk_from)->self, time);
    *(struct profinst_context *volatile *)&state->current = &profinst__sink;
    return (struct profinst_place){lost_already ? NULL : from, NULL};
}

/* Of a call for which the hot path does not do. */
static inline __attribute__((always_inline)) struct profinst_place
record_call(struct profinst__state *state, struct profinst_function *function, clock_reading *clock)
{
    struct profinst_thread *row = state->row;
    struct profinst_context *from = state->current;
    struct profinst__link *link = find_link(state, from, function, id_of(function));
    if (PROFINST_UNLIKELY(!link))
        return id_of(function) == PROFINST__OFF ? nowhere
                                                : lose_call(state, from, claim(row, clock));
    struct profinst_context *record = link->record, *target = link->target;
    struct profinst_context *host = profinst__host(state->links, from);
    profinst__add(&record->calls, 1);
    profinst__add(&host->self, claim(row, clock));
    profinst__set_current(state, row, target);
    return (struct profinst_place){from, record};
}

static inline __attribute__((always_inline)) void leave_anywhere(struct profinst_context *to,
                                                                 clock_reading *clock)
{
    struct profinst__state *state = &profinst__state;
    struct profinst_thread *row = state->row ? state->row : profinst__unpark(state);
    if (!row)
        return;
    /* First, so that it hides behind the clock. */
    struct profinst_context *host = profinst__host(state->links, profinst__recorded_place(state));
    profinst__add(&host->self, claim(row, clock));
    /* A fibre may have carried the function over from another thread, whose tree is not ours to
     * write. */
    profinst__set_current(state, row, to->thread == row->number ? to : state->thread->root);
}

/* There is no row: the callee of a tail call enters, or the thread begins. A callee that is
 * switched off does not enter: the thread is where it will return to. */
static inline __attribute__((always_inline)) struct profinst_place
enter_without_row(struct profinst__state *state, struct profinst_function *function,
                  clock_reading *clock)
{
    struct profinst_context *back = state->tail;
    bool tail = profinst__unpark(state), off = id_of(function) == PROFINST__OFF;
    if (!tail && (off || !begin(1)))
        return nowhere;
    struct profinst_place place = off ? nowhere : record_call(state, function, clock);
    if (!tail)
        return place;
    if (id_of(function) != PROFINST__OFF)
        return (struct profinst_place){back, place.own};
    leave_anywhere(back, clock);
    return nowhere;
}

static inline __attribute__((always_inline)) struct profinst_place
enter_anywhere(struct profinst_function *function, clock_reading *clock)
{
    struct profinst__state *state = &profinst__state;
    return state->row ? record_call(state, function, clock)
                      : enter_without_row(state, function, clock);
}

/* What is not the rule is called last, so that the rest needs no stack. */

static inline __attribute__((always_inline)) struct profinst_place
enter(struct profinst_function *function, clock_reading *clock,
      struct profinst_place (*otherwise)(struct profinst_function *))
{
    struct profinst__state *state = &profinst__state;
    struct profinst_thread *row = state->row;
    uint32_t id = id_of(function);
    if (PROFINST_UNLIKELY(!row))
        return otherwise(function);
    if (PROFINST_UNLIKELY(id == PROFINST__OFF))
        return nowhere;
    struct profinst_context *from = state->current;
    struct profinst__link *link = first_link(state, from, id);
    if (PROFINST_UNLIKELY(from->target || !link))
        return otherwise(function);
    struct profinst_context *record = link->record, *target = link->target;
    profinst__add(&record->calls, 1);
    profinst__add(&from->self, claim(row, clock));
    profinst__set_current(state, row, target);
    return (struct profinst_place){from, record};
}

static inline __attribute__((always_inline)) void
leave(struct profinst_context *to, clock_reading *clock,
      void (*otherwise)(struct profinst_context *))
{
    if (PROFINST_UNLIKELY(!to))
        return;
    struct profinst__state *state = &profinst__state;
    struct profinst_thread *row = state->row;
    struct profinst_context *from = state->current;
    if (PROFINST_UNLIKELY(!row || to->thread != from->thread || from->target)) {
        otherwise(to);
        return;
    }
    profinst__add(&from->self, claim(row, clock));
    profinst__set_current(state, row, to);
}

/* Where the function is that `own` was given to. */
static struct profinst_context *context_of(void *own)
{
    struct profinst_context *record = own;
    return record && record->target ? profinst__address(record->target) : record;
}

/* Parks the row: whatever enters next finds none and takes the slow way. */
static void tail(void *place)
{
    struct profinst__state *state = &profinst__state;
    if (!place || (!state->row && !profinst__unpark(state)))
        return;
    *(struct profinst_context *volatile *)&state->tail = place;
    *(struct profinst_thread *volatile *)&state->row = NULL;
}

/* ---- inlined code ------------------------------------------------------------------------- */

/* The context of inlined code below another context. The inlined functions that it stands in come
 * first, but for those that are switched off. NULL if it is not to be had. */
static struct profinst_context *inlined_below(struct profinst__state *state,
                                              struct profinst_context *from,
                                              struct profinst_function *inlined)
{
    if (inlined->caller)
        from = inlined_below(state, from, inlined->caller);
    uint32_t id = id_of(inlined);
    if (!from || id == PROFINST__OFF)
        return from;
    struct profinst__link *link = find_link(state, from, inlined, id);
    bool folded = link && link->from != from;
    return link && !folded ? link->target : NULL;
}

/* The next call is made by inlined code, or by the hooked function itself again: the thread is in
 * the function, or in something inlined into it. Mostly the record says where the function is,
 * which is faster than to wait for what is known of the thread. */
static void frame(void *own, struct profinst_function *inlined)
{
    struct profinst__state *state = &profinst__state;
    struct profinst_context *from = state->current, *host = own;
    if (PROFINST_UNLIKELY(!host))
        return;
    if (PROFINST_UNLIKELY(!state->row)) {
        from = state->tail; /* back from a tail call to a function without hooks */
        if (!profinst__unpark(state))
            return;
    }
    struct profinst_thread *row = state->row;
    if (PROFINST_UNLIKELY(host->target || host->thread != from->thread))
        host = profinst__host(state->links, from);
    struct profinst_context *to = inlined ? inlined_below(state, host, inlined) : host;
    profinst__set_current(state, row, to ? to : host);
}

/* Goes to the context of inlined code, and returns where the thread was; NULL if it stays. */
static inline __attribute__((always_inline)) void *go_inlined(struct profinst__state *state,
                                                              struct profinst_function *inlined)
{
    struct profinst_thread *row = state->row;
    struct profinst_context *from = state->current;
    struct profinst_context *to = inlined_below(state, from, inlined);
    if (!to || to == from)
        return NULL;
    profinst__set_current(state, row, to);
    return from;
}

/* Behind a tail call to a function without hooks: as if that function were the callee, of which the
 * thread is in its caller as soon as the call is done. */
static __attribute__((noinline, cold)) void *step_in_without_row(struct profinst__state *state,
                                                                 struct profinst_function *inlined)
{
    struct profinst_context *back = state->tail;
    bool is_parked = profinst__unpark(state);
    if (!is_parked && !begin(0))
        return NULL;
    void *from = go_inlined(state, inlined);
    if (!is_parked)
        return from;
    if (!from)
        tail(back);
    return from ? back : NULL;
}

static void *step_in(struct profinst_function *inlined)
{
    struct profinst__state *state = &profinst__state;
    if (PROFINST_UNLIKELY(!state->row))
        return step_in_without_row(state, inlined);
    return go_inlined(state, inlined);
}

static void step_out(void *place)
{
    struct profinst_context *to = place;
    if (!place)
        return;
    struct profinst__state *state = &profinst__state;
    struct profinst_thread *row = state->row;
    if (PROFINST_UNLIKELY(!row)) {
        row = profinst__unpark(state);
        if (!row)
            return;
    }
    if (PROFINST_UNLIKELY(to->thread != state->current->thread))
        to = to->thread == row->number ? to : state->thread->root;
    profinst__set_current(state, row, to);
}

/* A row that is parked stays so: the thread is in the function that made the tail call. */
static void count(struct profinst_function *inlined, uint64_t calls)
{
    struct profinst__state *state = &profinst__state;
    uint32_t id = id_of(inlined);
    if (id == PROFINST__OFF)
        return;
    bool parked = !state->row && !state->at_work && state->thread && state->thread->row;
    if (PROFINST_UNLIKELY(!state->row && !parked) && !begin(calls))
        return;
    struct profinst_context *from = state->current;
    if (inlined->caller)
        from = inlined_below(state, from, inlined->caller);
    if (!from)
        from = state->thread->folded;
    struct profinst__link *link = from ? find_link(state, from, inlined, id) : NULL;
    if (PROFINST_UNLIKELY(!link))
        count_lost_calls(calls);
    else
        profinst__add(&link->record->calls, calls);
}

/* ---- one set for each clock --------------------------------------------------------------- */

static __attribute__((noinline)) struct profinst_place
enter_counter_anywhere(struct profinst_function *function)
{
    return enter_anywhere(function, profinst__counter);
}

static struct profinst_place enter_counter(struct profinst_function *function)
{
    return enter(function, profinst__counter, enter_counter_anywhere);
}

static __attribute__((noinline)) void leave_counter_anywhere(struct profinst_context *to)
{
    leave_anywhere(to, profinst__counter);
}

static void leave_counter(void *caller)
{
    leave(caller, profinst__counter, leave_counter_anywhere);
}

static void resume_counter(void *own)
{
    leave(context_of(own), profinst__counter, leave_counter_anywhere);
}

static __attribute__((noinline)) struct profinst_place
enter_monotonic_anywhere(struct profinst_function *function)
{
    return enter_anywhere(function, profinst__monotonic_ns);
}

static struct profinst_place enter_monotonic(struct profinst_function *function)
{
    return enter(function, profinst__monotonic_ns, enter_monotonic_anywhere);
}

static __attribute__((noinline)) void leave_monotonic_anywhere(struct profinst_context *to)
{
    leave_anywhere(to, profinst__monotonic_ns);
}

static void leave_monotonic(void *caller)
{
    leave(caller, profinst__monotonic_ns, leave_monotonic_anywhere);
}

static void resume_monotonic(void *own)
{
    leave(context_of(own), profinst__monotonic_ns, leave_monotonic_anywhere);
}

void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_clock clock)
{
    bool counter = clock == PROFINST_COUNTER;
    hooks->enter = counter ? enter_counter : enter_monotonic;
    hooks->leave = counter ? leave_counter : leave_monotonic;
    hooks->tail = tail;
    hooks->resume = counter ? resume_counter : resume_monotonic;
    hooks->frame = frame;
    hooks->step_in = step_in;
    hooks->step_out = step_out;
    hooks->count = count;
}

/* ---- what they cost ----------------------------------------------------------------------- */

/* A thread that calls the same function again and again, and is in no file. */
uint32_t profinst__hooks_event_cost(enum profinst_clock clock)
{
    enum { ROUNDS = 20, CALLS = 32 };
    static union {
        struct profinst__links links;
        char room[sizeof(struct profinst__links) + sizeof(struct profinst__link)];
    } scratch;
    static struct profinst_thread row;
    static struct profinst_context caller, callee;
    struct profinst_function function = {.id = 1};
    struct profinst_hooks hooks;
    struct profinst__state *state = &profinst__state, saved = *state;
    uint64_t least = UINT64_MAX;

    profinst__hooks_fill(&hooks, clock);
    scratch.links.slots[0] = (struct profinst__link){&caller, &callee, &callee, 1, 0};
    *state = (struct profinst__state){.row = &row, .current = &caller, .links = &scratch.links};
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = profinst__ticks();
        for (int call = 0; call < CALLS; call++)
            hooks.leave(hooks.enter(&function).caller);
        uint64_t time = profinst__ticks() - start;
        least = time < least ? time : least;
    }
    *state = saved;
    uint64_t cost = least * 1024 / (2 * CALLS);
    return cost < UINT32_MAX ? (uint32_t)cost : 0;
}
