/* Which calls the clock is read for. */
#ifndef PROFINST_TIMING_H
#define PROFINST_TIMING_H

#include "call.h"
#include "profinst_abi.h"
#include "profinst_format.h"
#include "section.h"
#include "thread.h"

/* PROFINST_TIMING, or else what the first unit was compiled for. */
enum profinst_timing profinst__timing_choose(const struct profinst_unit *first);

/* Measures what hooks cost, and writes it into the header. Calls that take less than a hundred
 * times as long as timing them are not timed, in PROFINST_TIMING_AUTO. Once, within a section,
 * before there are threads. */
void profinst__timing_calibrate(enum profinst_timing timing, enum profinst_clock clock);

/* What the calling thread does in between is none of the program's: making contexts, and room for
 * them. Within a section, so that no handler comes in between. */
void profinst__timing_pause(const struct profinst__section *section);
void profinst__timing_resume(const struct profinst__section *section);

/* ---- PROFINST_TIMING_AUTO ----------------------------------------------------------------- */

/* True if the clock is to be read for the next call to the node. */
static inline bool profinst__timing_wants(struct profinst__node *node)
{
    bool wanted = !node->counted || node->wanted;
    node->wanted = false;
    return wanted;
}

/* A call was timed. Returns how many it stands for: itself, or, where calls are only counted, those
 * of its node since the one before. */
static inline uint64_t profinst__timing_note(struct profinst__node *node, uint64_t ticks)
{
    extern uint64_t profinst__short_call; /* ticks */
    enum { TRIALS = 16 };
    uint64_t calls = node->seen.record->calls, entered = node->entered;
    /* Of calls within each other the outer ones return last; they stand for themselves then. */
    uint64_t weight = node->counted && entered > node->stood_for ? entered - node->stood_for : 1;
    node->stood_for = !node->counted              ? node->stood_for + 1
                      : entered > node->stood_for ? entered
                                                  : node->stood_for;
    node->time += ticks;
    node->timed++;
    if (!node->counted && node->timed >= TRIALS &&
        node->time < node->timed * profinst__short_call) {
        struct profinst_context *record = node->seen.record;
        record->timed_calls = calls;
        record->timed_self = record->mixed ? 0 : record->self;
        record->counted = 1;
        node->counted = true;
        if (node->caller)
            node->caller->host->mixed = 1;
    }
    return weight;
}

/* The next call to the node is timed. */
static inline void profinst__timing_want(struct profinst__node *node)
{
    if (!node->counted || !node->seen.function)
        return;
    node->wanted = true;
    node->seen.function = profinst__marked(node->seen.function);
}

#endif
