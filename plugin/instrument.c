/* Which functions get hooks, and where. */
#define _GNU_SOURCE
#include "attribute.h"
#include "bridge.h"
#include "sources.h"
#include "unit.h"
#include <llvm-c/DebugInfo.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- selection ---------------------------------------------------------------------------- */

/* Runs while the dynamic linker is at work: nothing it would call is there yet. */
static bool is_resolver(LLVMModuleRef module, LLVMValueRef function)
{
    for (LLVMValueRef ifunc = LLVMGetFirstGlobalIFunc(module); ifunc;
         ifunc = LLVMGetNextGlobalIFunc(ifunc)) {
        LLVMValueRef resolver = LLVMGetGlobalIFuncResolver(ifunc);
        while (LLVMIsAConstantExpr(resolver))
            resolver = LLVMGetOperand(resolver, 0);
        if (resolver == function)
            return true;
    }
    return false;
}

static bool can_be_hooked(LLVMModuleRef module, LLVMValueRef function)
{
    enum { X86_INTERRUPT = 83 }; /* llvm/IR/CallingConv.h: may not call ordinary functions */
    return !LLVMIsDeclaration(function) &&
           LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage &&
           !attribute_present(function, "naked") &&
           LLVMGetFunctionCallConv(function) != X86_INTERRUPT && !is_resolver(module, function);
}

/* The file as debug information has it, written to `path`. */
static void file_of_debug_info(LLVMMetadataRef subprogram, char *path, size_t size)
{
    unsigned name_length, folder_length;
    LLVMMetadataRef file = LLVMDIScopeGetFile(subprogram);
    *path = '\0';
    if (!file)
        return;
    const char *name = LLVMDIFileGetFilename(file, &name_length);
    const char *folder = LLVMDIFileGetDirectory(file, &folder_length);
    if (name_length == 0 || name[0] == '/' || folder_length == 0)
        folder_length = 0;
    snprintf(path, size, "%.*s%s%.*s", (int)folder_length, folder, folder_length ? "/" : "",
             (int)name_length, name);
}

/* The line of debug information is the best: it tells lambdas of one type apart. The file is best
 * as the user wrote it in the command. */
static struct source_place place_of(LLVMValueRef function, const struct source_place *place,
                                    char *path, size_t size)
{
    LLVMMetadataRef subprogram = LLVMGetSubprogram(function);
    struct source_place best = place ? *place : (struct source_place){"", 0};
    if (subprogram) {
        best.line = LLVMDISubprogramGetLine(subprogram);
        if (!place) {
            file_of_debug_info(subprogram, path, size);
            best.file = path;
        }
    }
    return best;
}

/* ---- hooks -------------------------------------------------------------------------------- */

struct choice {
    LLVMValueRef function;
    const struct source_place *place; /* in the source; NULL if there was none to read */
};

/* The functions that get hooks, in the module's order, and in that of their addresses. */
struct selection {
    struct choice *chosen;
    LLVMValueRef *sorted;
    size_t count;
};

struct hooked {
    const struct unit *unit;
    const struct selection *selection;
    LLVMValueRef caller, own; /* struct profinst_place */
    bool in_coroutine;
};

static int compare_addresses(const void *a, const void *b)
{
    uintptr_t first = (uintptr_t) * (const LLVMValueRef *)a;
    uintptr_t second = (uintptr_t) * (const LLVMValueRef *)b;
    return (first > second) - (first < second);
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text), rest = strlen(ending);
    return length >= rest && strcmp(text + length - rest, ending) == 0;
}

/* A part of a coroutine. It resumes the one that awaits it by a tail call through a pointer, which
 * may as well lead to one that does nothing and has no hooks. */
static bool is_coroutine_part(LLVMValueRef function)
{
    size_t length;
    const char *name = LLVMGetValueName2(function, &length);
    return ends_with(name, ".resume") || ends_with(name, ".destroy") || ends_with(name, ".cleanup");
}

static enum bridge_callee callee(LLVMValueRef called, void *data)
{
    const struct hooked *hooked = data;
    const struct selection *selection = hooked->selection;
    if (bsearch(&called, selection->sorted, selection->count, sizeof called, compare_addresses))
        return BRIDGE_HOOKED;
    bool elsewhere =
        !LLVMIsAFunction(called) || (LLVMIsDeclaration(called) && LLVMGetIntrinsicID(called) == 0);
    return elsewhere && !hooked->in_coroutine ? BRIDGE_UNKNOWN : BRIDGE_UNHOOKED;
}

static void leave_before(LLVMBuilderRef builder, enum bridge_exit how, void *data)
{
    const struct hooked *hooked = data;
    LLVMValueRef arguments[] = {hooked->caller};
    unit_call_hook(hooked->unit, builder, how == BRIDGE_TAIL_CALL ? HOOK_TAIL : HOOK_LEAVE,
                   arguments);
}

/* A tail call behind which there is only the return: nothing may come between them. */
static bool is_last(LLVMValueRef call)
{
    LLVMValueRef next = LLVMGetNextInstruction(call);
    return LLVMIsTailCall(call) && (LLVMIsAReturnInst(next) || LLVMIsABitCastInst(next));
}

/* A call that returns twice, or after another stack has run. */
static bool comes_back(LLVMValueRef instruction)
{
    static const char twice[] = "returns_twice", swap[] = "swapcontext",
                      builtin[] = "llvm.eh.sjlj.setjmp"; /* what __builtin_setjmp is */
    size_t length;
    if (!LLVMIsACallInst(instruction) || is_last(instruction))
        return false;
    LLVMValueRef callee = LLVMIsAFunction(LLVMGetCalledValue(instruction));
    const char *name = callee ? LLVMGetValueName2(callee, &length) : "";
    return LLVMGetCallSiteEnumAttribute(instruction, attribute_of_function,
                                        attribute_kind(twice)) ||
           (callee && attribute_present(callee, twice)) || strcmp(name, swap) == 0 ||
           strcmp(name, builtin) == 0;
}

/* The thread may come from anywhere then: out of a longjmp, out of a function without a cleanup
 * that an exception passed through, from another stack. */
static void resume_where_control_comes_back(const struct hooked *hooked, LLVMBuilderRef builder,
                                            LLVMValueRef function)
{
    LLVMValueRef arguments[] = {hooked->own};
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            if (LLVMIsALandingPadInst(instruction) || comes_back(instruction)) {
                LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(instruction));
                unit_call_hook(hooked->unit, builder, HOOK_LEAVE, arguments);
            }
}

static void position_at_entry(LLVMBuilderRef builder, LLVMValueRef function)
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

static void hook(const struct unit *unit, const struct selection *selection, LLVMValueRef function,
                 const struct source_place *place)
{
    size_t length;
    char *name = sources_name(LLVMGetValueName2(function, &length));
    struct hooked hooked = {
        .unit = unit,
        .selection = selection,
        .in_coroutine = is_coroutine_part(function),
    };
    LLVMValueRef descriptor = unit_describe(unit, name, place->file, place->line);
    free(name);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    position_at_entry(builder, function);
    LLVMValueRef entered = unit_call_hook(unit, builder, HOOK_ENTER, &descriptor);
    hooked.caller = LLVMBuildExtractValue(builder, entered, 0, "");
    hooked.own = LLVMBuildExtractValue(builder, entered, 1, "");
    resume_where_control_comes_back(&hooked, builder, function);
    LLVMDisposeBuilder(builder);
    bridge_each_exit(function, callee, leave_before, &hooked);
}

/* ---- the module --------------------------------------------------------------------------- */

static size_t count_functions(LLVMModuleRef module)
{
    size_t count = 0;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        count++;
    return count;
}

static struct selection select_functions(LLVMModuleRef module)
{
    size_t room = count_functions(module) + 1, length;
    struct selection selection = {calloc(room, sizeof *selection.chosen),
                                  calloc(room, sizeof *selection.sorted), 0};
    if (!selection.chosen || !selection.sorted)
        abort(); /* as LLVM does */
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        const struct source_place *place =
            sources_known() ? sources_find(LLVMGetValueName2(f, &length)) : NULL;
        if (can_be_hooked(module, f) && (place || !sources_known())) {
            selection.sorted[selection.count] = f;
            selection.chosen[selection.count++] = (struct choice){f, place};
        }
    }
    qsort(selection.sorted, selection.count, sizeof *selection.sorted, compare_addresses);
    return selection;
}

bool profinst_instrument(LLVMModuleRef module)
{
    char path[4096];
    if (unit_present(module))
        return false;
    /* Before anything is added, so that what is added is not selected. */
    struct selection selection = select_functions(module);
    size_t count = selection.count;
    if (count > 0) {
        struct unit unit = unit_begin(module, selection.chosen[0].function);
        for (size_t i = 0; i < count; i++) {
            const struct choice *choice = &selection.chosen[i];
            struct source_place place =
                place_of(choice->function, choice->place, path, sizeof path);
            hook(&unit, &selection, choice->function, &place);
        }
    }
    free(selection.chosen);
    free(selection.sorted);
    return count > 0;
}
