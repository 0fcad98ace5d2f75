/* What a program counter belongs to: a hooked function, and there the profiler's code or the
 * program's own. */
#ifndef PROFINST_RANGES_H
#define PROFINST_RANGES_H

#include <stdbool.h>
#include "profinst_abi.h"

/* Learns where the code of the unit's object is, if it has not before. Called within a section,
 * not under the lock. */
void profinst__ranges_learn(const struct profinst_unit *unit);

struct profinst__range {
    bool profilers;
    const struct profinst_function *function; /* NULL: no hooked one, or not known. It may have been
                                                 unloaded since */
};

/* Safe in a signal handler. */
struct profinst__range profinst__range_of(uintptr_t program_counter);

#endif
