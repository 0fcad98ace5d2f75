/* The clock of the hot path. */
#ifndef PROFINST_CLOCK_H
#define PROFINST_CLOCK_H

#include <stdint.h>
#include <sys/time.h>
#include <time.h>
#include "profinst_format.h"

static inline uint64_t profinst__monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t profinst__in_ns(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_usec * 1000u;
}

/* The machine's own counter; PROFINST_COUNTER names it for the profile. */
#if defined(__x86_64__)
#define PROFINST_COUNTER PROFINST_CLOCK_TSC
static inline uint64_t profinst__counter(void)
{
    return __builtin_ia32_rdtsc();
}
#elif defined(__aarch64__)
#define PROFINST_COUNTER PROFINST_CLOCK_CNTVCT
static inline uint64_t profinst__counter(void)
{
    uint64_t ticks;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}
#else
#error "profinst: no clock for this processor; add one here"
#endif

/* Chooses the counter if it runs at one rate on every core, else CLOCK_MONOTONIC. */
enum profinst_clock profinst__clock_choose(void);

/* The time in ticks of the chosen clock. */
uint64_t profinst__ticks(void);

/* The same moment on the chosen clock and on CLOCK_MONOTONIC, as close as can be read. */
struct profinst_clock_pair profinst__clock_pair(void);

#endif
