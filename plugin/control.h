/* Where control comes back into a function. */
#ifndef PROFINST_CONTROL_H
#define PROFINST_CONTROL_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* True of instructions behind which the thread may come from anywhere: out of a longjmp, out of a
 * function without a cleanup that an exception passed through, from another stack. */
bool control_comes_back(LLVMValueRef instruction);

/* True of a call such as that of setjmp. */
bool control_returns_twice(LLVMValueRef call);

#endif
