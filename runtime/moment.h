/* Time that goes by in a thread. */
#ifndef PROFINST_MOMENT_H
#define PROFINST_MOMENT_H

#include "platform.h"
#include "profinst_abi.h"
#include "profinst_format.h"

typedef uint64_t profinst__clock_reading(void);

struct profinst__moment {
    uint64_t now, since; /* ticks: and the time since the event before */
};

/* Claims the time since the thread's latest event by moving the row's `last` on, in one step. */
static inline __attribute__((always_inline)) struct profinst__moment
profinst__claim(struct profinst_thread *row, profinst__clock_reading *clock)
{
    uint64_t last, now;
    do {
        last = *(volatile uint64_t *)&row->last;
        now = clock();
        if (PROFINST_UNLIKELY(now < last))
            return (struct profinst__moment){last, 0}; /* another processor's clock is behind */
    } while (PROFINST_UNLIKELY(!profinst__replace(&row->last, last, now)));
    return (struct profinst__moment){now, now - last};
}

#endif
