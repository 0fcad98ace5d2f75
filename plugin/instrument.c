/* Which functions get hooks, and where. */
#define _GNU_SOURCE
#include "bridge.h"
#include "control.h"
#include "emit.h"
#include "external.h"
#include "inlined.h"
#include "linkage.h"
#include "options.h"
#include "origin.h"
#include "place.h"
#include "probe.h"
#include "profinst_abi.h"
#include "select.h"
#include "shortcut.h"
#include "unit.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- selection ---------------------------------------------------------------------------- */

/* Marked, or a copy of what was; pieces that the optimizer cut out of it have the mark as well. */
static bool can_be_hooked(LLVMValueRef function)
{
    size_t length;
    return select_chose(function) &&
           (!sources_known() || sources_find(LLVMGetValueName2(function, &length)));
}

/* ---- hooks -------------------------------------------------------------------------------- */

/* Functions: all that there is code of, and those of them that get hooks, by address. */
struct selection {
    LLVMValueRef *functions;
    size_t function_count;
    LLVMValueRef *hooked;
    size_t hooked_count;
};

struct hooked {
    const struct unit *unit;
    const struct selection *selection;
    struct shortcut_call call;
    bool in_coroutine;
};

static int compare_addresses(const void *a, const void *b)
{
    uintptr_t first = (uintptr_t) * (const LLVMValueRef *)a;
    uintptr_t second = (uintptr_t) * (const LLVMValueRef *)b;
    return (first > second) - (first < second);
}

static bool is_hooked(const struct selection *selection, LLVMValueRef function)
{
    return bsearch(&function, selection->hooked, selection->hooked_count, sizeof function,
                   compare_addresses);
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
    if (is_hooked(selection, called))
        return BRIDGE_HOOKED;
    bool elsewhere =
        !LLVMIsAFunction(called) || (LLVMIsDeclaration(called) && LLVMGetIntrinsicID(called) == 0);
    return elsewhere && !hooked->in_coroutine ? BRIDGE_UNKNOWN : BRIDGE_UNHOOKED;
}

static void leave_before(LLVMBuilderRef builder, enum bridge_exit how, void *data)
{
    const struct hooked *hooked = data;
    LLVMValueRef caller = hooked->call.caller;
    if (how == BRIDGE_TAIL_CALL)
        unit_call_hook(hooked->unit, builder, HOOK_TAIL, &caller);
    else
        shortcut_leave(hooked->unit, builder, &hooked->call);
}

static void resume_where_control_comes_back(const struct hooked *hooked, LLVMBuilderRef builder,
                                            LLVMValueRef function)
{
    LLVMValueRef arguments[] = {hooked->call.own};
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction))
            if (control_comes_back(instruction)) {
                LLVMPositionBuilderBefore(builder, LLVMGetNextInstruction(instruction));
                unit_call_hook(hooked->unit, builder, HOOK_RESUME, arguments);
            }
}

static LLVMValueRef describe(struct unit *unit, LLVMValueRef function,
                             const struct inlined *inlined)
{
    size_t length;
    const struct source_place place = place_of(function);
    char *name = sources_name(LLVMGetValueName2(function, &length));
    LLVMValueRef descriptor = unit_describe(unit, &(struct unit_function){
                                                      .linkage_name = name,
                                                      .name = place.name,
                                                      .file = place.file,
                                                      .line = place.line,
                                                      .local = linkage_is_local(function),
                                                      .frames = inlined->descriptors,
                                                      .callers = inlined->callers,
                                                      .frame_count = inlined->frame_count,
                                                  });
    free(name);
    return descriptor;
}

static void hook(struct unit *unit, const struct selection *selection, LLVMValueRef function)
{
    struct inlined inlined = inlined_find(unit, function);
    LLVMValueRef descriptor = describe(unit, function, &inlined);
    struct hooked hooked = {
        .unit = unit,
        .selection = selection,
        .in_coroutine = is_coroutine_part(function),
    };
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    emit_at_entry(builder, function);
    hooked.call = shortcut_enter(unit, builder, function, descriptor);
    inlined_record(unit, builder, &inlined, hooked.call.own);
    inlined_free(&inlined);
    resume_where_control_comes_back(&hooked, builder, function);
    LLVMDisposeBuilder(builder);
    external_record(unit, function);
    bridge_each_exit(function, callee, leave_before, &hooked);
}

static void report_inlined(struct unit *unit, LLVMValueRef function)
{
    external_claim(unit, function);
    if (select_is_resolver(unit->module, function))
        return;
    struct inlined inlined = inlined_find(unit, function);
    inlined_report(unit, &inlined);
    inlined_free(&inlined);
}

/* ---- the module --------------------------------------------------------------------------- */

static size_t count_functions(LLVMModuleRef module)
{
    size_t count = 0;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        count++;
    return count;
}

static bool has_code(LLVMValueRef function)
{
    return !LLVMIsDeclaration(function) &&
           LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage;
}

static struct selection select_functions(LLVMModuleRef module)
{
    size_t room = count_functions(module) + 1;
    struct selection selection = {.functions = calloc(room, sizeof(LLVMValueRef)),
                                  .hooked = calloc(room, sizeof(LLVMValueRef))};
    if (!selection.functions || !selection.hooked)
        abort(); /* as LLVM does */
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        if (has_code(f)) {
            selection.functions[selection.function_count++] = f;
            if (can_be_hooked(f))
                selection.hooked[selection.hooked_count++] = f;
        }
    qsort(selection.hooked, selection.hooked_count, sizeof(LLVMValueRef), compare_addresses);
    return selection;
}

/* True if anything was selected that is still there, inlined perhaps, or is to be claimed as part
 * of the build. */
static bool anything_to_do(const struct selection *selection)
{
    bool any =
        selection->hooked_count > 0 || (option_external_any() && selection->function_count > 0);
    for (size_t i = 0; !any && i < selection->function_count; i++)
        any = probe_in(selection->functions[i]);
    return any;
}

void profinst_prepare(LLVMModuleRef module)
{
    if (select_done(module))
        return;
    select_module(module);
    if (option_inlined()) {
        origin_begin(module);
        probe_plant(module);
    }
}

bool profinst_instrument(LLVMModuleRef module)
{
    if (unit_present(module))
        return false;
    if (!select_done(module))
        select_module(module);
    /* Before anything is added, so that what is added is not selected. */
    struct selection selection = select_functions(module);
    bool any =
        selection.function_count > 0 && (select_concerns(module) || anything_to_do(&selection));
    if (any) {
        struct unit unit = unit_begin(module, selection.functions[0]);
        inlined_begin();
        external_begin();
        for (size_t i = 0; i < selection.function_count; i++)
            if (is_hooked(&selection, selection.functions[i]))
                hook(&unit, &selection, selection.functions[i]);
            else
                report_inlined(&unit, selection.functions[i]);
        external_claim_aliases(&unit);
        unit_end(&unit, option_external_any() ? PROFINST_UNIT_EXTERNAL : 0);
    }
    origin_end(module);
    select_forget();
    free(selection.functions);
    free(selection.hooked);
    return any;
}
