#include "types.h"
#include "hash.h"
#include "pointers.h"
#include <stdbool.h>
#include <stdlib.h>

static struct pointers known; /* hashes of structs */

static uint64_t mix_parameters(uint64_t hash, LLVMTypeRef type)
{
    const unsigned count = LLVMCountParamTypes(type);
    LLVMTypeRef *parameters = calloc(count + 1, sizeof(LLVMTypeRef));
    if (!parameters)
        abort(); /* as LLVM does without memory */
    LLVMGetParamTypes(type, parameters);
    hash = mix(mix(hash, count), (uint64_t)LLVMIsFunctionVarArg(type));
    for (unsigned i = 0; i < count; i++)
        hash = types_mix(hash, parameters[i]);
    free(parameters);
    return types_mix(hash, LLVMGetReturnType(type));
}

/* By what it consists of: names of structs have numbers that depend on the rest of the module. */
static uint64_t struct_hash(LLVMTypeRef type)
{
    uint64_t hash = *pointers_at(&known, type);
    if (hash)
        return hash;
    const bool opaque = LLVMIsOpaqueStruct(type);
    const unsigned count = opaque ? 0 : LLVMCountStructElementTypes(type);
    hash = mix(mix(LLVMStructTypeKind, opaque), (uint64_t)LLVMIsPackedStruct(type));
    for (unsigned i = 0; i < count; i++)
        hash = types_mix(hash, LLVMStructGetTypeAtIndex(type, i));
    return *pointers_at(&known, type) = hash;
}

uint64_t types_mix(uint64_t hash, LLVMTypeRef type)
{
    const LLVMTypeKind kind = LLVMGetTypeKind(type);
    hash = mix(hash, kind);
    switch (kind) {
    case LLVMIntegerTypeKind:
        return mix(hash, LLVMGetIntTypeWidth(type));
    case LLVMPointerTypeKind: /* what it points to says nothing, and nothing at all since LLVM 17 */
        return mix(hash, LLVMGetPointerAddressSpace(type));
    case LLVMArrayTypeKind:
        return types_mix(mix(hash, LLVMGetArrayLength(type)), LLVMGetElementType(type));
    case LLVMVectorTypeKind:
    case LLVMScalableVectorTypeKind:
        return types_mix(mix(hash, LLVMGetVectorSize(type)), LLVMGetElementType(type));
    case LLVMStructTypeKind:
        return mix(hash, struct_hash(type));
    case LLVMFunctionTypeKind:
        return mix_parameters(hash, type);
    default:
        return hash;
    }
}

void types_end(void)
{
    pointers_free(&known);
}
