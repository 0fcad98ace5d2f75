/* Following the process into its children. */
#ifndef PROFINST_FORK_H
#define PROFINST_FORK_H

#include <stdbool.h>
#include "profinst_format.h"

/* Once, before any fork. */
bool profinst__fork_prepare(void);

/* Children are known by the handlers of fork(2), which _Fork(3) and a bare clone(2) do not call.
 * Such a one is noticed here, at its first call from a new place; what it did before was counted as
 * its parent's. Called within a section, not under the lock; `row` is the calling thread's. */
void profinst__fork_notice(struct profinst_thread *row);

#endif
