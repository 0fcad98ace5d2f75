#include "note.h"
#include "text.h"

const char *note_intrinsic(LLVMValueRef instruction)
{
    size_t length;
    LLVMValueRef called =
        LLVMIsACallInst(instruction) ? LLVMIsAFunction(LLVMGetCalledValue(instruction)) : NULL;
    return called && LLVMGetIntrinsicID(called) != 0 ? LLVMGetValueName2(called, &length) : NULL;
}

static bool is_note(const char *name)
{
    return text_starts(name, "llvm.dbg.") || text_starts(name, "llvm.lifetime.");
}

bool note_is(LLVMValueRef instruction)
{
    const char *name = note_intrinsic(instruction);
    return name && is_note(name);
}

bool note_is_wrapper(LLVMValueRef instruction)
{
    static const char *const wrappers[] = {"llvm.expect", "llvm.annotation.",
                                           "llvm.ptr.annotation."};
    if (LLVMGetInstructionOpcode(instruction) == LLVMBitCast)
        return LLVMGetTypeKind(LLVMTypeOf(instruction)) == LLVMPointerTypeKind;
    const char *name = note_intrinsic(instruction);
    for (size_t i = 0; name && i < sizeof wrappers / sizeof *wrappers; i++)
        if (text_starts(name, wrappers[i]))
            return true;
    return false;
}

bool note_is_left_out(LLVMValueRef instruction)
{
    const char *name = note_intrinsic(instruction);
    return name && (is_note(name) || text_starts(name, "llvm.var.annotation"));
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
