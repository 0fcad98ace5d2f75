/* LLVM has hashes of its own, which do not serve: StructuralHash knows opcodes alone, and is there
 * only in builds that check everything, up to LLVM 16, and types but no values in 19;
 * FunctionComparator tells two functions of one module apart, but has no value to keep.
 *
 * Values are numbered as they come up in the function; so their names do not matter. All that comes
 * before the function is reached through is its name or its content: so neither does what else
 * there is in the module. */
#include "fingerprint.h"
#include "attribute.h"
#include "bridge.h"
#include "hash.h"
#include "linkage.h"
#include "note.h"
#include "pointers.h"
#include "sources.h"
#include "text.h"
#include "types.h"
#include "within.h"
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static struct pointers known;   /* hashes of globals */
static struct pointers numbers; /* of the function's own values, from 1 */
static LLVMValueRef own;        /* the function */
static unsigned depth;          /* of globals whose content is looked at */
static unsigned shared;         /* of those whose hash is also that of other functions */
static struct {
    unsigned zeroext, signext, byval;
} kinds; /* of attributes */

/* What follows in the hash; other than any kind of value or type that LLVM has. */
enum tag { TAG_NUMBER = 1000, TAG_OWN, TAG_NAME, TAG_CONTENT, TAG_UNKNOWN, TAG_OFFSETS, TAG_TEXT };

/* ---- globals ------------------------------------------------------------------------------ */

static uint64_t mix_value(uint64_t hash, LLVMValueRef value);

static const char *name_of(LLVMValueRef global)
{
    size_t length;
    return LLVMGetValueName2(global, &length);
}

/* What counts of a name: without the numbers that tell lambdas of a unit apart, 3$_0 and 4$_10. */
static uint64_t mix_name(uint64_t hash, const char *full)
{
    char *name = sources_name(full);
    for (char *lambda = name; text_starts(name, "_Z") && (lambda = strstr(lambda, "$_"));) {
        const char *rest = lambda + 2 + strspn(lambda + 2, "0123456789");
        while (isdigit((unsigned char)lambda[-1]))
            lambda--;
        memmove(lambda, rest, strlen(rest) + 1);
    }
    hash = mix_bytes(mix(hash, TAG_NAME), name, strlen(name));
    free(name);
    return hash;
}

static uint64_t mix_content(uint64_t hash, LLVMValueRef content)
{
    depth++;
    hash = mix_value(mix(hash, TAG_CONTENT), content);
    depth--;
    return hash;
}

/* True if the compiler has made its name up: .str.17. */
static bool is_nameless(LLVMValueRef global)
{
    const char *name = name_of(global);
    return LLVMGetLinkage(global) == LLVMPrivateLinkage || *name == '\0' || *name == '.';
}

/* Constants of the unit's own are what is in them. One that another one refers to counts by its
 * name, if it has one: they may refer to each other in circles. */
static uint64_t make_global_hash(LLVMValueRef global, LLVMValueKind kind)
{
    const bool variable = kind == LLVMGlobalVariableValueKind, nameless = is_nameless(global);
    const bool constant = variable && LLVMIsGlobalConstant(global);
    LLVMValueRef content = variable && linkage_is_local(global) ? LLVMGetInitializer(global) : NULL;
    uint64_t hash = mix(mix(kind, constant), variable && LLVMIsThreadLocal(global));
    if (content && (nameless || (constant && depth == 0)))
        return mix_content(hash, content);
    return nameless ? mix(hash, TAG_UNKNOWN) : mix_name(hash, name_of(global));
}

static uint64_t mix_number(uint64_t hash, const void *value)
{
    uint64_t *number = pointers_at(&numbers, value);
    if (*number == 0)
        *number = numbers.count;
    return mix(mix(hash, TAG_NUMBER), *number);
}

/* A variable of the function's is a value like others; a constant is also what is in it. */
static uint64_t mix_variable(uint64_t hash, LLVMValueRef variable)
{
    const bool is_known = *pointers_at(&numbers, variable) != 0;
    hash = mix_number(hash, variable);
    if (is_known)
        return hash;
    const bool constant = LLVMIsGlobalConstant(variable);
    LLVMValueRef content = constant ? LLVMGetInitializer(variable) : NULL;
    hash = types_mix(hash, LLVMGlobalGetValueType(variable));
    hash = mix(mix(hash, constant), (uint64_t)LLVMIsThreadLocal(variable));
    return content ? mix_content(hash, content) : hash;
}

static uint64_t mix_global(uint64_t hash, LLVMValueRef global, LLVMValueKind kind)
{
    if (global == own && shared == 0)
        return mix(hash, TAG_OWN);
    if (shared == 0 && within_is_variable(global))
        return mix_variable(hash, global);
    char *rest = shared == 0 ? within_name(global) : NULL;
    if (rest) {
        hash = mix_name(mix_number(mix(hash, kind), global), rest);
        free(rest);
        return hash;
    }
    if (depth > 0 && !is_nameless(global))
        return mix(hash, make_global_hash(global, kind));
    uint64_t global_hash = *pointers_at(&known, global);
    if (global_hash == 0) {
        *pointers_at(&known, global) = TAG_UNKNOWN; /* while it is looked for */
        shared++;
        global_hash = make_global_hash(global, kind);
        shared--;
        *pointers_at(&known, global) = global_hash;
    }
    return mix(hash, global_hash);
}

/* ---- values ------------------------------------------------------------------------------- */

static uint64_t mix_operands(uint64_t hash, LLVMValueRef user)
{
    const int count = LLVMGetNumOperands(user);
    hash = mix(hash, (uint64_t)count);
    for (int i = 0; i < count; i++)
        hash = mix_value(hash, LLVMGetOperand(user, (unsigned)i));
    return hash;
}

static void take_bytes(const void *bytes, size_t size, void *hash)
{
    *(uint64_t *)hash = mix_bytes(*(uint64_t *)hash, bytes, size);
}

static void take_index(LLVMValueRef index, int64_t stride, void *hash)
{
    *(uint64_t *)hash = mix_value(mix(*(uint64_t *)hash, (uint64_t)stride), index);
}

/* An address counts by how far it is off, whatever the types are that lead there. */
static uint64_t mix_address(uint64_t hash, LLVMValueRef address)
{
    int64_t constant;
    uint64_t indexes = TAG_OFFSETS;
    if (!bridge_offsets(own, address, &constant, take_index, &indexes))
        return mix_operands(types_mix(hash, LLVMGetGEPSourceElementType(address)), address);
    hash = mix_value(mix(mix(hash, indexes), (uint64_t)constant), LLVMGetOperand(address, 0));
    return types_mix(hash, LLVMTypeOf(address));
}

static uint64_t mix_expression(uint64_t hash, LLVMValueRef constant)
{
    const LLVMOpcode opcode = LLVMGetConstOpcode(constant);
    hash = mix(hash, opcode);
    return opcode == LLVMGetElementPtr ? mix_address(hash, constant) : mix_operands(hash, constant);
}

static uint64_t mix_constant(uint64_t hash, LLVMValueRef constant, LLVMValueKind kind)
{
    hash = types_mix(mix(hash, kind), LLVMTypeOf(constant));
    switch (kind) {
    case LLVMUndefValueValueKind:
    case LLVMPoisonValueValueKind:
    case LLVMConstantAggregateZeroValueKind:
    case LLVMConstantPointerNullValueKind:
    case LLVMConstantTokenNoneValueKind:
        return hash;
    case LLVMConstantExprValueKind:
        return mix_expression(hash, constant);
    case LLVMConstantIntValueKind:
    case LLVMConstantFPValueKind:
    case LLVMConstantDataArrayValueKind:
    case LLVMConstantDataVectorValueKind:
    case LLVMInlineAsmValueKind:
        bridge_literal(constant, take_bytes, &hash);
        return hash;
    default:
        return mix_operands(hash, constant);
    }
}

/* Metadata says how to round, or, one level deeper, which register is meant. */
static uint64_t mix_metadata(uint64_t hash, LLVMValueRef value)
{
    unsigned length = 0;
    if (LLVMIsAMDNode(value) && LLVMGetMDNodeNumOperands(value) == 1)
        LLVMGetMDNodeOperands(value, &value);
    const char *text = value ? LLVMGetMDString(value, &length) : NULL;
    return mix_bytes(mix(hash, TAG_TEXT), text ? text : "", length);
}

/* Labels are of the function, or of one that a table is of. */
static uint64_t mix_label(uint64_t hash, LLVMValueRef label)
{
    LLVMBasicBlockRef block = bridge_label(label);
    const bool is_own = LLVMGetBasicBlockParent(block) == own && shared == 0;
    return is_own ? mix_number(hash, block) : mix(hash, TAG_UNKNOWN);
}

static uint64_t mix_value(uint64_t hash, LLVMValueRef value)
{
    value = note_behind(value);
    const LLVMValueKind kind = LLVMGetValueKind(value);
    switch (kind) {
    case LLVMBasicBlockValueKind:
        return mix_number(hash, LLVMValueAsBasicBlock(value));
    case LLVMArgumentValueKind:
    case LLVMInstructionValueKind:
        return mix_number(hash, value);
    case LLVMFunctionValueKind:
    case LLVMGlobalAliasValueKind:
    case LLVMGlobalIFuncValueKind:
    case LLVMGlobalVariableValueKind:
        return mix_global(hash, value, kind);
    case LLVMMetadataAsValueValueKind:
        return mix_metadata(hash, value);
    case LLVMBlockAddressValueKind:
        return mix_label(hash, value);
    default:
        return mix_constant(hash, value, kind);
    }
}

/* ---- instructions ------------------------------------------------------------------------- */

/* How small integers are widened, and structs are handed over: the code that calls does it. */
static uint64_t mix_parameter(uint64_t hash, LLVMTypeRef type, LLVMValueRef owner,
                              LLVMAttributeIndex index)
{
    LLVMAttributeRef (*get)(LLVMValueRef, LLVMAttributeIndex, unsigned) =
        LLVMIsAFunction(owner) ? LLVMGetEnumAttributeAtIndex : LLVMGetCallSiteEnumAttribute;
    const LLVMTypeKind kind = LLVMGetTypeKind(type);
    if (kind == LLVMIntegerTypeKind && LLVMGetIntTypeWidth(type) < 32)
        return mix(hash, (get(owner, index, kinds.zeroext) ? 1u : 0u) +
                             (get(owner, index, kinds.signext) ? 2u : 0u));
    LLVMAttributeRef by_value = kind == LLVMPointerTypeKind ? get(owner, index, kinds.byval) : NULL;
    return by_value ? types_mix(hash, LLVMGetTypeAttributeValue(by_value)) : hash;
}

/* The result of a function or a call, and its parameters. */
static uint64_t mix_signature(uint64_t hash, LLVMTypeRef type, LLVMValueRef owner)
{
    const bool is_function = LLVMIsAFunction(owner);
    const unsigned count = is_function ? LLVMCountParams(owner) : LLVMGetNumArgOperands(owner);
    hash = mix_parameter(types_mix(hash, type), LLVMGetReturnType(type), owner,
                         LLVMAttributeReturnIndex);
    for (unsigned i = 0; i < count; i++) {
        LLVMValueRef parameter = is_function ? LLVMGetParam(owner, i) : LLVMGetOperand(owner, i);
        hash = mix_parameter(hash, LLVMTypeOf(parameter), owner, i + 1);
    }
    return hash;
}

static uint64_t mix_cases(uint64_t hash, LLVMValueRef instruction)
{
    const unsigned count = LLVMGetNumSuccessors(instruction);
    hash = mix_value(mix(hash, count), LLVMGetOperand(instruction, 0));
    for (unsigned i = 0; i < count; i++) {
        if (i > 0) /* the first is the default */
            hash = mix_value(hash, bridge_case(instruction, i - 1));
        hash = mix_number(hash, LLVMGetSuccessor(instruction, i));
    }
    return hash;
}

static uint64_t mix_incoming(uint64_t hash, LLVMValueRef phi)
{
    const unsigned count = LLVMCountIncoming(phi);
    for (unsigned i = 0; i < count; i++)
        hash =
            mix_number(mix_value(hash, LLVMGetIncomingValue(phi, i)), LLVMGetIncomingBlock(phi, i));
    return hash;
}

static uint64_t mix_numbers(uint64_t hash, LLVMValueRef instruction, LLVMOpcode opcode)
{
    if (opcode == LLVMShuffleVector) {
        const unsigned count = LLVMGetNumMaskElements(instruction);
        for (unsigned i = 0; i < count; i++)
            hash = mix(hash, (uint64_t)LLVMGetMaskValue(instruction, i));
    } else {
        const unsigned count = LLVMGetNumIndices(instruction);
        const unsigned *indexes = LLVMGetIndices(instruction);
        for (unsigned i = 0; i < count; i++)
            hash = mix(hash, indexes[i]);
    }
    return mix_operands(hash, instruction);
}

static uint64_t mix_instruction(uint64_t hash, LLVMValueRef instruction)
{
    const LLVMOpcode opcode = LLVMGetInstructionOpcode(instruction);
    hash = types_mix(mix(hash, opcode), LLVMTypeOf(instruction));
    hash = mix_number(mix(hash, bridge_details(instruction)), instruction);
    switch (opcode) {
    case LLVMAlloca:
        hash = types_mix(hash, LLVMGetAllocatedType(instruction));
        return mix_operands(hash, instruction);
    case LLVMGetElementPtr:
        return mix_address(hash, instruction);
    case LLVMSwitch:
        return mix_cases(hash, instruction);
    case LLVMPHI:
        return mix_incoming(hash, instruction);
    case LLVMExtractValue:
    case LLVMInsertValue:
    case LLVMShuffleVector:
        return mix_numbers(hash, instruction, opcode);
    case LLVMCall:
    case LLVMInvoke:
    case LLVMCallBr:
        hash = mix_signature(hash, LLVMGetCalledFunctionType(instruction), instruction);
        return mix_operands(hash, instruction);
    default:
        return mix_operands(hash, instruction);
    }
}

/* ---- functions ---------------------------------------------------------------------------- */

void fingerprint_begin(void)
{
    kinds.zeroext = attribute_kind("zeroext");
    kinds.signext = attribute_kind("signext");
    kinds.byval = attribute_kind("byval");
}

void fingerprint_end(void)
{
    pointers_free(&known);
    pointers_free(&numbers);
    types_end();
    within_end();
}

uint64_t fingerprint_of(LLVMValueRef function)
{
    own = function;
    within_begin(function);
    pointers_clear(&numbers);
    uint64_t hash = mix(TAG_OWN, LLVMGetFunctionCallConv(function));
    hash = mix_signature(hash, LLVMGlobalGetValueType(function), function);
    for (LLVMValueRef parameter = LLVMGetFirstParam(function); parameter;
         parameter = LLVMGetNextParam(parameter))
        hash = mix_number(hash, parameter);
    if (LLVMHasPersonalityFn(function))
        hash = mix_value(hash, LLVMGetPersonalityFn(function));
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block)) {
        hash = mix_number(hash, block);
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            if (!note_is_wrapper(instruction) && !note_is_left_out(instruction))
                hash = mix_instruction(hash, instruction);
    }
    hash = mix(hash, hash >> 32);
    return hash ? hash : 1;
}
