/* The calling context tree of a thread: the slow path of a call. */
#ifndef PROFINST_TREE_H
#define PROFINST_TREE_H

#include "profinst_abi.h"
#include "thread.h"

/* Where the search for a link begins. Contexts lie next to each other, ids count up: mixing only
 * one of the two spreads both. */
static inline uint64_t profinst__link_hash(const struct profinst_context *from, uint32_t function)
{
    return ((uintptr_t)from / sizeof *from) ^ ((uint64_t)function * 0x9e3779b1u >> 7);
}

/* Gives a thread its root and its first table of links. Called within a section; false if there is
 * no room. */
bool profinst__tree_plant(struct profinst__thread *thread);

/* Where a call of `function` from the context leads; the context itself if it was never counted. */
struct profinst_context *profinst__tree_target(struct profinst_context *from,
                                               const struct profinst_function *function);

/* The link for a call of `function` from the current context of the calling thread, made if there
 * is none yet; NULL if that cannot be (the call is counted as lost). Takes its own section. */
struct profinst__link *profinst__tree_link(struct profinst_function *function);

#endif
