/* Hooks by hand: what the plugin emits, written in C, and linked to the runtime. */
#include "profinst_abi.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What hooks are before there is a runtime, and where there is none. */
static void nothing(void)
{
}
static struct profinst_place no_place(struct profinst_function *function)
{
    (void)function;
    return (struct profinst_place){NULL, NULL};
}
static void *no_step(struct profinst_function *inlined)
{
    (void)inlined;
    return NULL;
}
#define NOTHING (void *)nothing
static struct profinst_hooks hooks = {
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

static inline struct profinst_place enter(struct described *described)
{
    return hooks.enter(&described->function);
}

static inline void leave(struct profinst_place place)
{
    hooks.leave(place.caller);
}

/* Calls a function that does nothing. */
static inline void call(struct described *described)
{
    leave(enter(described));
}

/* What code does where a frame is inlined. A call that is not recorded has no counts of its own. */
static inline void inlined(struct profinst_place place, struct described *described, uint32_t frame)
{
    struct profinst_function *function = &described->function;
    if (place.own)
        ((uint64_t *)((char *)place.own + 32))[frame - 1]++;
    else
        hooks.count(function->frames[frame - 1].function, 1);
}
