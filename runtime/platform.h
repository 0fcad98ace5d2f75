/* What the runtime needs from the machine and the kernel. */
#ifndef PROFINST_PLATFORM_H
#define PROFINST_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "profinst_format.h"

#define PROFINST_UNLIKELY(x) __builtin_expect(!!(x), 0)

/* The code of hooks, so that samples that fall into it are known. */
#define PROFINST_HOOK __attribute__((section("profinst_hooks")))

/* The thread's hot state sits at a fixed offset from the thread pointer: one load, no call. */
#define PROFINST_TLS __thread __attribute__((tls_model("initial-exec")))

/* Each of these is one step as seen by a signal handler of the same thread, which is all the hot
 * path needs: nobody else writes what it writes. */

static inline void profinst__add(volatile uint64_t *sum, uint64_t value)
{
#if defined(__x86_64__)
    __asm__ volatile("addq %1, %0" : "+m"(*sum) : "er"(value) : "cc", "memory");
#else
    __atomic_fetch_add(sum, value, __ATOMIC_RELAXED);
#endif
}

/* Writes `next` if the value is still `expected`. */
static inline bool profinst__replace(volatile uint64_t *value, uint64_t expected, uint64_t next)
{
#if defined(__x86_64__)
    bool done;
    __asm__ volatile("cmpxchgq %3, %1"
                     : "=@ccz"(done), "+m"(*value), "+a"(expected)
                     : "r"(next)
                     : "memory");
    return done;
#else
    return __atomic_compare_exchange_n(value, &expected, next, false, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED);
#endif
}

/* Zeroed memory of the process, or NULL. Given back by no one: the runtime keeps what a signal
 * handler or a dying thread might still look at. */
void *profinst__memory(size_t size);

/* A byte that is 1 until set otherwise, and 0 in a child made by fork, whoever made it (Linux 4.14;
 * before that it is 1 there too). NULL without memory. */
volatile char *profinst__fork_mark(void);

size_t profinst__page_size(void);

/* Of the whole process, until now; all 0 if the system does not say. */
struct profinst_usage profinst__usage(void);

/* One line on standard error: "profinst: WHAT[ ON WHAT][: DESCRIPTION OF ERROR]; AND SO". */
void profinst__say(const char *what, const char *on_what, int error, const char *and_so);

#endif
