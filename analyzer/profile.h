/* A profile in memory: decoded, checked and settled.
 *
 * What profile_open returns can be relied upon: every index is in range, parents stand before their
 * children, a chain of callers holds no function twice, no thread has more time than it lived, all
 * calls and all lifetimes can be summed up, strings end and are not overlong. */
#ifndef PROFINST_ANALYZER_PROFILE_H
#define PROFINST_ANALYZER_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"
#include "profinst_format.h"

#define PROFILE_NONE ((size_t)-1)

struct profile_function {
    const char *linkage_name;
    size_t object;
    size_t source; /* PROFILE_NONE: unknown */
    uint32_t line; /* 0: unknown */
};

struct profile_thread {
    struct profinst_thread raw;
    size_t root;    /* context; PROFILE_NONE while the thread has none yet */
    size_t folded;  /* context: root of its folded contexts; PROFILE_NONE: it has none */
    size_t current; /* context that raw.current names; PROFILE_NONE: none that was read */
    uint64_t lifetime_ticks;
    int64_t lifetime_ns;
    uint64_t self_ticks; /* of its contexts together; the rest of its lifetime is unattributed */
    int64_t self_ns;
};

struct profile_context {
    uint32_t reference;
    size_t thread;
    size_t function; /* PROFILE_NONE: root of the thread */
    size_t parent;   /* PROFILE_NONE: root of the thread */
    bool folded;     /* below a thread's second root: whoever called; or that root */
    uint64_t calls;  /* without cross calls */
    uint64_t self_ticks;
    int64_t self_ns;
    int64_t cumulative_ns; /* self_ns summed over the subtree */
};

/* Calls out of `caller` that lead across the tree to `target`: up to the caller itself or one above
 * it, or from one folded context to another. */
struct profile_cross_call {
    uint32_t reference;
    size_t caller;
    size_t target;
    uint64_t calls;
};

struct profile {
    struct pool pool; /* the strings */
    const char *path; /* borrowed from the caller of profile_open */
    struct profinst_header header;
    uint64_t digest; /* of the file's bytes; tells two states of one profile apart */
    uint64_t calls;  /* of all records, roots and recursive ones too */

    const char **objects;
    const char **sources;
    struct profile_function *functions;
    struct profile_thread *threads;
    struct profile_context *contexts; /* in the order of their references */
    struct profile_cross_call *cross_calls;
    size_t object_count, source_count, function_count, thread_count, context_count,
        cross_call_count;
    size_t object_capacity, source_capacity, function_capacity, thread_capacity, context_capacity,
        cross_call_capacity;

    bool changing;           /* the process wrote to it while it was read */
    uint64_t end_ticks;      /* end of the process; or its latest event, if it did not end */
    int64_t duration_ns;     /* from the start to that */
    double ticks_per_second; /* 0: unknown, and then so are all times */
};

/* Reads, checks and settles. On failure the message is printed and nothing is owned. Only of
 * STATUS_UNMADE nothing is printed: the file is empty, or has zeros where its magic should be. So
 * is one that was being made when its process was killed, which had counted nothing in it. */
enum status profile_open(struct profile *profile, const char *path);
void profile_close(struct profile *profile);

#endif
