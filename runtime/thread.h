/* A thread: its hot state, its row in the profile, and the tree of contexts it is in. */
#ifndef PROFINST_THREAD_H
#define PROFINST_THREAD_H

#include <stdbool.h>
#include "file.h"
#include "platform.h"
#include "profinst_abi.h"
#include "profinst_format.h"
#include "sample.h"

/* Where a thread can be: a context, and how it came there. Calls that lead across the tree have
 * nodes of their own, which share the place. Set once, but for `callees` and what is measured. */
struct profinst__node {
    struct profinst_node seen;
    struct profinst__node *caller; /* of the call that made it; NULL: a root's */
    struct profinst_context *host; /* gets the time of a thread that is here; the place's, if that
                                      is of inlined code */
    struct profinst__durations *durations;
    uint64_t time;      /* ticks: the sum of the calls that were timed */
    uint64_t timed;     /* how many those were */
    uint64_t stood_for; /* of its calls, by those that were timed */
    uint64_t entered;   /* of its calls, when the latest that was timed began */
    bool counted;       /* calls are only counted, the clock is given up */
    bool wanted;        /* but the next one is timed */
};

/* Where a call from a context leads. Set once, never changed. */
struct profinst__link {
    const struct profinst_context *from; /* NULL: the slot is free */
    struct profinst__node *node;
    uint32_t code;
    uint32_t reserved;
};

/* All links of a tree, by context and code: open addressing, at most half full. A tree that
 * grows gets a new table; the old one stays, for a hook that a signal handler has interrupted. */
struct profinst__links {
    uint64_t mask; /* number of slots less one */
    uint64_t used;
    struct profinst__link slots[];
};

/* What a thread has used of the machine. */
struct profinst__usage {
    uint64_t ns;        /* CLOCK_MONOTONIC */
    uint64_t kernel_ns; /* processor time in the kernel */
    long waits;         /* how often it has left the processor of its own */
};

/* So many durations wait before they enter their histogram. */
#define PROFINST__LATE 8u

/* What a row of the profile needs besides; handed on with it. */
struct profinst__thread {
    struct profinst_thread *row; /* NULL: of threads that are not recorded */
    struct profinst__node *root;
    struct profinst__links *links;
    struct profinst__node *spare_nodes; /* not taken yet */
    size_t spare_count;
    struct profinst__chunk *contexts;       /* where the next one goes; NULL: none yet */
    struct profinst__chunk *octaves;        /* the same for those of durations */
    struct profinst__durations **durations; /* by the id of the function */
    size_t durations_room;
    uint64_t late[PROFINST__LATE]; /* see durations.h */
    uint64_t late_count;
    struct profinst__durations *spare_durations; /* not taken yet */
    size_t spare_durations_count;
    struct profinst__thread *next;      /* of all */
    struct profinst__thread *next_idle; /* of those whose thread has ended */
    struct profinst_context *folded;    /* root of the folded contexts; NULL: none yet */
    struct profinst__node sink; /* where it is within a call that cannot be recorded, made from the
                                   sink's caller */
    struct profinst__sampler sampler;
    struct profinst__usage usage; /* when the latest sample was taken */
    int rounds_to_end;
    bool full; /* no room for more contexts: calls from new places are lost, and not tried again */
};

/* What hooks reach with one load. */
struct profinst__state {
    struct profinst_here here; /* where the thread is; profinst__closed if there is more to ask */
    struct profinst__thread *thread; /* NULL: the thread has not begun; one without a row: it has
                                        ended, or cannot be recorded */
    struct profinst__node
        *parked; /* between a tail call and the entry of its callee: who made
                    the call, and where the callee will return to; otherwise NULL */
    void *back;
    bool at_work; /* in a section */
};
extern PROFINST_TLS struct profinst__state profinst__state;

/* Where threads are that have not begun, or are at work, or parked: every call is the hooks'. And a
 * node of nobody, for calls that are not recorded. */
extern struct profinst__node profinst__closed, profinst__nobody;

/* The place of a sink, from which no call leads anywhere. */
extern struct profinst_context profinst__lost;

static inline struct profinst__node *profinst__node(const void *seen)
{
    return (struct profinst__node *)(uintptr_t)seen;
}

/* Whose node a thread can have that is not recorded: no node's, so that code never goes there. */
#define PROFINST__NO_THREAD UINT64_MAX

/* Where the thread is; NULL if that is nowhere, or it is at work. A thread that is not recorded any
 * more can still come back to a place, out of a function that calls nobody. */
static inline struct profinst__node *profinst__where(const struct profinst__state *state)
{
    struct profinst__node *node = profinst__node(state->here.node);
    if (node != &profinst__closed)
        return state->thread->row ? node : NULL;
    return state->at_work ? NULL : state->parked;
}

/* What profinst_hooks has as `here`. */
static inline int64_t profinst__here_offset(void)
{
#if defined(__x86_64__)
    char *thread_pointer;
    __asm__("movq %%fs:0, %0" : "=r"(thread_pointer));
    return (char *)&profinst__state.here - thread_pointer;
#else
    return 1;
#endif
}

static inline void profinst__go(struct profinst__state *state, struct profinst__node *node)
{
    *(struct profinst_node *volatile *)&state->here.node = &node->seen;
}

/* The row has a copy for whoever reads the profile, made when time is taken. The thread's own is
 * not in the file, which after a fork is the parent's until there is a new one. */
static inline void profinst__note_place(struct profinst_thread *row,
                                        const struct profinst__node *node)
{
    *(volatile uint64_t *)&row->current = (uintptr_t)node->seen.place;
}

/* Once, before any thread begins. 0, or an error number. */
int profinst__threads_prepare(void);

/* The descriptors between these addresses are gone: no call of one is passed without its hook,
 * which could be one of something else that was loaded there. Called under the lock. */
void profinst__threads_forget(uintptr_t start, uintptr_t end);

/* Puts the calling thread into the profile; false if that cannot be, or if the thread has ended.
 * Takes its own section. */
bool profinst__thread_begin(void);

/* In the child of a fork: no thread is recorded from now on. Called within a section. */
void profinst__threads_stop(void);

/* In the child of a fork: everything counted so far was the parent's, and of its threads only the
 * calling one is left, in the place `node`. Called within a section. */
void profinst__threads_fork(struct profinst__node *node, const struct profinst__section *section);

#endif
