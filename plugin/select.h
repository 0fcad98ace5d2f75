/* Which functions are selected. */
#ifndef PROFINST_SELECT_H
#define PROFINST_SELECT_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* Decides about every function of the module, and marks those that are selected. */
void select_module(LLVMModuleRef module);

/* True if that has been done. */
bool select_done(LLVMModuleRef module);

bool select_has(LLVMValueRef function);

#endif
