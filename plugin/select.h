/* Which functions are selected. */
#ifndef PROFINST_SELECT_H
#define PROFINST_SELECT_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* Decides about every function of the module, marks those selected, and remembers what was chosen
 * and why (choice.h). To be run before any optimization. */
void select_module(LLVMModuleRef module);

/* True if that has been done, by another of profinst's plugins perhaps. */
bool select_done(LLVMModuleRef module);

/* True if there was something to decide: then the module tells, even if nothing is selected. */
bool select_concerns(LLVMModuleRef module);

/* When the module is done: the next may have its address. */
void select_forget(void);

/* True of a function that is marked, or of what the optimizer made of one. */
bool select_chose(LLVMValueRef function);

/* True of what the dynamic linker calls to resolve an ifunc. */
bool select_is_resolver(LLVMModuleRef module, LLVMValueRef function);

#endif
