/* Following the process into its children. */
#ifndef PROFINST_FORK_H
#define PROFINST_FORK_H

#include "section.h"

/* Once, before any fork. 0, or an error number. */
int profinst__fork_prepare(void);

/* Children are known by the handlers of fork(2), which _Fork(3) and a bare clone(2) do not call.
 * Such a one is noticed here, at its first call from a new place; what it did before was counted as
 * its parent's. Called within the section, not under the lock; the section's row is NULL after that
 * if the child records nothing. */
void profinst__fork_notice(struct profinst__section *section);

#endif
