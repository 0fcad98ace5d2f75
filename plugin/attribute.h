/* Function attributes by name, through LLVM-C. */
#ifndef PROFINST_ATTRIBUTE_H
#define PROFINST_ATTRIBUTE_H

#include <llvm-c/Core.h>
#include <stdbool.h>
#include <string.h>

static const LLVMAttributeIndex attribute_of_function =
    (LLVMAttributeIndex)LLVMAttributeFunctionIndex;

static inline unsigned attribute_kind(const char *name)
{
    return LLVMGetEnumAttributeKindForName(name, strlen(name));
}

static inline LLVMAttributeRef attribute_make(LLVMContextRef context, const char *name)
{
    return LLVMCreateEnumAttribute(context, attribute_kind(name), 0);
}

static inline bool attribute_present(LLVMValueRef function, const char *name)
{
    return LLVMGetEnumAttributeAtIndex(function, attribute_of_function, attribute_kind(name)) !=
           NULL;
}

#endif
