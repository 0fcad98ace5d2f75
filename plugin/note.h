/* Instructions that are no code of the program's. */
#ifndef PROFINST_NOTE_H
#define PROFINST_NOTE_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* True of what is there for debuggers and the optimizer only. */
bool note_is(LLVMValueRef instruction);

/* The same, and of the source's annotations, which have the line that they stand in. */
bool note_is_left_out(LLVMValueRef instruction);

/* True of what only hands another value on: what is known of it, or another type of pointer, which
 * there is only before LLVM 17. */
bool note_is_wrapper(LLVMValueRef instruction);

/* The value behind such, of instructions and of constants. */
LLVMValueRef note_behind(LLVMValueRef value);

/* The name of the intrinsic that is called; NULL: it is no such call. */
const char *note_intrinsic(LLVMValueRef instruction);

#endif
