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

/* How many contexts (records of all threads) there may be. Past that, new ones are folded: see
 * struct profinst_thread. */
void profinst__tree_limit(uint64_t contexts);

/* The link for a call of the function from the context, or, of an inlined function, to its context
 * below; NULL if there is none yet. Past the limit it may lead to a folded context: that of an
 * inlined function has another `from` then. */
struct profinst__link *profinst__tree_find(const struct profinst__thread *thread,
                                           const struct profinst_context *from,
                                           const struct profinst_function *function);

/* The same, made if there is none yet; NULL if there is no room, or the function is switched off.
 * Called under the lock. */
struct profinst__link *profinst__tree_make(struct profinst__thread *thread,
                                           struct profinst_context *from,
                                           struct profinst_function *function);

/* The host of a context of inlined code that is not folded. */
struct profinst_context *profinst__tree_host(struct profinst__links *links,
                                             const struct profinst_context *inlined);

/* The context that gets the time of a thread that is in `place`. */
static inline struct profinst_context *profinst__host(struct profinst__links *links,
                                                      struct profinst_context *place)
{
    return PROFINST_UNLIKELY(place->target) ? profinst__tree_host(links, place) : place;
}

#endif
