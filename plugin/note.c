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

bool note_is_wrapper(LLVMValueRef instruction)
{
    static const char *const wrappers[] = {"llvm.expect", "llvm.annotation.",
                                           "llvm.ptr.annotation."};
    const LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
    if (opcode == LLVMBitCast)
        return LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMPointerTypeKind;
    const char *name = opcode == LLVMCall ? note_intrinsic(instruction) : NULL;
    for (size_t i = 0; name && i < sizeof wrappers / sizeof *wrappers; i++)
        if (starts_with(name, wrappers[i]))
            return true;
    return false;
}

bool note_is_left_out(LLVMValueRef instruction)
{
    static const char annotation[] = "llvm.var.annotation";
    const char *name =
        LLVMGetInstructionOpcode(instruction) == LLVMCall ? note_intrinsic(instruction) : NULL;
    return name && (note_is(instruction) || starts_with(name, annotation));
}

LLVMValueRef note_behind(LLVMValueRef value)
{
    for (;;) {
        if (LLVMIsAInstruction(value)) {
            if (!note_is_wrapper(value))
                return value;
        } else if (!LLVMIsAConstantExpr(value) || LLVMGetConstOpcode(value) != LLVMBitCast ||
                   LLVMGetTypeKind(LLVMTypeOf(value)) != LLVMPointerTypeKind) {
            return value;
        }
        value = LLVMGetOperand(value, 0);
    }
}
