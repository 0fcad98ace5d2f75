/* No lock, nothing shared with other threads, and no call into libc but for CLOCK_MONOTONIC where
 * there is no better clock. Everything else hides in the clock's latency.
 *
 * Each event claims the time since the one before by moving the row's `last` on, in one step, and
 * gives it to the context that is left. So a signal handler whose own hooks come in between claims
 * its part, the interrupted hook claims the rest, and no moment is counted twice. */
#include "hooks.h"
#include "clock.h"
#include "file.h"
#include "fork.h"
#include "names.h"
#include "section.h"
#include "thread.h"
#include "tree.h"

typedef uint64_t clock_reading(void);

/* ---- the slow path ------------------------------------------------------------------------ */

static void count_lost_call(void)
{
    __atomic_fetch_add(&profinst__header->lost_calls, 1, __ATOMIC_RELAXED);
}

/* The first call of a thread, or a call of one that cannot be recorded. What the runtime itself
 * calls is nobody's call. */
static __attribute__((noinline, cold)) struct profinst_thread *begin(void)
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
        count_lost_call();
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
                                        struct profinst_function *function)
{
    struct profinst__section section;
    profinst__section_enter(&section);
    profinst__fork_notice(&section);
    struct profinst__link *link = NULL;
    if (section.row) {
        profinst__object_of(function->unit);
        profinst__lock();
        link = profinst__tree_make(state->thread, state->current, function);
        state->links = state->thread->links;
        state->thread->full = !link;
        renew_clock_pair();
        profinst__unlock();
    }
    profinst__section_leave(&section);
    return link;
}

/* The first slot of the table did not answer. The ones behind it may; or this is the first call of
 * the function from the current context. NULL: the call is lost. */
static __attribute__((noinline)) struct profinst__link *
search_link(struct profinst__state *state, struct profinst_function *function)
{
    uint32_t id = __atomic_load_n(&function->id, __ATOMIC_RELAXED);
    struct profinst__link *link = profinst__tree_find(state->thread, state->current, id);
    if (!link && !state->thread->full && state->current != &state->thread->sink)
        link = make_link(state, function);
    if (!link)
        count_lost_call();
    return link;
}

/* ---- the hot path ------------------------------------------------------------------------- */

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
    bool lost_already = from == &thread->sink;
    if (!lost_already)
        thread->sunk_from = from;
    profinst__add(&thread->sunk_from->self, time);
    *(struct profinst_context *volatile *)&state->current = &thread->sink;
    return (struct profinst_place){lost_already ? NULL : from, NULL};
}

/* Out of the sink; or out of a function that a fibre has carried over from another thread, whose
 * tree is not ours to write. */
static __attribute__((noinline, cold)) struct profinst_context *
other_place(struct profinst__state *state, struct profinst_context *to, uint64_t time)
{
    profinst__add(&profinst__recorded_place(state)->self, time);
    return to->thread == state->thread->row->number ? to : state->thread->root;
}

static inline __attribute__((always_inline)) struct profinst_place
record_call(struct profinst__state *state, struct profinst_function *function, clock_reading *clock)
{
    struct profinst_thread *row = state->row;
    struct profinst_context *from = state->current;
    uint32_t id = __atomic_load_n(&function->id, __ATOMIC_RELAXED);
    struct profinst__links *links = state->links;
    struct profinst__link *link = &links->slots[profinst__link_hash(from, id) & links->mask];
    if (PROFINST_UNLIKELY(link->from != from || link->function != id)) {
        link = search_link(state, function);
        if (!link)
            return lose_call(state, from, claim(row, clock));
    }
    struct profinst_context *target = link->target;
    profinst__add(&link->record->calls, 1);
    profinst__add(&from->self, claim(row, clock));
    profinst__set_current(state, row, target);
    return (struct profinst_place){from, target};
}

/* There is no row: the callee of a tail call enters, or the thread begins. */
static inline __attribute__((always_inline)) struct profinst_place
enter_without_row(struct profinst__state *state, struct profinst_function *function,
                  clock_reading *clock)
{
    struct profinst_context *back = state->tail;
    bool tail = profinst__unpark(state);
    if (!tail && !begin())
        return (struct profinst_place){NULL, NULL};
    struct profinst_place place = record_call(state, function, clock);
    return tail ? (struct profinst_place){back, place.own} : place;
}

static inline __attribute__((always_inline)) void leave(void *place, clock_reading *clock)
{
    struct profinst__state *state = &profinst__state;
    struct profinst_thread *row = state->row;
    struct profinst_context *to = place;
    if (PROFINST_UNLIKELY(!place))
        return;
    if (PROFINST_UNLIKELY(!row)) {
        row = profinst__unpark(state);
        if (!row)
            return;
    }
    if (PROFINST_UNLIKELY(to->thread != state->current->thread))
        to = other_place(state, to, claim(row, clock));
    else
        profinst__add(&state->current->self, claim(row, clock));
    profinst__set_current(state, row, to);
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

/* ---- one set for each clock --------------------------------------------------------------- */

static __attribute__((noinline, cold)) struct profinst_place
enter_counter_without_row(struct profinst__state *state, struct profinst_function *function)
{
    return enter_without_row(state, function, profinst__counter);
}

static struct profinst_place enter_counter(struct profinst_function *function)
{
    struct profinst__state *state = &profinst__state;
    if (PROFINST_UNLIKELY(!state->row))
        return enter_counter_without_row(state, function);
    return record_call(state, function, profinst__counter);
}

static void leave_counter(void *place)
{
    leave(place, profinst__counter);
}

static struct profinst_place enter_monotonic(struct profinst_function *function)
{
    struct profinst__state *state = &profinst__state;
    if (PROFINST_UNLIKELY(!state->row))
        return enter_without_row(state, function, profinst__monotonic_ns);
    return record_call(state, function, profinst__monotonic_ns);
}

static void leave_monotonic(void *place)
{
    leave(place, profinst__monotonic_ns);
}

void profinst__hooks_fill(struct profinst_hooks *hooks, enum profinst_clock clock)
{
    bool counter = clock == PROFINST_COUNTER;
    hooks->enter = counter ? enter_counter : enter_monotonic;
    hooks->leave = counter ? leave_counter : leave_monotonic;
    hooks->tail = tail;
}
