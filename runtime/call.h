/* Where calls lead, when the hooks do not know at once. */
#ifndef PROFINST_CALL_H
#define PROFINST_CALL_H

#include "code.h"
#include "thread.h"
#include "tree.h"

static inline uint32_t profinst__id_of(const struct profinst_function *function)
{
    return __atomic_load_n(&function->id, __ATOMIC_RELAXED);
}

/* Code passes a call by itself if it finds the function's node where it looks, and the function in
 * the node. A node whose calls are for the hook is found as well, but its function is marked. */

static inline const struct profinst_function *
profinst__marked(const struct profinst_function *function)
{
    return (const struct profinst_function *)((uintptr_t)function | 1);
}

/* Where the function is found that is called from there; NULL if that is not remembered. */
static inline struct profinst__node *profinst__remembered(const struct profinst__node *caller,
                                                          const struct profinst_function *function)
{
    struct profinst_node *node = caller->seen.callees[function->flags >> PROFINST_CALLEE_SHIFT];
    return profinst__marked(node->function) == profinst__marked(function) ? profinst__node(node)
                                                                          : NULL;
}

static inline void profinst__remember(struct profinst__node *caller, struct profinst__node *callee,
                                      const struct profinst_function *function, bool passes)
{
    callee->seen.function = passes ? function : profinst__marked(function);
    *(struct profinst_node *volatile *)&caller->seen
         .callees[function->flags >> PROFINST_CALLEE_SHIFT] = &callee->seen;
}

void profinst__count_lost(uint64_t calls);

/* The first event of a thread, or one of a thread that cannot be recorded: so many calls are lost
 * then. What the runtime itself calls is nobody's call. Where the thread is, or NULL. */
struct profinst__node *profinst__begin(uint64_t calls);

/* The slots behind the first may answer; or this is the first call of the function from there.
 * NULL: the call is lost, or the function is switched off. */
struct profinst__node *profinst__search(struct profinst__node *from,
                                        struct profinst_function *function);

/* Where the call leads; NULL as above. */
static inline __attribute__((always_inline)) struct profinst__node *
profinst__find(struct profinst__links *links, struct profinst__node *from,
               struct profinst_function *function, uint32_t id)
{
    const struct profinst_context *place = from->seen.place;
    struct profinst__link *link = &links->slots[profinst__link_hash(place, id) & links->mask];
    return PROFINST_UNLIKELY(link->from != place || link->code != id)
               ? profinst__search(from, function)
               : link->node;
}

#endif
