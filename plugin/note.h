/* Instructions that are no code of the program's. */
#ifndef PROFINST_NOTE_H
#define PROFINST_NOTE_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* True of what is there for debuggers and the optimizer only. */
bool note_is(LLVMValueRef instruction);

/* The name of the intrinsic that is called; NULL: it is no such call. */
const char *note_intrinsic(LLVMValueRef instruction);

#endif
