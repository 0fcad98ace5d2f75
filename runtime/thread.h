/* A thread: its hot state, its row in the profile, and the tree of contexts it is in. */
#ifndef PROFINST_THREAD_H
#define PROFINST_THREAD_H

#include <stdbool.h>
#include "file.h"
#include "platform.h"
#include "profinst_format.h"

/* Where a call from a context leads: the answer to most of what the hot path asks. Set once, never
 * changed. */
struct profinst__link {
    struct profinst_context *from;   /* the caller's context; NULL: the slot is free */
    struct profinst_context *record; /* counts the call */
    struct profinst_context *target; /* where the thread is then: the record, or, of a cross record,
                                        its target */
    uint32_t code;
    uint32_t reserved;
};

/* All links of a tree, by context and code: open addressing, at most half full. A tree that
 * grows gets a new table; the old one stays, for a hook that a signal handler has interrupted. */
struct profinst__links {
    uint64_t mask; /* number of slots less one */
    uint64_t used;
    uint64_t reserved[2];
    struct profinst__link slots[];
};

/* What a row of the profile needs besides; handed on with it. */
struct profinst__thread {
    struct profinst_thread *row;
    struct profinst_context *root;
    struct profinst__links *links;
    struct profinst__chunk *chunk;      /* of CONTEXTS, where the next one goes; NULL: none yet */
    struct profinst__thread *next;      /* of all */
    struct profinst__thread *next_idle; /* of those whose thread has ended */
    struct profinst_context *folded;    /* root of the folded contexts; NULL: none yet */
    struct profinst_context *sunk_from; /* where the thread was before it came into the sink, and is
                                           as far as the file goes */
    int rounds_to_end;
    bool full; /* no room for more contexts: calls from new places are lost, and not tried again */
};

/* What hooks reach with one load. */
struct profinst__state {
    struct profinst_thread *row;      /* NULL: the hooks' fast way is closed; the rest says why */
    struct profinst_context *current; /* where the thread is */
    struct profinst__links *links;
    struct profinst__thread *thread; /* NULL: the thread has not begun; one without a row: it has
                                        ended, or cannot be recorded */
    struct profinst_context *tail; /* between a tail call and the entry of its callee, when the row
                                      is parked: where the callee will return to */
    bool at_work;                  /* in a section */
};
extern PROFINST_TLS struct profinst__state profinst__state;

/* Where a thread is within a call that cannot be recorded; in no file, and of no thread. */
extern struct profinst_context profinst__sink;

/* Takes the row back that a tail call has parked, and returns it. NULL if there is none for another
 * reason. */
static inline struct profinst_thread *profinst__unpark(struct profinst__state *state)
{
    if (!state->thread || state->at_work)
        return NULL;
    return state->row = state->thread->row;
}

/* Where the thread is as far as the file goes. */
static inline struct profinst_context *profinst__recorded_place(const struct profinst__state *state)
{
    return state->current == &profinst__sink ? state->thread->sunk_from : state->current;
}

/* The row has a copy for whoever reads the profile. The thread's own is not in the file, which
 * after a fork is the parent's until there is a new one. */
static inline void profinst__set_current(struct profinst__state *state, struct profinst_thread *row,
                                         struct profinst_context *context)
{
    *(struct profinst_context *volatile *)&state->current = context;
    *(volatile uint64_t *)&row->current = (uintptr_t)context;
}

/* Once, before any thread begins. 0, or an error number. */
int profinst__threads_prepare(void);

/* Puts the calling thread into the profile and returns its row; NULL if that cannot be, or if the
 * thread has ended. Takes its own section. */
struct profinst_thread *profinst__thread_begin(void);

/* In the child of a fork: no thread is recorded from now on. Called within a section. */
void profinst__threads_stop(void);

/* In the child of a fork: everything counted so far was the parent's, and of its threads only the
 * calling one is left; `row` is its, or NULL. Called within a section. */
void profinst__threads_fork(struct profinst_thread *row);

#endif
