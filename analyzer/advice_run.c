/* Rules of advice about the run as a whole. */
#include <stdlib.h>

#include "advice_rules.h"

void advice_find_startup(struct advice_search *search)
{
    const struct facts *facts = search->facts;
    struct pool *pool = &search->list->pool;
    double *ns = memory_array(facts->function_count, sizeof *ns);
    double sum_ns = 0;
    size_t largest = FACTS_NONE, count = 0;
    for (size_t i = 0; i < facts->start_count; i++) {
        size_t function = facts->starts[i].function;
        count += ns[function] == 0;
        ns[function] += facts_sure(&facts->functions[function], facts->starts[i].ns);
        sum_ns += facts_sure(&facts->functions[function], facts->starts[i].ns);
        if (largest == FACTS_NONE || ns[function] > ns[largest])
            largest = function;
    }
    double share = advice_share(search, sum_ns, 0);
    if (sum_ns > 0 && share >= advice_threshold(search, CONFIG_STARTUP_SHARE)) {
        struct advice *advice = advice_add(
            search, largest, sum_ns, 0, "%s of the time passes before main begins, most in %s.",
            advice_value(pool, ADVICE_SHARE, share), advice_name(search, largest));
        advice_number(advice, ADVICE_COUNT, "functions", "functions", (double)count);
        advice_number(advice, ADVICE_NS, "time_ns", "time, at least", sum_ns);
        advice_number(advice, ADVICE_NS, "largest_ns", "of it in the largest", ns[largest]);
        advice_number(advice, ADVICE_SHARE, "share", "share of the time", share);
    }
    free(ns);
}

void advice_find_unmeasured(struct advice_search *search)
{
    const struct facts *facts = search->facts;
    double share = advice_share(search, facts->outside_ns, 0);
    if (facts->outside_ns <= 0 || share < advice_threshold(search, CONFIG_UNMEASURED_SHARE))
        return;
    struct advice *advice =
        advice_add(search, FACTS_NONE, facts->outside_ns, 0,
                   "%s of the threads' time is in no function that was measured.",
                   advice_value(&search->list->pool, ADVICE_SHARE, share));
    advice_number(advice, ADVICE_NS, "outside_ns", "time outside", facts->outside_ns);
    advice_number(advice, ADVICE_SHARE, "share", "share of the time", share);
}

/* Nothing of the program's time is at stake here. */
void advice_find_profiler(struct advice_search *search)
{
    const struct facts *facts = search->facts;
    double all = facts->total_ns + facts->profiler_ns;
    double share = all > 0 ? facts->profiler_ns / all : 0;
    if (facts->profiler_ns <= 0 || share < advice_threshold(search, CONFIG_PROFILER_SHARE))
        return;
    struct advice *advice =
        advice_add(search, FACTS_NONE, 0, 0, "Recording took %s of the threads' time.",
                   advice_value(&search->list->pool, ADVICE_SHARE, share));
    advice_number(advice, ADVICE_NS, "profiler_ns", "time of the profiler", facts->profiler_ns);
    advice_number(advice, ADVICE_COUNT, "calls", "calls", facts->calls);
    advice_number(advice, ADVICE_SHARE, "share", "share of the time with it", share);
}
