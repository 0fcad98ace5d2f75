#include "note.h"
#include <string.h>

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

const char *note_intrinsic(LLVMValueRef instruction)
{
    size_t length;
    LLVMValueRef called =
        LLVMIsACallInst(instruction) ? LLVMIsAFunction(LLVMGetCalledValue(instruction)) : NULL;
    return called && LLVMGetIntrinsicID(called) != 0 ? LLVMGetValueName2(called, &length) : NULL;
}

bool note_is(LLVMValueRef instruction)
{
    const char *name = note_intrinsic(instruction);
    return name && (starts_with(name, "llvm.dbg.") || starts_with(name, "llvm.lifetime."));
}
