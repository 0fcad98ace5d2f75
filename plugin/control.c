#include "control.h"
#include "attribute.h"

/* A tail call behind which there is only the return: nothing may come between them. */
static bool is_last(LLVMValueRef call)
{
    LLVMValueRef next = LLVMGetNextInstruction(call);
    return LLVMIsTailCall(call) && (LLVMIsAReturnInst(next) || LLVMIsABitCastInst(next));
}

bool control_returns_twice(LLVMValueRef call)
{
    static const char twice[] = "returns_twice";
    LLVMValueRef callee = LLVMIsAFunction(LLVMGetCalledValue(call));
    return LLVMGetCallSiteEnumAttribute(call, attribute_of_function, attribute_kind(twice)) ||
           (callee && attribute_present(callee, twice));
}

/* Landing pads, and calls that return twice, or after another stack has run. */
bool control_comes_back(LLVMValueRef instruction)
{
    static const char swap[] = "swapcontext",
                      builtin[] = "llvm.eh.sjlj.setjmp"; /* what __builtin_setjmp is */
    size_t length;
    if (LLVMIsALandingPadInst(instruction))
        return true;
    if (!LLVMIsACallInst(instruction) || is_last(instruction))
        return false;
    LLVMValueRef callee = LLVMIsAFunction(LLVMGetCalledValue(instruction));
    const char *name = callee ? LLVMGetValueName2(callee, &length) : "";
    return control_returns_twice(instruction) || strcmp(name, swap) == 0 ||
           strcmp(name, builtin) == 0;
}
