/* Where the runtime is at work, and its lock. */
#ifndef PROFINST_SECTION_H
#define PROFINST_SECTION_H

#include <stdbool.h>
#include <stdint.h>
#include "profinst_abi.h"

struct profinst__node;

/* The runtime at work: no signal handler but that of SIGBUS runs in this thread and no cancellation
 * ends it, hooks do nothing and count nothing (libc's functions that the runtime calls may be the
 * program's own, and hooked), errno is kept. */
struct profinst__section {
    uint64_t signal_mask;
    bool masked;
    int saved_errno;
    struct profinst_node *node; /* where the thread is when the section is left */
};
void profinst__section_enter(struct profinst__section *section);
void profinst__section_leave(const struct profinst__section *section);

/* Where the thread was when it entered the section. */
struct profinst__node *profinst__section_place(const struct profinst__section *section);

/* One lock for the tables and the file, taken within a section. Nothing that could wait for another
 * thread may be called under it. */
void profinst__lock(void);
void profinst__unlock(void);

/* The lock is held while the process forks. Others wait half a second at most: the fork may want a
 * lock of the program's that they hold. Then they take it over, and what the child sees of tables
 * and file may be half changed. `unlock` returns false then, in both processes. */
void profinst__lock_for_fork(void);
bool profinst__unlock_after_fork(void);

/* In a new process: whoever held the lock is not there. */
void profinst__lock_forget(void);

#endif
