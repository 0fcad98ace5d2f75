/* Hooks by hand: what the plugin emits, written in C, and linked to the runtime. */
#include "profinst_abi.h"
#include "profinst_format.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What has no place in a profile has as its own, and what hooks are before there is a runtime, and
 * where there is none. */
static struct profinst_node nobody;
static void nothing(void)
{
}
static struct profinst_place no_place(struct profinst_function *function,
                                      struct profinst_start *start)
{
    (void)function;
    (void)start;
    return (struct profinst_place){(void *)1, &nobody};
}
static void *no_step(struct profinst_function *inlined)
{
    (void)inlined;
    return NULL;
}
#define NOTHING (void *)nothing
static struct profinst_hooks hooks = {
    .here = 1,
    .enter = no_place,
    .leave = NOTHING,
    .tail = NOTHING,
    .resume = NOTHING,
    .frame = NOTHING,
    .step_in = no_step,
    .step_out = NOTHING,
    .count = NOTHING,
};

extern struct profinst_unit unit;

/* A descriptor with the two words behind it that the plugin has there. */
struct described {
    struct profinst_function function;
    uint64_t plugins_own[2];
};
static_assert(sizeof(struct described) == PROFINST_FUNCTION_STRIDE, "as the runtime walks them");

/* Unless they say otherwise, functions share a callee in each node. */
#define FUNCTION(linkage, ...)                                                                     \
    {                                                                                              \
        .function = {.linkage_name = #linkage, .file = "by_hand.c", .unit = &unit, __VA_ARGS__ }   \
    }
#define FRAMES(array) .frames = array, .frame_count = sizeof array / sizeof *array

#define UNIT(described_functions, ...)                                                             \
    struct profinst_unit unit = {.abi = PROFINST_ABI_VERSION,                                      \
                                 .hooks = &hooks,                                                  \
                                 .functions = &described_functions[0].function,                    \
                                 .function_count =                                                 \
                                     sizeof described_functions / sizeof *described_functions,     \
                                 .source = "by_hand.c",                                            \
                                 __VA_ARGS__}

/* What a hooked function keeps of its own call. */
struct call {
    void *caller;
    struct profinst_node *own;
    struct profinst_start start;
};

/* Where the thread is; NULL if code must not look. */
static inline struct profinst_here *here(void)
{
#if defined(__x86_64__)
    char *thread_pointer;
    __asm__("movq %%fs:0, %0" : "=r"(thread_pointer));
    return hooks.here < 0 ? (struct profinst_here *)(thread_pointer + hooks.here) : NULL;
#else
    return NULL;
#endif
}

static inline void go(struct profinst_here *to, struct profinst_node *node)
{
    *(struct profinst_node *volatile *)&to->node = node;
}

/* The callee of the node, if a call leads there without a hook. */
static inline struct profinst_node *callee(const struct profinst_node *node,
                                           const struct profinst_function *function)
{
    struct profinst_node *found = *(struct profinst_node *const volatile *)&node
                                       ->callees[function->flags >> PROFINST_CALLEE_SHIFT];
    return found->function == function ? found : NULL;
}

static inline struct call enter(struct described *described)
{
    struct profinst_here *at = here();
    struct profinst_node *caller = at ? at->node : NULL;
    struct profinst_node *own = at ? callee(caller, &described->function) : NULL;
    struct call call = {caller, own, {0}};
    if (own) {
        /* One instruction, as seen by a signal handler. */
        __atomic_fetch_add(&own->record->calls, 1, __ATOMIC_RELAXED);
        go(at, own);
    } else if (hooks.here != 0) {
        struct profinst_place place = hooks.enter(&described->function, &call.start);
        call.caller = place.caller;
        call.own = place.own;
    } else {
        call = (struct call){(void *)1, &nobody, {0}};
    }
    return call;
}

static inline void leave(struct call call)
{
    struct profinst_here *at = here();
    struct profinst_node *caller = call.caller;
    if (at && ((uintptr_t)caller & 1) == 0 && caller->thread == at->thread)
        go(at, caller);
    else
        hooks.leave(caller, &call.start);
}

/* Calls a function that does nothing. */
static inline void call(struct described *described)
{
    leave(enter(described));
}

/* The next call is made by the inlined function, or, if that is NULL, by the hooked one itself. */
static inline void frame_of(struct profinst_node *own, struct profinst_function *function)
{
    struct profinst_here *at = here();
    struct profinst_node *to = at && own->thread == at->thread ? own : NULL;
    if (to && function)
        to = callee(own, function);
    if (to)
        go(at, to);
    else
        hooks.frame(own, function);
}

/* What code does where a frame is inlined. A call that is not recorded has no counts of its own. */
static inline void inlined(struct call call, struct described *described, uint32_t frame)
{
    struct profinst_function *function = &described->function;
    if (call.own->record)
        call.own->record->inlined[frame - 1]++;
    else
        hooks.count(function->frames[frame - 1].function, 1);
}
