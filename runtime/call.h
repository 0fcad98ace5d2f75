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

static inline struct profinst_node **profinst__callee(struct profinst__node *caller,
                                                      const struct profinst_function *function)
{
    return &caller->seen.callees[function->flags >> PROFINST_CALLEE_SHIFT];
}

/* From now on such calls are made without hooks. */
static inline void profinst__let_pass(struct profinst__node *caller, struct profinst__node *callee,
                                      const struct profinst_function *function)
{
    callee->seen.function = function;
    callee->pass = profinst__callee(caller, function);
    *(struct profinst_node *volatile *)callee->pass = &callee->seen;
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
