/* What the runtime needs from the machine and the kernel. Nothing here calls malloc or changes
 * errno of the program: the callers on the slow path save it once. */
#ifndef PROFINST_PLATFORM_H
#define PROFINST_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROFINST_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The thread's hot state sits at a fixed offset from the thread pointer: one load, no call. */
#define PROFINST_TLS __thread __attribute__((tls_model("initial-exec")))

/* One instruction, as seen by a signal handler of the same thread: what a handler adds in between
 * is never overwritten. */
static inline void profinst__add(volatile uint64_t *counter, uint64_t value)
{
#if defined(__x86_64__)
    __asm__ volatile("addq %1, %0" : "+m"(*counter) : "er"(value) : "cc", "memory");
#else
    __atomic_fetch_add(counter, value, __ATOMIC_RELAXED);
#endif
}

/* Entering the slow path: no signal handler may run in this thread (its hooks would re-enter), no
 * cancellation may end it, and no other thread may change the tables. */
struct profinst__section {
    uint64_t signal_mask;
    int saved_errno;
};
void profinst__section_enter(struct profinst__section *section);
void profinst__section_leave(const struct profinst__section *section);

/* Zeroed memory of the process, or NULL. Given back by no one: the runtime keeps what a signal
 * handler or a dying thread might still look at. */
void *profinst__memory(size_t size);

size_t profinst__page_size(void);

/* One line on standard error: "profinst: <what>[ <on what>][: <description of error>]; <and so>".
 */
void profinst__say(const char *what, const char *on_what, int error, const char *and_so);

#endif
