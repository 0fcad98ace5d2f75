/* Steps of profile_correct: what it knows of each context. Times are ticks. */
#ifndef PROFINST_ANALYZER_PROFILE_ESTIMATE_H
#define PROFINST_ANALYZER_PROFILE_ESTIMATE_H

#include "profile_steps.h"

struct call_cost {
    double inside, outside;
};

/* Calls to a context and from it that have hooks, by whether the clock was read for them. */
struct traffic {
    uint64_t timed, counted, timed_made, counted_made;
};

/* What there was of a context when it gave the clock up, and the samples of one that may not have.
 */
struct phase {
    bool counted;   /* it did */
    uint64_t calls; /* its calls then, and its time */
    uint64_t self;
    uint64_t samples, hook_samples;
};

struct estimate {
    struct profile *profile;
    struct call_cost timed, counted;
    struct traffic *traffic; /* of each context */

    /* Of PROFINST_TIMING_AUTO; otherwise NULL. Of each context: */
    struct phase *phases;
    size_t *groups; /* head of its group: itself, if it has not given the clock up */
    double *costs;  /* all that was to be taken out */
};

size_t estimate_place(const struct profile *profile, size_t context);

/* NULL: the context has not given the clock up. */
static inline const struct phase *estimate_phase(const struct estimate *estimate, size_t context)
{
    const struct phase *phase = estimate->phases ? &estimate->phases[context] : NULL;
    return phase && phase->counted ? phase : NULL;
}

/* Finds phases and groups; makes room. */
void estimate_begin(struct estimate *estimate);

/* Divides the time of each group among its members, once all contexts are corrected as if they were
 * alone; finds errors. Frees what estimate_begin made. */
void estimate_end(struct estimate *estimate);

#endif
