/* What an instrumented translation unit and the runtime agree on. The plugin emits these structures
 * as IR (plugin/unit.c), the runtime receives them. Profile files do not depend on this header. */
#ifndef PROFINST_ABI_H
#define PROFINST_ABI_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define PROFINST_ABI_VERSION 5 /* a plain number: names have it too (plugin/emit.h) */

struct profinst_unit;
struct profinst_function;
struct profinst_context; /* profinst_format.h */

/* How many callees a node has room for. */
#define PROFINST_CALLEES 12

#define PROFINST_INLINED 1u  /* inlined into its caller: never entered, only counted */
#define PROFINST_EXTERNAL 2u /* not part of the unit: entered by who calls it */

/* Which of the callees it is in each struct profinst_node, chosen by the plugin: bits 8 and up. */
#define PROFINST_CALLEE_SHIFT 8

/* A call that the optimizer has inlined into a function. */
struct profinst_frame {
    struct profinst_function *function; /* an INLINED one */
    uint32_t caller;                    /* frame, from 1, that it stands in; 0: the function itself.
                                           Stands before this one */
    uint32_t reserved;
};

/* A function that is hooked, or inlined into others of the unit, or called outside of it; or, in a
 * unit with PROFINST_UNIT_EXTERNAL, another that it defines. Lives as long as the object file it
 * was linked into is loaded. */
struct profinst_function {
    const char *linkage_name;
    const char *name; /* to show; NULL: the source gives none */
    const char *file; /* as the compiler was given it; "" if unknown */
    struct profinst_unit *unit;
    const struct profinst_frame *frames; /* of what is hooked: what is inlined into it */
    struct profinst_function *caller;    /* of what is INLINED: the inlined function that it stands
                                            in. NULL: one that is not inlined */
    uint64_t name_hash; /* FNV-1a of the linkage name; 0 of static functions and of INLINED ones */
    uint32_t line;      /* 0 if unknown */
    uint32_t flags;     /* PROFINST_..., and the callee's number */
    uint32_t frame_count;
    uint32_t id; /* the runtime's; 0 at first */
};

/* Where a thread is, as hooked code sees it: in a context, and what was called from there before. A
 * call that finds itself in `callees` needs no hook: it counts itself in the callee's record, and
 * makes the callee's node the thread's. What is behind this in memory is the runtime's. */
struct profinst_node {
    const struct profinst_function *function;
    struct profinst_context
        *record;     /* counts the calls that lead here; code adds to its `inlined`.
                        NULL: the call is not recorded, also where there is
                        something to leave; calls of what is inlined are for `count` then */
    uint64_t thread; /* whose node this is, as in struct profinst_here; 0: nobody's */
    struct profinst_context *place; /* where the thread is */
    struct profinst_node
        *callees[PROFINST_CALLEES]; /* never NULL: there are nodes of no function */
};

/* A thread's, at profinst_hooks.here bytes from its thread pointer. */
struct profinst_here {
    struct profinst_node *node;
    uint64_t thread;
};

/* What the function's own frame keeps of a call. */
struct profinst_place {
    void *caller; /* where the thread will be when the function has returned: a node, which the
                     function makes the thread's again itself, if it is the same thread; or an odd
                     number, which is for `leave`: 1 if there is nothing to leave */
    struct profinst_node *own; /* never NULL */
};

/* When a call began that is timed. `leave` and `enter` have a room for it in the frame. */
struct profinst_start {
    uint64_t ticks;
    struct profinst_node *own; /* the call's node; nobody's: the call is not timed */
};

/* What hooked code calls, through one table for each loaded object (hidden, shared by the units
 * linked into it). Until the runtime fills it in, it points to functions that do nothing, or note
 * early calls, and return NULL, so hooks are safe at any time. All are ordinary C functions and
 * keep errno.
 *
 * `here` says what to do without asking: less than 0, it is the offset of the thread's struct
 * profinst_here from the thread pointer; 0, nothing is recorded; 1, nobody knows yet: `enter` does.
 */
struct profinst_hooks {
    int64_t here;
    /* Finds the runtime once, then is the runtime's profinst_attach. NULL before. */
    void (*attach)(struct profinst_unit *unit);
    /* Called on entry; for an EXTERNAL function right before the call. Always writes `start`. */
    struct profinst_place (*enter)(struct profinst_function *function,
                                   struct profinst_start *start);
    /* Called on every way out, with `caller`, and what `enter` wrote. */
    void (*leave)(void *caller, const struct profinst_start *start);
    /* Called in place of `leave` right before a tail call, with `caller`: what is entered next is
     * called from here, and returns there. */
    void (*tail)(void *caller);
    /* Called with `own` where control comes back into the function from somewhere else than the
     * return of a call: in landing pads, and behind calls that return twice or switch stacks. */
    void (*resume)(struct profinst_node *own);
    /* What is called next is called from the function that is inlined into the one with `own`, or,
     * if that is NULL, from that one again. No clock is read. */
    void (*frame)(struct profinst_node *own, struct profinst_function *inlined);
    /* The same in a function without hooks: `step_out` takes what this returned when the call has
     * come back. */
    void *(*step_in)(struct profinst_function *inlined);
    void (*step_out)(void *place);
    /* Counts calls of a function that was inlined into one without hooks, or whose own call is not
     * recorded. */
    void (*count)(struct profinst_function *inlined, uint64_t calls);
};

/* Bits of profinst_unit.flags. */
#define PROFINST_UNIT_EXTERNAL 1u /* calls out of the build are rewritten: see `name_hash` */

/* A translation unit. */
struct profinst_unit {
    uint32_t abi; /* PROFINST_ABI_VERSION of the plugin */
    uint32_t flags;
    struct profinst_hooks *hooks;
    struct profinst_function *functions; /* all of them, PROFINST_FUNCTION_STRIDE bytes apart */
    uint64_t function_count;
    const char *source;          /* its main file, as the compiler was given it */
    const uint8_t *selection;    /* what struct profinst_selection has as `packed`; NULL: nothing */
    uint32_t selection_size;     /* bytes */
    uint32_t selection_unpacked; /* bytes when unpacked */
    uint32_t selection_digest;
    uint32_t timing; /* enum profinst_timing that it was compiled for; 0: not said */
    void *object;    /* the runtime's */
};

/* Code of the profiler within a function, in the section .profinst_code of an object. */
struct profinst_code_range {
    int32_t start; /* from here */
    uint32_t size; /* bytes */
    int32_t
        function; /* from here, to the descriptor: it is that function's entry; 0: another place */
};

/* A descriptor has two words of the plugin's own behind it (plugin/early.c). */
#define PROFINST_FUNCTION_STRIDE (sizeof(struct profinst_function) + 2 * sizeof(uint64_t))

/* Exported by the runtime; called by the constructor of every unit. */
void profinst_attach(struct profinst_unit *unit);

static_assert(offsetof(struct profinst_function, line) == 7 * 8, "emitted as IR");
static_assert(sizeof(struct profinst_function) == 7 * 8 + 4 * 4, "emitted as IR");
static_assert(offsetof(struct profinst_node, record) == 8, "emitted as IR");
static_assert(offsetof(struct profinst_node, callees) == 32, "emitted as IR");
static_assert(sizeof(struct profinst_frame) == 16, "emitted as IR");
static_assert(sizeof(struct profinst_hooks) == 10 * sizeof(void *), "emitted as IR");
static_assert(sizeof(struct profinst_unit) == 8 + 5 * 8 + 4 * 4 + 8, "emitted as IR");

#endif
