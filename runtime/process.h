/* The runtime's life in a process. */
#ifndef PROFINST_PROCESS_H
#define PROFINST_PROCESS_H

#include "profinst_format.h"

/* Children are known by the handlers of fork(2), which _Fork(3) and a bare clone(2) do not call.
 * Such a one is noticed here, at its first call from a new place; what it did before was counted as
 * its parent's. Called within a section, not under the lock; `row` is the calling thread's. */
void profinst__process_notice_fork(struct profinst_thread *row);

#endif
