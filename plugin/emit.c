#include "emit.h"
#include "attribute.h"
#include <llvm-c/Comdat.h>
#include <llvm-c/DebugInfo.h>
#include <stdlib.h>
#include <string.h>

LLVMTypeRef emit_function_type(LLVMTypeRef result, LLVMTypeRef parameter)
{
    return LLVMFunctionType(result, &parameter, parameter != NULL, false);
}

LLVMValueRef emit_integer(const struct unit *unit, uint64_t value)
{
    return LLVMConstInt(unit->int32, value, false);
}

LLVMValueRef emit_as(LLVMTypeRef type, LLVMValueRef constant)
{
    return LLVMConstBitCast(constant, type);
}

LLVMValueRef emit_text(const struct unit *unit, const char *string)
{
    return emit_bytes(unit, (const uint8_t *)string, (uint32_t)strlen(string) + 1);
}

LLVMValueRef emit_bytes(const struct unit *unit, const uint8_t *bytes, uint32_t size)
{
    LLVMValueRef text = LLVMConstStringInContext(unit->context, (const char *)bytes, size, true);
    LLVMValueRef global = LLVMAddGlobal(unit->module, LLVMTypeOf(text), "profinst.text");
    LLVMSetInitializer(global, text);
    LLVMSetGlobalConstant(global, true);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr);
    LLVMSetAlignment(global, 1);
    return emit_as(unit->pointer, global);
}

void emit_shared(const struct unit *unit, LLVMValueRef global, const char *name)
{
    LLVMSetLinkage(global, LLVMLinkOnceODRLinkage);
    LLVMSetVisibility(global, LLVMHiddenVisibility);
    LLVMSetComdat(global, LLVMGetOrInsertComdat(unit->module, name));
}

/* Processor features, and marks for branch targets and return addresses, which a machine may
 * demand. */
static void copy_attributes(const struct unit *unit, LLVMValueRef function)
{
    static const char *const names[] = {
        "target-cpu",          "target-features",         "branch-target-enforcement",
        "sign-return-address", "sign-return-address-key", "guarded-control-stack"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        LLVMAttributeRef attribute = LLVMGetStringAttributeAtIndex(
            unit->model, attribute_of_function, names[i], (unsigned)strlen(names[i]));
        if (attribute)
            LLVMAddAttributeAtIndex(function, attribute_of_function, attribute);
    }
}

/* Atomic operations of aarch64 would call functions of libgcc, which need not be linked. */
static void keep_atomics_inline(const struct unit *unit, LLVMValueRef function)
{
    static const char name[] = "target-features", without[] = ",-outline-atomics";
    LLVMAttributeRef attribute =
        LLVMGetStringAttributeAtIndex(function, attribute_of_function, name, sizeof name - 1);
    if (!attribute || strncmp(LLVMGetTarget(unit->module), "aarch64", 7) != 0)
        return;
    unsigned length;
    const char *features = LLVMGetStringAttributeValue(attribute, &length);
    char *value = malloc(length + sizeof without);
    if (!value)
        abort(); /* as LLVM does */
    memcpy(value, features, length);
    memcpy(value + length, without, sizeof without);
    LLVMAddAttributeAtIndex(function, attribute_of_function,
                            LLVMCreateStringAttribute(unit->context, name, sizeof name - 1, value,
                                                      length + (unsigned)sizeof without - 1));
    free(value);
}

LLVMValueRef emit_function(const struct unit *unit, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMAddFunction(unit->module, name, type);
    copy_attributes(unit, function);
    keep_atomics_inline(unit, function);
    LLVMAddAttributeAtIndex(function, attribute_of_function,
                            attribute_make(unit->context, "nounwind"));
    LLVMAddAttributeAtIndex(function, attribute_of_function,
                            attribute_make(unit->context, "noinline"));
    /* They run before MemorySanitizer has mapped what it would write to for every store. */
    LLVMAddAttributeAtIndex(function, attribute_of_function,
                            attribute_make(unit->context, "disable_sanitizer_instrumentation"));
    return function;
}

LLVMBuilderRef emit_body(const struct unit *unit, LLVMValueRef function)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(unit->context, function, ""));
    return builder;
}

LLVMBasicBlockRef emit_branch_unless_null(const struct unit *unit, LLVMBuilderRef builder,
                                          LLVMValueRef function, LLVMValueRef value)
{
    LLVMBasicBlockRef found = LLVMAppendBasicBlockInContext(unit->context, function, "");
    LLVMBasicBlockRef null = LLVMAppendBasicBlockInContext(unit->context, function, "");
    LLVMBuildCondBr(builder, LLVMBuildIsNull(builder, value, ""), null, found);
    LLVMPositionBuilderAtEnd(builder, null);
    return found;
}

LLVMValueRef emit_call(const struct unit *unit, LLVMBuilderRef builder, LLVMTypeRef type,
                       LLVMValueRef function, LLVMValueRef *arguments, unsigned count)
{
    LLVMValueRef result = LLVMBuildCall2(builder, type, function, arguments, count, "");
    LLVMAddCallSiteAttribute(result, attribute_of_function,
                             attribute_make(unit->context, "nounwind"));
    return result;
}

LLVMValueRef emit_unsanitized(const struct unit *unit, LLVMValueRef instruction)
{
    LLVMMetadataRef none = LLVMMDNodeInContext2(unit->context, NULL, 0);
    LLVMSetMetadata(instruction, unit->nosanitize, LLVMMetadataAsValue(unit->context, none));
    return instruction;
}

LLVMValueRef emit_asm(const struct unit *unit, LLVMBuilderRef builder, const char *code,
                      const char *constraints, LLVMTypeRef result,
                      const struct emit_operand *operands, unsigned count)
{
    static const char elementtype[] = "elementtype";
    LLVMTypeRef types[4];
    LLVMValueRef values[4];
    for (unsigned i = 0; i < count; i++) {
        values[i] = operands[i].value;
        types[i] = LLVMTypeOf(values[i]);
    }
    LLVMTypeRef type = LLVMFunctionType(result, types, count, false);
    LLVMValueRef assembler =
        LLVMGetInlineAsm(type, (char *)code, strlen(code), (char *)constraints, strlen(constraints),
                         true, false, LLVMInlineAsmDialectATT, false);
    LLVMValueRef call = emit_call(unit, builder, type, assembler, values, count);
    for (unsigned i = 0; i < count; i++)
        if (operands[i].in_memory)
            LLVMAddCallSiteAttribute(call, i + 1,
                                     LLVMCreateTypeAttribute(unit->context,
                                                             attribute_kind(elementtype),
                                                             operands[i].in_memory));
    return emit_unsanitized(unit, call);
}

void emit_at_entry(LLVMBuilderRef builder, LLVMValueRef function)
{
    LLVMValueRef first = LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function));
    while (LLVMIsAAllocaInst(first))
        first = LLVMGetNextInstruction(first);
    LLVMPositionBuilderBefore(builder, first);
    LLVMMetadataRef subprogram = LLVMGetSubprogram(function);
    if (subprogram) {
        unsigned line = LLVMDISubprogramGetLine(subprogram);
        LLVMContextRef context = LLVMGetModuleContext(LLVMGetGlobalParent(function));
        LLVMSetCurrentDebugLocation2(
            builder, LLVMDIBuilderCreateDebugLocation(context, line, 0, subprogram, NULL));
    }
}
