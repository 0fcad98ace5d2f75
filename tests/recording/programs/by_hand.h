/* Hooks by hand: what the plugin emits, written in C, and linked to the runtime. */
#include "profinst_abi.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct profinst_hooks hooks;
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

/* What code does where a frame is inlined. */
static inline void inlined(struct profinst_place place, uint32_t frame)
{
    if (place.own)
        ((uint64_t *)((char *)place.own + 32))[frame - 1]++;
}
