/* How long calls take: histograms, one for each function in each thread, or for each context. */
#ifndef PROFINST_DURATIONS_H
#define PROFINST_DURATIONS_H

#include "platform.h"
#include "profinst_format.h"
#include "thread.h"

struct profinst__durations {
    uint32_t function, context; /* as in struct profinst_octave */
    struct profinst__thread *thread;
    uint64_t late; /* what its durations have in front while they wait; 0: they do not */
    struct profinst_octave *octaves[PROFINST_OCTAVES]; /* NULL: none of that length so far */
};

#define PROFINST__LATE_TICKS 40

/* From now on each context has its own, in place of those of each function. */
void profinst__durations_by_context(void);

/* Those that calls counted by the record belong to, or NULL without memory. Called within a
 * section, under the lock. */
struct profinst__durations *profinst__durations_of(struct profinst__thread *thread,
                                                   const struct profinst_context *record);

/* In the child of a fork: a chunk of these, all of which were the parent's. */
void profinst__durations_clear(struct profinst__chunk *chunk);

/* A duration, in the place of so many; the first of its octave. */
void profinst__durations_begin(struct profinst__durations *durations, uint64_t ticks,
                               uint64_t weight);

/* A duration, in the place of so many. What is not the rule comes last, so that the rest needs no
 * stack. */
static inline __attribute__((always_inline)) void
profinst__durations_add(struct profinst__durations *durations, uint64_t ticks, uint64_t weight)
{
    uint32_t number = ticks < 32 ? 0 : 59 - (uint32_t)__builtin_clzll(ticks);
    struct profinst_octave *octave = durations->octaves[number];
    if (PROFINST_UNLIKELY(!octave)) {
        profinst__durations_begin(durations, ticks, weight);
        return;
    }
    profinst__add(&octave->counts[ticks >> (number ? number + 1 : 2) & 7], weight);
    profinst__add(&octave->timed, 1);
    if (PROFINST_UNLIKELY(ticks < octave->least))
        octave->least = ticks;
    if (PROFINST_UNLIKELY(ticks > octave->greatest))
        octave->greatest = ticks;
}

/* The same, for a thread's own, some durations later: a processor that waits for the clock can do
 * what does not need its reading. They wait in one word each, the function's id before 40 bits of
 * ticks, which is changed in one step. */
static inline __attribute__((always_inline)) void
profinst__durations_add_late(struct profinst__thread *thread, struct profinst__durations *durations,
                             uint64_t ticks)
{
    uint64_t *waits = &thread->late[thread->late_count++ % PROFINST__LATE], former;
    if (PROFINST_UNLIKELY(!durations->late || ticks >> PROFINST__LATE_TICKS)) {
        profinst__durations_add(durations, ticks, 1);
        return;
    }
    do
        former = *(volatile uint64_t *)waits;
    while (PROFINST_UNLIKELY(!profinst__replace(waits, former, durations->late | ticks)));
    if (former)
        profinst__durations_add(thread->durations[former >> PROFINST__LATE_TICKS],
                                former & ((UINT64_C(1) << PROFINST__LATE_TICKS) - 1), 1);
}

/* No duration of the calling thread waits any more; or ever will again, where it comes to an end.
 * Called outside of sections. */
void profinst__durations_settle(struct profinst__thread *thread, bool for_ever);

#endif
