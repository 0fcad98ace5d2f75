#define _GNU_SOURCE
#include "probe.h"
#include "attribute.h"
#include "bridge.h"
#include "emit.h"
#include "place.h"
#include "select.h"
#include "text.h"
#include <llvm-c/DebugInfo.h>
#include <search.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A probe is a call of llvm.var.annotation: it costs the inliner nothing, is neither removed nor
 * moved past anything with an effect, touches no memory of the program's, and would be no code if
 * it were forgotten. The annotation is the function's name. Where several were made one, they have
 * a count in place of a pointer, and a line that is not 0 (see LoopPass in bridge.cc). */
enum { COUNT, NAME, COUNTED = 3 };
static const char annotation[] = "llvm.var.annotation", prefix[] = "profinst.probe";

/* Trees of tsearch(3) over the same functions. */
static void *by_name, *by_subprogram;

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct probe_function *)a)->name,
                  ((const struct probe_function *)b)->name);
}

static int compare_subprograms(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const struct probe_function *)a)->subprogram;
    uintptr_t right = (uintptr_t)((const struct probe_function *)b)->subprogram;
    return (left > right) - (left < right);
}

static void forget(void *function)
{
    free(((struct probe_function *)function)->name);
    free(function);
}

static void keep(void *function)
{
    (void)function; /* it is in the other tree */
}

static const struct probe_function *remember(LLVMValueRef function)
{
    size_t length;
    struct probe_function *known = calloc(1, sizeof *known);
    if (!known || !(known->name = strdup(LLVMGetValueName2(function, &length))))
        abort(); /* as LLVM does */
    known->place = place_of(function);
    known->subprogram = LLVMGetSubprogram(function);
    if (!tsearch(known, &by_name, compare_names) ||
        (known->subprogram && !tsearch(known, &by_subprogram, compare_subprograms)))
        abort();
    return known;
}

static bool is_annotation(LLVMValueRef instruction)
{
    LLVMValueRef callee =
        LLVMIsACallInst(instruction) ? LLVMIsAFunction(LLVMGetCalledValue(instruction)) : NULL;
    return callee &&
           LLVMGetIntrinsicID(callee) == LLVMLookupIntrinsicID(annotation, sizeof annotation - 1);
}

/* The variable that has the name; NULL if it is another annotation, or none. */
static LLVMValueRef name_in(LLVMValueRef instruction)
{
    size_t length;
    if (!is_annotation(instruction))
        return NULL;
    LLVMValueRef text = LLVMGetOperand(instruction, NAME);
    while (LLVMIsAConstantExpr(text))
        text = LLVMGetOperand(text, 0);
    bool ours =
        LLVMIsAGlobalVariable(text) && text_starts(LLVMGetValueName2(text, &length), prefix);
    return ours ? text : NULL;
}

/* ---- planting ----------------------------------------------------------------------------- */

static LLVMValueRef declare_annotation(LLVMModuleRef module, LLVMTypeRef pointer, LLVMTypeRef *type)
{
    LLVMTypeRef both[] = {pointer, pointer};
    unsigned id = LLVMLookupIntrinsicID(annotation, sizeof annotation - 1);
    size_t overloads = LLVMIntrinsicIsOverloaded(id) ? 2 : 0; /* since LLVM 16 */
    *type = LLVMIntrinsicGetType(LLVMGetModuleContext(module), id, both, overloads);
    return LLVMGetIntrinsicDeclaration(module, id, both, overloads);
}

/* The name, where the probe and its copies find it. */
static LLVMValueRef name_text(LLVMModuleRef module, const char *name, LLVMTypeRef pointer)
{
    LLVMValueRef text =
        LLVMConstStringInContext(LLVMGetModuleContext(module), name, (unsigned)strlen(name), false);
    LLVMValueRef global = LLVMAddGlobal(module, LLVMTypeOf(text), prefix);
    LLVMSetInitializer(global, text);
    LLVMSetGlobalConstant(global, true);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    return LLVMConstBitCast(global, pointer);
}

/* What becomes a call, and probes. */
static bool is_kept_apart(LLVMValueRef instruction)
{
    return LLVMIsAInvokeInst(instruction) || LLVMIsAMemIntrinsic(instruction) ||
           (LLVMIsACallInst(instruction) && !LLVMIsAIntrinsicInst(instruction)) ||
           name_in(instruction);
}

/* Calls from two copies of inlined code stay two, so that it is known which copy they are from. */
static void keep_apart(LLVMValueRef function)
{
    static const char nomerge[] = "nomerge";
    LLVMAttributeRef attribute =
        attribute_make(LLVMGetModuleContext(LLVMGetGlobalParent(function)), nomerge);
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            if (is_kept_apart(instruction))
                LLVMAddCallSiteAttribute(instruction, attribute_of_function, attribute);
}

static void plant(LLVMModuleRef module, LLVMValueRef function)
{
    LLVMContextRef context = LLVMGetModuleContext(module);
    LLVMTypeRef pointer = LLVMPointerType(LLVMInt8TypeInContext(context), 0), type;
    LLVMValueRef intrinsic = declare_annotation(module, pointer, &type);
    const struct probe_function *known = remember(function);
    LLVMValueRef null = LLVMConstNull(pointer);
    LLVMValueRef arguments[] = {null, name_text(module, known->name, pointer), null,
                                LLVMConstInt(LLVMInt32TypeInContext(context), 0, false), null};
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(context);
    emit_at_entry(builder, function);
    LLVMBuildCall2(builder, type, intrinsic, arguments, 5, "");
    LLVMDisposeBuilder(builder);
    keep_apart(function);
}

void probe_plant(LLVMModuleRef module)
{
    tdestroy(by_subprogram, keep);
    tdestroy(by_name, forget);
    by_name = by_subprogram = NULL;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        if (select_chose(f))
            plant(module, f);
}

static LLVMModuleRef module_of(LLVMValueRef instruction)
{
    return LLVMGetGlobalParent(LLVMGetBasicBlockParent(LLVMGetInstructionParent(instruction)));
}

/* ---- finding ------------------------------------------------------------------------------ */

bool profinst_is_probe(LLVMValueRef instruction)
{
    return name_in(instruction) != NULL;
}

const struct probe_function *probe_of(LLVMValueRef instruction)
{
    size_t length;
    LLVMValueRef text = name_in(instruction);
    if (!text)
        return NULL;
    char *name = (char *)LLVMGetAsString(LLVMGetInitializer(text), &length);
    struct probe_function key = {.name = name};
    struct probe_function *const *found = tfind(&key, &by_name, compare_names);
    return found ? *found : NULL;
}

LLVMValueRef probe_count(LLVMBuilderRef builder, LLVMValueRef probe)
{
    LLVMTypeRef type = LLVMInt64TypeInContext(LLVMGetModuleContext(module_of(probe)));
    return LLVMIsNull(LLVMGetOperand(probe, COUNTED))
               ? LLVMConstInt(type, 1, false)
               : LLVMBuildPtrToInt(builder, LLVMGetOperand(probe, COUNT), type, "");
}

bool probe_in(LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            if (probe_of(instruction))
                return true;
    return false;
}

const struct probe_function *probe_function_of(LLVMMetadataRef subprogram)
{
    size_t length;
    struct probe_function key = {.subprogram = subprogram};
    struct probe_function *const *found = tfind(&key, &by_subprogram, compare_subprograms);
    if (found)
        return *found;
    /* Of a copy that the optimizer made of the function. */
    key.name = (char *)bridge_linkage_name(subprogram, &length);
    found = key.name ? tfind(&key, &by_name, compare_names) : NULL;
    return found ? *found : NULL;
}
