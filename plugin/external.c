#define _GNU_SOURCE
#include "external.h"
#include "attribute.h"
#include "bridge.h"
#include "control.h"
#include "options.h"
#include "profinst_abi.h"
#include "shortcut.h"
#include "sources.h"
#include "text.h"
#include <search.h>
#include <stdlib.h>
#include <string.h>

/* A name that is called. */
struct external {
    char *name;
    bool wanted;
    LLVMValueRef descriptor; /* NULL before the first of its calls is rewritten */
};

static void *externals; /* of the module; a tree of tsearch(3) */

/* ---- what is never recorded --------------------------------------------------------------- */

/* What the compiler calls for itself. An exception that is thrown, or a destructor that is put on
 * a list, is no call of the source. */
static const char *const compilers_own[] = {
    "_ZT", /* thunks, initializers of thread_local variables */
    "__cxa_",  "_Unwind_", "__clang_",   "__stack_chk_", "__llvm_",    "llvm_gc",   "__kmpc_",
    "__tgt_",  "__asan_",  "__tsan_",    "__msan_",      "__ubsan_",   "__hwasan_", "__dfsan_",
    "__lsan_", "__rtsan_", "__tysan_",   "__nsan_",      "__memprof_", "__cfi_",    "__sanitizer",
    "__xray_", "__cyg_",   "__fentry__", "__profinst_",  "profinst_",
};

/* - The thread is on another stack afterwards, or in another process, or shares this one with its
 *   parent.
 * - Hooks of gprof, which look at their caller's frame.
 * - What stands for errno and for isalpha() and the like: macros, and read in no time. */
static const char *const exempt[] = {
    "vfork",
    "getcontext",
    "setcontext",
    "swapcontext",
    "makecontext",
    "mcount",
    "_mcount",
    "__errno_location",
    "__ctype_b_loc",
    "__ctype_tolower_loc",
    "__ctype_toupper_loc",
};

static bool never(const char *name)
{
    for (size_t i = 0; i < sizeof compilers_own / sizeof *compilers_own; i++)
        if (text_starts(name, compilers_own[i]))
            return true;
    for (size_t i = 0; i < sizeof exempt / sizeof *exempt; i++)
        if (strcmp(name, exempt[i]) == 0)
            return true;
    return false;
}

/* Where registers are promised to hold something between the call and what is around it. */
static bool has_special_argument(LLVMValueRef call)
{
    static const char *const kinds[] = {"swifterror", "swiftasync", "inalloca", "preallocated"};
    for (unsigned i = 0; i < LLVMGetNumArgOperands(call); i++)
        for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
            if (LLVMGetCallSiteEnumAttribute(call, i + 1, attribute_kind(kinds[k])))
                return true;
    return false;
}

/* ---- what is called ----------------------------------------------------------------------- */

/* Operations on memory become calls, unless their length is a constant: those that are short are a
 * few instructions, and it is up to the target which ones are. Functions of mathematics that the
 * compiler knows by heart may or may not become calls (llvm.sqrt hardly ever does) and are left
 * alone. */
static const char *name_of_intrinsic(LLVMValueRef call, LLVMValueRef callee)
{
    static const char *const names[] = {"llvm.memcpy", "llvm.memmove", "llvm.memset"};
    enum { LENGTH = 2 };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (LLVMGetIntrinsicID(callee) == LLVMLookupIntrinsicID(names[i], strlen(names[i])) &&
            !LLVMIsAConstantInt(LLVMGetOperand(call, LENGTH)))
            return names[i] + strlen("llvm.");
    return NULL;
}

/* The linkage name of the function that is called, if the module does not define it; NULL
 * otherwise. */
static const char *name_of_callee(LLVMValueRef call)
{
    size_t length;
    LLVMValueRef callee = LLVMGetCalledValue(call);
    while (LLVMIsAConstantExpr(callee) && LLVMGetConstOpcode(callee) == LLVMBitCast)
        callee = LLVMGetOperand(callee, 0);
    if (!LLVMIsAFunction(callee) || control_returns_twice(call))
        return NULL;
    if (LLVMGetIntrinsicID(callee) != 0)
        return name_of_intrinsic(call, callee);
    bool defined =
        !LLVMIsDeclaration(callee) && LLVMGetLinkage(callee) != LLVMAvailableExternallyLinkage;
    return defined ? NULL : LLVMGetValueName2(callee, &length);
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct external *)a)->name, ((const struct external *)b)->name);
}

static void forget(void *external)
{
    free(((struct external *)external)->name);
    free(external);
}

void external_begin(void)
{
    tdestroy(externals, forget);
    externals = NULL;
}

static struct external *find(const char *linkage_name)
{
    struct external key = {.name = sources_name(linkage_name)};
    struct external *const *found = tfind(&key, &externals, compare);
    if (found) {
        free(key.name);
        return *found;
    }
    struct external *external = malloc(sizeof *external);
    if (!external)
        abort(); /* as LLVM does */
    key.wanted = !never(key.name) && option_external(key.name);
    *external = key;
    if (!tsearch(external, &externals, compare))
        abort();
    return external;
}

/* NULL if the call is not recorded. */
static struct external *called(LLVMValueRef call)
{
    const char *name = name_of_callee(call);
    struct external *external =
        name && !bridge_is_must_tail(call) && !has_special_argument(call) ? find(name) : NULL;
    return external && external->wanted ? external : NULL;
}

bool external_is(LLVMValueRef instruction)
{
    return (LLVMIsACallInst(instruction) || LLVMIsAInvokeInst(instruction)) && called(instruction);
}

/* ---- hooks -------------------------------------------------------------------------------- */

void external_record_call(struct unit *unit, LLVMValueRef call)
{
    struct external *external = called(call);
    if (!external->descriptor)
        external->descriptor = unit_describe(
            unit, &(struct unit_function){
                      .linkage_name = external->name, .file = "", .flags = PROFINST_EXTERNAL});
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    LLVMValueRef start =
        shortcut_start(unit, LLVMGetBasicBlockParent(LLVMGetInstructionParent(call)));
    LLVMPositionBuilderBefore(builder, call);
    LLVMValueRef entered[] = {external->descriptor, start};
    LLVMValueRef place = unit_call_hook(unit, builder, HOOK_ENTER, entered);
    LLVMValueRef left[] = {LLVMBuildExtractValue(builder, place, 0, ""), start};
    LLVMDisposeBuilder(builder);
    builder = bridge_behind(call);
    if (!builder)
        return;
    unit_call_hook(unit, builder, HOOK_LEAVE, left);
    LLVMDisposeBuilder(builder);
}

void external_record(struct unit *unit, LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef next, instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = next) {
            next = LLVMGetNextInstruction(instruction);
            if (external_is(instruction))
                external_record_call(unit, instruction);
        }
}

/* ---- what the module defines -------------------------------------------------------------- */

void external_claim(struct unit *unit, LLVMValueRef defined)
{
    size_t length;
    LLVMLinkage linkage = LLVMGetLinkage(defined);
    /* Whoever calls an inline function has it, too. */
    if (!option_external_any() || (linkage != LLVMExternalLinkage &&
                                   linkage != LLVMWeakAnyLinkage && linkage != LLVMWeakODRLinkage))
        return;
    char *name = sources_name(LLVMGetValueName2(defined, &length));
    unit_describe(unit, &(struct unit_function){.linkage_name = name, .file = ""});
    free(name);
}

void external_claim_aliases(struct unit *unit)
{
    for (LLVMValueRef alias = LLVMGetFirstGlobalAlias(unit->module); alias;
         alias = LLVMGetNextGlobalAlias(alias))
        external_claim(unit, alias);
    for (LLVMValueRef ifunc = LLVMGetFirstGlobalIFunc(unit->module); ifunc;
         ifunc = LLVMGetNextGlobalIFunc(ifunc))
        external_claim(unit, ifunc);
}
