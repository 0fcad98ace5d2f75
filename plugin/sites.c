#define _GNU_SOURCE
#include "sites.h"
#include "callees.h"
#include "choice.h"
#include "linkage.h"
#include "place.h"
#include "select.h"
#include <llvm-c/DebugInfo.h>
#include <stdlib.h>
#include <string.h>

/* The sites of one function, before those that are the same are joined. */
struct site_list {
    struct profinst_choice_site *sites;
    size_t count, room;
};

static void check(bool good)
{
    if (!good)
        abort(); /* as LLVM does without memory */
}

/* ---- calls -------------------------------------------------------------------------------- */

/* Operations on memory may become calls. NULL of other intrinsics. */
static const char *name_of_intrinsic(LLVMValueRef intrinsic)
{
    static const char *const names[] = {"llvm.memcpy", "llvm.memmove", "llvm.memset"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (LLVMGetIntrinsicID(intrinsic) == LLVMLookupIntrinsicID(names[i], strlen(names[i])))
            return names[i] + strlen("llvm.");
    return NULL;
}

/* Fills in whom it calls. False if that is nobody. */
static bool tell_callee(struct profinst_choice_site *site, LLVMValueRef call)
{
    const LLVMValueRef target = callees_target(call);
    if (LLVMIsAInlineAsm(target))
        return false;
    if (LLVMIsAFunction(target) && LLVMGetIntrinsicID(target) != 0) {
        const char *name = name_of_intrinsic(target);
        site->callee = name ? choice_text(name) : 0;
        site->flags = PROFINST_SITE_LIBRARY;
        return name != NULL;
    }
    if (callees_is_known(target)) {
        const struct callee *callee = callees_find(target);
        callee = callees_note(callee->reach == CALLEE_ONE ? callee->one : target);
        site->callee = callee->name;
        site->flags = callee->flags;
        return true;
    }
    site->callee = choice_text("");
    site->flags = PROFINST_SITE_POINTER;
    return true;
}

/* Fills in where it stands; of what was inlined already, where that was. */
static void tell_place(struct profinst_choice_site *site, LLVMValueRef call,
                       LLVMMetadataRef own_file, const char *own_path)
{
    LLVMMetadataRef location = LLVMInstructionGetDebugLoc(call);
    for (LLVMMetadataRef outer; location && (outer = LLVMDILocationGetInlinedAt(location));)
        location = outer;
    site->line = location ? LLVMDILocationGetLine(location) : 0;
    if (site->line == 0) {
        site->file = choice_text("");
        return;
    }
    LLVMMetadataRef file = LLVMDIScopeGetFile(LLVMDILocationGetScope(location));
    site->file = choice_text(file == own_file ? own_path : place_file(file, own_file, own_path));
}

static int compare_sites(const void *a, const void *b)
{
    const struct profinst_choice_site *left = a, *right = b;
    const uint32_t lefts[] = {left->file, left->line, left->callee, left->flags};
    const uint32_t rights[] = {right->file, right->line, right->callee, right->flags};
    for (size_t i = 0; i < sizeof lefts / sizeof *lefts; i++)
        if (lefts[i] != rights[i])
            return lefts[i] < rights[i] ? -1 : 1;
    return 0;
}

static void add(struct site_list *list, const struct profinst_choice_site *site)
{
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 64;
        list->sites = reallocarray(list->sites, list->room, sizeof *list->sites);
        check(list->sites);
    }
    list->sites[list->count++] = *site;
}

/* Hands the sites over, each once, and empties the list. */
static void hand_over(struct site_list *list)
{
    if (list->count > 0)
        qsort(list->sites, list->count, sizeof *list->sites, compare_sites);
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || compare_sites(&list->sites[i - 1], &list->sites[i]) != 0)
            choice_add_site(&list->sites[i]);
    list->count = 0;
}

static void collect_calls(struct site_list *list, LLVMValueRef function, uint32_t index)
{
    LLVMMetadataRef subprogram = LLVMGetSubprogram(function);
    LLVMMetadataRef file = subprogram ? LLVMDIScopeGetFile(subprogram) : NULL;
    const char *path = place_of(function).file;
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction)) {
            struct profinst_choice_site site = {.caller = index};
            if (!callees_is_call(instruction) || !tell_callee(&site, instruction))
                continue;
            tell_place(&site, instruction, file, path);
            add(list, &site);
        }
    hand_over(list);
}

/* ---- other uses --------------------------------------------------------------------------- */

static bool is_used_elsewhere(LLVMValueRef value, LLVMValueRef function, int depth);

/* Calls of what was left out and leads to the one function stand for calls of that. Other units may
 * know no more of it than its name, unless they have it as well. The answer is kept: those that are
 * left out may call each other in many ways. While one is looked for, it is not told. */
static bool stands_for(LLVMValueRef left_out, LLVMValueRef function, int depth)
{
    enum { DEEPEST = 1000 };
    struct callee *callee = callees_find(left_out);
    if (depth >= DEEPEST || callee->reach != CALLEE_ONE || callee->one != function ||
        (!linkage_is_local(left_out) && LLVMGetLinkage(left_out) != LLVMLinkOnceODRLinkage))
        return false;
    if (callee->told == CALLEE_NOT_ASKED) {
        callee->told = CALLEE_IS_NOT_TOLD;
        if (!is_used_elsewhere(left_out, function, depth + 1))
            callee->told = CALLEE_IS_TOLD;
    }
    return callee->told == CALLEE_IS_TOLD;
}

/* A call of the value, the function or one that stands for it, of which sites tell. */
static bool is_told(LLVMValueRef user, LLVMValueRef value, LLVMValueRef function, int depth)
{
    if (!callees_is_call(user) || LLVMGetCalledValue(user) != value)
        return false;
    const unsigned count = LLVMGetNumArgOperands(user);
    for (unsigned i = 0; i < count; i++)
        if (LLVMGetOperand(user, i) == value)
            return false;
    LLVMValueRef caller = LLVMGetBasicBlockParent(LLVMGetInstructionParent(user));
    return select_chose(caller) || stands_for(caller, function, depth);
}

/* True if there are other uses than calls that sites tell of. Labels of the function's own, and
 * what handles exceptions for it, are none. */
static bool is_used_elsewhere(LLVMValueRef value, LLVMValueRef function, int depth)
{
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        if (LLVMIsABlockAddress(user) || LLVMIsAFunction(user))
            continue;
        const bool cast = LLVMIsAConstantExpr(user) && LLVMGetConstOpcode(user) == LLVMBitCast;
        if (cast ? is_used_elsewhere(user, function, depth)
                 : !is_told(user, value, function, depth))
            return true;
    }
    return false;
}

static bool may_handle_signals(LLVMValueRef function)
{
    LLVMTypeRef type = LLVMGlobalGetValueType(function), parameters[3];
    const unsigned count = LLVMCountParamTypes(type);
    if (LLVMGetTypeKind(LLVMGetReturnType(type)) != LLVMVoidTypeKind || (count != 1 && count != 3))
        return false;
    LLVMGetParamTypes(type, parameters);
    return LLVMGetTypeKind(parameters[0]) == LLVMIntegerTypeKind &&
           LLVMGetIntTypeWidth(parameters[0]) == 32 &&
           (count == 1 || (LLVMGetTypeKind(parameters[1]) == LLVMPointerTypeKind &&
                           LLVMGetTypeKind(parameters[2]) == LLVMPointerTypeKind));
}

/* Other uses of what is not selected need not be told: nobody asks who called it. */
static bool is_left_out(LLVMValueRef function)
{
    return !LLVMIsDeclaration(function) &&
           LLVMGetLinkage(function) != LLVMAvailableExternallyLinkage && !select_chose(function);
}

static void collect_other_uses(struct site_list *list, LLVMModuleRef module)
{
    const uint32_t nowhere = choice_text("");
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMGetIntrinsicID(f) != 0 || is_left_out(f) || !is_used_elsewhere(f, f, 0))
            continue;
        const struct callee *callee = callees_note(f);
        const struct profinst_choice_site site = {
            .callee = callee->name,
            .file = nowhere,
            .flags = (callee->flags & PROFINST_SITE_LOCAL) | PROFINST_SITE_ELSEWHERE |
                     (may_handle_signals(f) ? PROFINST_SITE_HANDLER : 0),
        };
        if (!(callee->flags & PROFINST_SITE_LIBRARY))
            add(list, &site);
    }
    hand_over(list);
}

void sites_collect(LLVMModuleRef module)
{
    static const char units[] = "llvm.dbg.cu";
    if (!LLVMGetNamedMetadata(module, units, sizeof units - 1))
        return;
    struct site_list list = {0};
    uint32_t index = 0;
    choice_tell_sites();
    callees_begin(module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f) || LLVMGetLinkage(f) == LLVMAvailableExternallyLinkage)
            continue;
        if (select_chose(f))
            collect_calls(&list, f, index);
        index++;
    }
    collect_other_uses(&list, module);
    free(list.sites);
    callees_end();
}
