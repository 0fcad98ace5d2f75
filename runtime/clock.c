#include "clock.h"
#include <stdbool.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

static enum profinst_clock chosen = PROFINST_CLOCK_MONOTONIC;

static bool counter_is_invariant(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return __get_cpuid(0x80000007, &a, &b, &c, &d) && (d & (1u << 8));
#else
    return true; /* the architecture promises it */
#endif
}

enum profinst_clock profinst__clock_choose(void)
{
    chosen = counter_is_invariant() ? PROFINST_COUNTER : PROFINST_CLOCK_MONOTONIC;
    return chosen;
}

uint64_t profinst__ticks(void)
{
    return chosen == PROFINST_COUNTER ? profinst__counter() : profinst__monotonic_ns();
}

struct profinst_clock_pair profinst__clock_pair(void)
{
    struct profinst_clock_pair best = {0, 0};
    uint64_t best_gap = UINT64_MAX;
    /* An interrupt between the readings sets them apart; the tightest of a few is taken. */
    for (int i = 0; i < 4; i++) {
        uint64_t before = profinst__ticks();
        uint64_t ns = profinst__monotonic_ns();
        uint64_t after = profinst__ticks();
        if (after - before < best_gap) {
            best_gap = after - before;
            best = (struct profinst_clock_pair){before + best_gap / 2, ns};
        }
    }
    if (chosen == PROFINST_CLOCK_MONOTONIC)
        best.ticks = best.monotonic_ns;
    return best;
}
