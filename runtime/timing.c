#define _GNU_SOURCE
#include "timing.h"
#include "clock.h"
#include "file.h"
#include "hooks.h"
#include "moment.h"
#include "platform.h"
#include "tree.h"
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define ADD "addq $1, %0\n\t"
#else
#define ADD "add %0, %0, 1\n\t"
#endif
#define ADD8 ADD ADD ADD ADD ADD ADD ADD ADD

uint64_t profinst__short_call;

enum profinst_timing profinst__timing_choose(const struct profinst_unit *first)
{
    static const char *const names[] = PROFINST_TIMING_NAMES;
    const char *wanted = secure_getenv("PROFINST_TIMING");
    uint32_t timing = first->timing;
    if (timing < PROFINST_TIMING_EXACT || timing > PROFINST_TIMING_OFF)
        timing = PROFINST_TIMING_AUTO;
    if (!wanted || !*wanted)
        return timing;
    for (uint32_t i = PROFINST_TIMING_EXACT; i <= PROFINST_TIMING_OFF; i++)
        if (strcmp(wanted, names[i]) == 0)
            return i;
    profinst__say("PROFINST_TIMING is none of exact, auto, counts and off:", wanted, 0,
                  "the default is taken");
    return timing;
}

/* The row, if the section was entered in a place, and the clock is read at all. */
static struct profinst_thread *timed_row(const struct profinst__section *section)
{
    uint32_t timing = profinst__header->timing;
    bool timed = timing == PROFINST_TIMING_EXACT || timing == PROFINST_TIMING_AUTO;
    return timed && profinst__section_place(section) ? profinst__state.thread->row : NULL;
}

void profinst__timing_pause(const struct profinst__section *section)
{
    struct profinst_thread *row = timed_row(section);
    if (row)
        profinst__add(&profinst__section_place(section)->host->self,
                      profinst__claim(row, profinst__ticks).since);
}

void profinst__timing_resume(const struct profinst__section *section)
{
    struct profinst_thread *row = timed_row(section);
    if (row)
        profinst__add(&row->making, profinst__claim(row, profinst__ticks).since);
}

/* How long a cycle of the processor is: in 1/1024 of a tick. */
static uint32_t cycle(void)
{
    enum { ROUNDS = 20, CYCLES = 1024 };
    uint64_t least = UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = profinst__ticks(), sum = 0;
        for (int i = 0; i < CYCLES / 8; i++)
            __asm__ volatile("" ADD8 : "+r"(sum)); /* each waits for the one before */
        uint64_t time = profinst__ticks() - start;
        least = time < least ? time : least;
    }
    return (uint32_t)(least * 1024 / CYCLES);
}

/* A thread that calls the same function again and again, and is in no file. */
void profinst__timing_calibrate(enum profinst_timing timing, enum profinst_clock clock)
{
    enum { ROUNDS = 20, CALLS = 32 };
    static union {
        struct profinst__links links;
        char room[sizeof(struct profinst__links) + sizeof(struct profinst__link)];
    } scratch;
    static struct profinst_thread row = {.number = 1};
    static struct profinst_context outer, inner;
    static struct profinst__thread thread = {.row = &row};
    static struct profinst__node caller, callee;
    struct profinst_function function = {.id = 1};
    struct profinst_hooks hooks;
    struct profinst__state *state = &profinst__state, saved = *state;
    uint64_t least = UINT64_MAX;

    profinst__hooks_fill(&hooks, PROFINST_TIMING_EXACT, clock);
    profinst__tree_set_node(&caller, &thread, &outer, &outer);
    profinst__tree_set_node(&callee, &thread, &inner, &inner);
    thread.links = &scratch.links;
    scratch.links.slots[0] = (struct profinst__link){&outer, &callee, 1, 0};
    *state = (struct profinst__state){.here = {&caller.seen, row.number}, .thread = &thread};
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t start = profinst__ticks();
        outer.self = inner.self = 0;
        row.last = start;
        for (int call = 0; call < CALLS; call++) {
            struct profinst_start begun;
            hooks.leave(hooks.enter(&function, &begun).caller, &begun);
        }
        uint64_t time = profinst__ticks() - start;
        if (time >= least)
            continue;
        least = time;
        profinst__header->timed = (struct profinst_cost){
            .inside = (uint32_t)(inner.self * 1024 / CALLS),
            .outside = (uint32_t)(outer.self * 1024 / CALLS),
        };
    }
    *state = saved;
    profinst__header->timing = timing;
    profinst__header->event_cost = (uint32_t)(least * 1024 / (2 * CALLS));
    /* What hooked code does to pass a call by itself is told by its address. What it does besides,
     * to save registers and by being there, is about so much (docs/PERFORMANCE.md). */
    profinst__header->counted.inside = cycle() * 13 / 10;
    profinst__short_call = 100 * least / CALLS;
}
