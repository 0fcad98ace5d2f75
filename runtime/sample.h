/* Samples of a thread: a signal, about every millisecond of its processor time, whose handler is
 * told where the program was interrupted. All functions are called within a section; a sample that
 * falls into one is taken at its end.
 *
 * The signal is SIGURG, in a program that makes no use of it. Each signal has to be asked for, by
 * the handler for the one before: so a program that takes the signal over sees one of ours at most
 * in each thread, and without a handler it is ignored. It is never raised in a system call. */
#ifndef PROFINST_SAMPLE_H
#define PROFINST_SAMPLE_H

#include <stdint.h>
#include "section.h"

/* A thread's, of zeros at first. */
struct profinst__sampler {
    int source; /* 0: there are no samples */
    int handle; /* the event's descriptor, or the timer */
    int thread; /* whose samples: gettid() */
    int process;
    uint64_t event; /* the kernel's name for the event */
    uint64_t random;
    uint32_t taken;
    uint32_t weight; /* the distance of samples is that many periods, and each stands for as many */
    uint32_t needed; /* of those that were taken since the weight was thought about, ... */
    uint32_t pending; /* ... which were so many */
};

/* Once, before any thread begins: makes ready for samples, if the system lets us and the program
 * does not use the signal, and notes in the header how far they are apart. */
void profinst__samples_prepare(void);

/* For the calling thread. Where it blocks the signal, or has an alternate stack too small for it,
 * there are no samples. */
void profinst__samples_begin(struct profinst__sampler *sampler,
                             const struct profinst__section *section);

/* Begins anew for the calling thread, if the program has closed the descriptor. For slow events. */
void profinst__samples_keep(struct profinst__sampler *sampler,
                            const struct profinst__section *section);

/* Also in the child of a fork, which has no samples but the descriptors of all threads: for each
 * of its parent's samplers, before it begins one of its own. */
void profinst__samples_end(struct profinst__sampler *sampler);

/* In sampled.c: a sample of the calling thread, in a signal handler with little stack. True
 * if it tells something that the clock does not. */
bool profinst__sample_taken(uintptr_t program_counter, uint32_t weight);

#endif
