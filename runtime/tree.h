/* The calling context tree of a thread. */
#ifndef PROFINST_TREE_H
#define PROFINST_TREE_H

#include "profinst_abi.h"
#include "thread.h"

/* Where the search for a link begins. Contexts lie next to each other, ids count up: mixing only
 * one of the two spreads both. */
static inline uint64_t profinst__link_hash(const struct profinst_context *from, uint32_t code)
{
    return ((uintptr_t)from / sizeof *from) ^ ((uint64_t)code * 0x9e3779b1u >> 7);
}

/* Gives a thread its root and its first table of links. Called within a section; false if there is
 * no room. */
bool profinst__tree_plant(struct profinst__thread *thread);

/* Writes what a node of the thread is: counted by the record, in the place. Nothing is known of its
 * callees yet. */
void profinst__tree_set_node(struct profinst__node *node, const struct profinst__thread *thread,
                             struct profinst_context *record, struct profinst_context *place);

/* How many contexts (records of all threads) there may be. Past that, new ones are folded: see
 * struct profinst_thread. */
void profinst__tree_limit(uint64_t contexts);

/* Where a call of the function from the context leads, or, of an inlined function, its context
 * below; NULL if that is not known yet. Past the limit that may be a folded context. */
struct profinst__node *profinst__tree_find(const struct profinst__thread *thread,
                                           const struct profinst_context *from,
                                           const struct profinst_function *function);

/* The same, made if there is none yet; NULL if there is no room, or the function is switched off.
 * Called under the lock. */
struct profinst__node *profinst__tree_make(struct profinst__thread *thread,
                                           struct profinst__node *from,
                                           struct profinst_function *function);

#endif
