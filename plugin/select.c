#include "select.h"
#include "attribute.h"
#include "sources.h"

static const char mark[] = "profinst-selected";

static LLVMModuleRef decided;

bool select_done(LLVMModuleRef module)
{
    return decided == module;
}

void select_module(LLVMModuleRef module)
{
    decided = module;
    size_t length;
    LLVMAttributeRef attribute =
        LLVMCreateStringAttribute(LLVMGetModuleContext(module), mark, sizeof mark - 1, "", 0);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        if (!LLVMIsDeclaration(f) &&
            (!sources_known() || sources_find(LLVMGetValueName2(f, &length))))
            LLVMAddAttributeAtIndex(f, attribute_of_function, attribute);
}

bool select_has(LLVMValueRef function)
{
    return LLVMGetStringAttributeAtIndex(function, attribute_of_function, mark, sizeof mark - 1);
}
