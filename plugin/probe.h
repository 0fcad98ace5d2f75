/* Probes: marks at the entry of selected functions, planted before the optimizer inlines anything.
 * They tell afterwards which functions have been inlined where. */
#ifndef PROFINST_PROBE_H
#define PROFINST_PROBE_H

#include "sources.h"
#include <llvm-c/Core.h>
#include <stdbool.h>

/* A selected function, as it was before the optimizer. */
struct probe_function {
    char *name; /* in the module */
    struct source_place place;
    LLVMMetadataRef subprogram; /* NULL: it has none */
};

/* Forgets the functions of another module, plants a probe in each selected function of this one. */
void probe_plant(LLVMModuleRef module);

/* True if there is a probe in the function. */
bool probe_in(LLVMValueRef function);

/* The function that the instruction is the probe of; NULL if it is none. */
const struct probe_function *probe_of(LLVMValueRef instruction);

/* How often the function began where the probe stands, as an i64. */
LLVMValueRef probe_count(LLVMBuilderRef builder, LLVMValueRef probe);

/* The selected function of which debug information says that a location is in it; NULL if it is
 * not selected. */
const struct probe_function *probe_function_of(LLVMMetadataRef subprogram);

#endif
