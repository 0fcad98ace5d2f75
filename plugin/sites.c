#define _GNU_SOURCE
#include "sites.h"
#include "bridge.h"
#include "choice.h"
#include "place.h"
#include "select.h"
#include "sources.h"
#include <llvm-c/DebugInfo.h>
#include <stdlib.h>
#include <string.h>

/* A function that the module defines or declares, or what stands for one. */
struct callee {
    LLVMValueRef value;
    uint32_t name; /* its text, if it has been asked for: `known` */
    uint32_t flags;
    bool known;
};

/* The sites of one function, before those that are the same are joined. */
struct site_list {
    struct profinst_choice_site *sites;
    size_t count, room;
};

static struct callee *callees; /* by address */
static size_t callee_count;

static void check(bool good)
{
    if (!good)
        abort(); /* as LLVM does without memory */
}

/* ---- whom the module calls ---------------------------------------------------------------- */

static int compare_callees(const void *a, const void *b)
{
    const uintptr_t first = (uintptr_t)((const struct callee *)a)->value;
    const uintptr_t second = (uintptr_t)((const struct callee *)b)->value;
    return (first > second) - (first < second);
}

/* libc may do anything, but these are made to. */
static bool calls_back(const char *name)
{
    static const char *const names[] = {"qsort", "bsearch", "fork", "exit", "abort"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static uint32_t flags_of(LLVMValueRef function)
{
    size_t length;
    const LLVMLinkage linkage = LLVMGetLinkage(function);
    if (linkage == LLVMInternalLinkage || linkage == LLVMPrivateLinkage)
        return PROFINST_SITE_LOCAL;
    return bridge_is_library_function(function) && !calls_back(LLVMGetValueName2(function, &length))
               ? PROFINST_SITE_LIBRARY
               : 0;
}

static struct callee *find(LLVMValueRef value)
{
    const struct callee key = {.value = value};
    struct callee *found = bsearch(&key, callees, callee_count, sizeof *callees, compare_callees);
    check(found);
    if (!found->known) {
        size_t length;
        char *name = sources_name(LLVMGetValueName2(value, &length));
        found->name = choice_text(name);
        found->flags = LLVMIsAFunction(value) ? flags_of(value) : 0;
        found->known = true;
        free(name);
    }
    return found;
}

static void list_callees(LLVMModuleRef module)
{
    size_t room = 0;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        room++;
    for (LLVMValueRef f = LLVMGetFirstGlobalIFunc(module); f; f = LLVMGetNextGlobalIFunc(f))
        room++;
    callees = calloc(room + 1, sizeof *callees);
    check(callees);
    callee_count = 0;
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f))
        callees[callee_count++].value = f;
    for (LLVMValueRef f = LLVMGetFirstGlobalIFunc(module); f; f = LLVMGetNextGlobalIFunc(f))
        callees[callee_count++].value = f;
    qsort(callees, callee_count, sizeof *callees, compare_callees);
}

/* ---- calls -------------------------------------------------------------------------------- */

static bool is_call(LLVMValueRef instruction)
{
    return LLVMIsACallInst(instruction) || LLVMIsAInvokeInst(instruction);
}

/* Behind casts and aliases. */
static LLVMValueRef target_of(LLVMValueRef called)
{
    for (;;)
        if (LLVMIsAConstantExpr(called) && LLVMGetConstOpcode(called) == LLVMBitCast)
            called = LLVMGetOperand(called, 0);
        else if (LLVMIsAGlobalAlias(called))
            called = LLVMAliasGetAliasee(called);
        else
            return called;
}

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
    const LLVMValueRef target = target_of(LLVMGetCalledValue(call));
    if (LLVMIsAInlineAsm(target))
        return false;
    if (LLVMIsAFunction(target) && LLVMGetIntrinsicID(target) != 0) {
        const char *name = name_of_intrinsic(target);
        site->callee = name ? choice_text(name) : 0;
        site->flags = PROFINST_SITE_LIBRARY;
        return name != NULL;
    }
    if (LLVMIsAFunction(target) || LLVMIsAGlobalIFunc(target)) {
        const struct callee *callee = find(target);
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
            if (!is_call(instruction) || !tell_callee(&site, instruction))
                continue;
            tell_place(&site, instruction, file, path);
            add(list, &site);
        }
    hand_over(list);
}

/* ---- other uses --------------------------------------------------------------------------- */

static bool is_called_there(LLVMValueRef user, LLVMValueRef value)
{
    if (!is_call(user) || LLVMGetCalledValue(user) != value ||
        !select_chose(LLVMGetBasicBlockParent(LLVMGetInstructionParent(user))))
        return false;
    const unsigned count = LLVMGetNumArgOperands(user);
    for (unsigned i = 0; i < count; i++)
        if (LLVMGetOperand(user, i) == value)
            return false;
    return true;
}

/* True if there are other uses than calls in selected functions. Labels of the function's own, and
 * what handles exceptions for it, are none. */
static bool is_used_elsewhere(LLVMValueRef value)
{
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        if (LLVMIsABlockAddress(user) || LLVMIsAFunction(user))
            continue;
        const bool cast = LLVMIsAConstantExpr(user) && LLVMGetConstOpcode(user) == LLVMBitCast;
        if (cast ? is_used_elsewhere(user) : !is_called_there(user, value))
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

static void collect_other_uses(struct site_list *list, LLVMModuleRef module)
{
    const uint32_t nowhere = choice_text("");
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMGetIntrinsicID(f) != 0 || !is_used_elsewhere(f))
            continue;
        const struct callee *callee = find(f);
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
    list_callees(module);
    for (LLVMValueRef f = LLVMGetFirstFunction(module); f; f = LLVMGetNextFunction(f)) {
        if (LLVMIsDeclaration(f) || LLVMGetLinkage(f) == LLVMAvailableExternallyLinkage)
            continue;
        if (select_chose(f))
            collect_calls(&list, f, index);
        index++;
    }
    collect_other_uses(&list, module);
    free(list.sites);
    free(callees);
}
