/* What an instrumented translation unit and the runtime agree on. The plugin emits these structures
 * as IR (plugin/unit.c), the runtime receives them. Profile files do not depend on this header. */
#ifndef PROFINST_ABI_H
#define PROFINST_ABI_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define PROFINST_ABI_VERSION 2u

struct profinst_unit;

/* A hooked function. Emitted once for each, next to its unit; lives as long as the object file it
 * was linked into is loaded. */
struct profinst_function {
    const char *linkage_name;
    const char *file; /* as the compiler was given it; "" if unknown */
    struct profinst_unit *unit;
    uint32_t line; /* 0 if unknown */
    uint32_t id;   /* 0 until the runtime has seen the first call */
};

/* Where a call stands in the tree of contexts, for the function's own frame to keep. Both NULL: it
 * is not recorded. */
struct profinst_place {
    void *caller; /* where the thread will be when the function has returned */
    void *own;    /* where it is in the function */
};

/* What hooked code calls, through one table for each loaded object (hidden, shared by the units
 * linked into it). Until the runtime fills it in, it points to functions that do nothing and
 * return NULL, so hooks are safe at any time. All are ordinary C functions and keep errno. */
struct profinst_hooks {
    /* Finds the runtime once, then is the runtime's profinst_attach. NULL before. */
    void (*attach)(struct profinst_unit *unit);
    /* Called on entry. */
    struct profinst_place (*enter)(struct profinst_function *function);
    /* Called on every way out, with `caller`; and with `own` where control comes back into the
     * function from somewhere else than the return of a call: in landing pads, and behind calls
     * that return twice or switch stacks. */
    void (*leave)(void *place);
    /* Called in place of `leave` right before a tail call, with `caller`: what is entered next is
     * called from here, and returns there. */
    void (*tail)(void *place);
};

/* A translation unit. */
struct profinst_unit {
    uint32_t abi; /* PROFINST_ABI_VERSION of the plugin */
    uint32_t reserved;
    struct profinst_hooks *hooks;
    void *object; /* the runtime's */
};

/* Exported by the runtime; called by the constructor of every unit. */
void profinst_attach(struct profinst_unit *unit);

static_assert(offsetof(struct profinst_function, id) == 3 * sizeof(void *) + 4, "emitted as IR");
static_assert(sizeof(struct profinst_function) == 3 * sizeof(void *) + 8, "emitted as IR");
static_assert(sizeof(struct profinst_hooks) == 4 * sizeof(void *), "emitted as IR");
static_assert(sizeof(struct profinst_unit) == 8 + 2 * sizeof(void *), "emitted as IR");

#endif
