/* The data that an instrumented translation unit carries: descriptors, the table of hooks, and the
 * constructor that introduces the unit to the runtime. The layout is that of profinst_abi.h. */
#ifndef PROFINST_UNIT_H
#define PROFINST_UNIT_H

#include <llvm-c/Core.h>
#include <stdbool.h>

struct unit {
    LLVMModuleRef module;
    LLVMContextRef context;
    LLVMTypeRef pointer, int32, none; /* i8*, i32, void */
    LLVMTypeRef place, enter_type, leave_type;
    LLVMTypeRef hooks_type;
    LLVMValueRef hooks, unit;
    LLVMValueRef model;
    unsigned nosanitize;
};

/* True if the module has been through here before, as it may with link-time optimization. */
bool unit_present(LLVMModuleRef module);

/* Adds everything but descriptors to the module. What it adds is compiled for the same processor
 * and with the same protection as the function `model`. */
struct unit unit_begin(LLVMModuleRef module, LLVMValueRef model);

/* Adds a function's descriptor; returns a pointer to it. */
LLVMValueRef unit_describe(const struct unit *unit, const char *linkage_name, const char *file,
                           unsigned line);

enum unit_hook { HOOK_ATTACH, HOOK_ENTER, HOOK_LEAVE, HOOK_TAIL };

/* The place of a hook in the table, and what is in it. */
LLVMValueRef unit_hook_slot(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook);
LLVMValueRef unit_load_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook);

/* Builds a call of a hook, with as many arguments as it takes. */
LLVMValueRef unit_call_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook,
                            LLVMValueRef *arguments);

#endif
