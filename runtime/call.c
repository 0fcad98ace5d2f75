#include "call.h"
#include "clock.h"
#include "durations.h"
#include "file.h"
#include "fork.h"
#include "object.h"
#include "sample.h"
#include "section.h"
#include "timing.h"

void profinst__count_lost(uint64_t calls)
{
    __atomic_fetch_add(&profinst__header->lost_calls, calls, __ATOMIC_RELAXED);
}

struct profinst__node *profinst__begin(uint64_t calls)
{
    struct profinst__state *state = &profinst__state;
    if (state->at_work)
        return NULL;
    if (!state->thread) {
        struct profinst__section section;
        profinst__section_enter(&section);
        profinst__fork_notice(&section);
        profinst__section_leave(&section);
        profinst__thread_begin();
    }
    /* A handler's hooks may have come first. */
    struct profinst__node *node = profinst__where(state);
    if (!node)
        profinst__count_lost(calls);
    return node;
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

static struct profinst__node *make(struct profinst__node *from, struct profinst_function *function)
{
    struct profinst__section section;
    struct profinst__thread *thread = profinst__state.thread;
    profinst__section_enter(&section);
    profinst__fork_notice(&section);
    profinst__timing_pause(&section);
    struct profinst__node *node = NULL;
    if (profinst__section_place(&section)) {
        profinst__samples_keep(&thread->sampler, &section);
        profinst__object_of(function->unit);
        profinst__lock();
        node = profinst__tree_make(thread, from, function);
        thread->full = !node && function->id != PROFINST__OFF;
        if (node && !node->durations && !(function->flags & PROFINST_INLINED))
            node->durations = profinst__durations_of(thread, node->seen.record);
        renew_clock_pair();
        profinst__unlock();
    }
    profinst__timing_resume(&section);
    profinst__section_leave(&section);
    return node;
}

PROFINST_HOOK struct profinst__node *profinst__search(struct profinst__node *from,
                                                      struct profinst_function *function)
{
    struct profinst__thread *thread = profinst__state.thread;
    if (from == &thread->sink)
        return NULL;
    struct profinst__node *node = profinst__tree_find(thread, from->seen.place, function);
    return node || thread->full ? node : make(from, function);
}
