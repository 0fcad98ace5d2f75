/* Who can see a function or a variable. */
#ifndef PROFINST_LINKAGE_H
#define PROFINST_LINKAGE_H

#include <llvm-c/Core.h>
#include <stdbool.h>

/* True of what its unit alone can see. */
static inline bool linkage_is_local(LLVMValueRef global)
{
    const LLVMLinkage linkage = LLVMGetLinkage(global);
    return linkage == LLVMInternalLinkage || linkage == LLVMPrivateLinkage;
}

#endif
