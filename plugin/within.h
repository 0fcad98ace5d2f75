/* What is within a function: its static variables, and classes and lambdas in it. Their names have
 * the function's in them. */
#ifndef PROFINST_WITHIN_H
#define PROFINST_WITHIN_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* The function that is meant, until the next one, or the end. */
void within_begin(LLVMValueRef function);
void within_end(void);

/* True of its static variables, and of what the compiler makes beside its variables: the constants
 * that they start with, and whether they have been initialized. */
bool within_is_variable(LLVMValueRef global);

/* The name of anything else that has the function's in it, without that; NULL: it has not. Owned by
 * the caller. */
char *within_name(LLVMValueRef global);

#endif
