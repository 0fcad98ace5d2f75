/* The data that an instrumented translation unit carries: descriptors, the table of hooks, and the
 * constructor that introduces the unit to the runtime. The layout is that of profinst_abi.h. */
#ifndef PROFINST_UNIT_H
#define PROFINST_UNIT_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <stdint.h>

struct unit {
    LLVMModuleRef module;
    LLVMContextRef context;
    LLVMTypeRef pointer, int32, int64, none; /* i8*, i32, i64, void */
    LLVMTypeRef place, enter_type, attach_type;
    LLVMTypeRef hooks_type, function_type, frame_type;
    LLVMValueRef hooks, unit, count, nobody;
    LLVMValueRef model;
    unsigned nosanitize;
    LLVMValueRef *functions; /* descriptors, until unit_end joins them */
    unsigned function_count, function_room;
};

/* What a descriptor tells. */
struct unit_function {
    const char *linkage_name;
    const char *name; /* to show; NULL: the source gives none */
    const char *file;
    unsigned line;
    unsigned flags;       /* PROFINST_INLINED, PROFINST_EXTERNAL */
    bool local;           /* static: the name says nothing outside of the unit */
    LLVMValueRef caller;  /* of an inlined one, the descriptor of the inlined function around it */
    LLVMValueRef *frames; /* of a hooked one: descriptors of what is inlined into it, ... */
    const uint32_t *callers; /* ... and which of them, from 1, each stands in; 0: none */
    uint32_t frame_count;
};

/* True if the module has been through here before, as it may with link-time optimization. */
bool unit_present(LLVMModuleRef module);

/* Adds everything but descriptors to the module. What it adds is compiled for the same processor
 * and with the same protection as the function `model`. */
struct unit unit_begin(LLVMModuleRef module, LLVMValueRef model);

/* Adds a function's descriptor; returns a pointer to it, good until unit_end. */
LLVMValueRef unit_describe(struct unit *unit, const struct unit_function *function);

/* Which of the callees of a struct profinst_node the function with this descriptor is. */
unsigned unit_callee(LLVMValueRef descriptor);

/* Joins the descriptors to an array, once all are there. */
void unit_end(struct unit *unit, unsigned flags);

enum unit_hook {
    HOOK_ATTACH,
    HOOK_ENTER,
    HOOK_LEAVE,
    HOOK_TAIL,
    HOOK_RESUME,
    HOOK_FRAME,
    HOOK_STEP_IN,
    HOOK_STEP_OUT,
    HOOK_COUNT,
};

LLVMTypeRef unit_hook_type(const struct unit *unit, enum unit_hook hook);

/* A struct profinst_place of a call that is not recorded. */
LLVMValueRef unit_nowhere(const struct unit *unit);

/* The place of a hook in the table, and what is in it. */
LLVMValueRef unit_hook_slot(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook);
LLVMValueRef unit_load_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook);

/* Builds a call of a hook, with as many arguments as it takes. */
LLVMValueRef unit_call_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook,
                            LLVMValueRef *arguments);

/* Builds whether anything is recorded, or nobody knows yet. */
LLVMValueRef unit_is_active(const struct unit *unit, LLVMBuilderRef builder);

/* The hook that counts, where it is hardly ever called: small code, that keeps registers. */
void unit_count(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef *arguments);

#endif
