#define _GNU_SOURCE
#include "callees.h"
#include "bridge.h"
#include "choice.h"
#include "linkage.h"
#include "select.h"
#include "sources.h"
#include <stdlib.h>
#include <string.h>

static struct callee *callees; /* by address */
static size_t callee_count;

static void check(bool good)
{
    if (!good)
        abort(); /* as LLVM does without memory */
}

/* ---- all there are ------------------------------------------------------------------------ */

static int compare(const void *a, const void *b)
{
    const uintptr_t first = (uintptr_t)((const struct callee *)a)->function;
    const uintptr_t second = (uintptr_t)((const struct callee *)b)->function;
    return (first > second) - (first < second);
}

static struct callee *find(LLVMValueRef function)
{
    const struct callee key = {.function = function};
    struct callee *found = bsearch(&key, callees, callee_count, sizeof key, compare);
    check(found);
    return found;
}

static void list(LLVMModuleRef module)
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
        callees[callee_count++].function = f;
    for (LLVMValueRef f = LLVMGetFirstGlobalIFunc(module); f; f = LLVMGetNextGlobalIFunc(f))
        callees[callee_count++].function = f;
    qsort(callees, callee_count, sizeof *callees, compare);
}

/* ---- calls -------------------------------------------------------------------------------- */

bool callees_is_call(LLVMValueRef instruction)
{
    return LLVMIsACallInst(instruction) || LLVMIsAInvokeInst(instruction);
}

LLVMValueRef callees_target(LLVMValueRef call)
{
    for (LLVMValueRef called = LLVMGetCalledValue(call);;)
        if (LLVMIsAConstantExpr(called) && LLVMGetConstOpcode(called) == LLVMBitCast)
            called = LLVMGetOperand(called, 0);
        else if (LLVMIsAGlobalAlias(called))
            called = LLVMAliasGetAliasee(called);
        else
            return called;
}

bool callees_is_known(LLVMValueRef target)
{
    return LLVMIsAFunction(target) || LLVMIsAGlobalIFunc(target);
}

/* ---- whom calls lead to ------------------------------------------------------------------- */

static bool is_among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* Most of libc, and what the compiler and the C++ library call for themselves. Some of libc is made
 * to call back. */
static bool is_library(LLVMValueRef function)
{
    static const char *const calls_back[] = {"qsort", "bsearch", "fork", "exit", "abort"};
    static const char *const own[] = {"__cxa_allocate_exception",
                                      "__cxa_free_exception",
                                      "__cxa_throw",
                                      "__cxa_rethrow",
                                      "__cxa_begin_catch",
                                      "__cxa_get_exception_ptr",
                                      "__cxa_bad_cast",
                                      "__cxa_bad_typeid",
                                      "__cxa_throw_bad_array_new_length",
                                      "__cxa_pure_virtual",
                                      "__dynamic_cast",
                                      "__clang_call_terminate",
                                      "_ZSt9terminatev",
                                      "__stack_chk_fail"};
    size_t length;
    const char *name = LLVMGetValueName2(function, &length);
    return is_among(name, own, sizeof own / sizeof *own) || strstr(name, "__throw_") ||
           (bridge_is_library_function(function) &&
            !is_among(name, calls_back, sizeof calls_back / sizeof *calls_back));
}

static bool calls_through_pointers(LLVMValueRef function)
{
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction)) {
            if (!callees_is_call(instruction))
                continue;
            LLVMValueRef target = callees_target(instruction);
            if (!callees_is_known(target) && !LLVMIsAInlineAsm(target))
                return true;
        }
    return false;
}

/* A function of which more is known than its name. Not what the linker may take from elsewhere. */
static bool is_left_out(LLVMValueRef function)
{
    const LLVMLinkage linkage = LLVMGetLinkage(function);
    return LLVMIsAFunction(function) && !LLVMIsDeclaration(function) && !select_chose(function) &&
           linkage != LLVMWeakAnyLinkage && linkage != LLVMLinkOnceAnyLinkage;
}

/* As far as it is known without what it calls by name. */
static void begin(struct callee *callee)
{
    LLVMValueRef function = callee->function;
    const bool declared = LLVMIsAFunction(function) && LLVMIsDeclaration(function);
    if (is_left_out(function)) {
        callee->reach = calls_through_pointers(function) ? CALLEE_ANYBODY : CALLEE_NOBODY;
    } else if (declared && (LLVMGetIntrinsicID(function) != 0 || is_library(function))) {
        callee->reach = CALLEE_NOBODY;
    } else {
        callee->reach = CALLEE_ONE;
        callee->one = function;
    }
}

/* Functions whose callers have yet to be told. Each gets in twice at most: its reach only grows. */
struct queue {
    struct callee **callees;
    size_t count;
};

static void tell_caller(struct queue *queue, struct callee *caller, const struct callee *callee)
{
    enum callee_reach reach = callee->reach;
    if (caller->reach == CALLEE_ONE && reach == CALLEE_ONE && caller->one != callee->one)
        reach = CALLEE_ANYBODY;
    if (reach <= caller->reach || !is_left_out(caller->function))
        return;
    caller->reach = reach;
    caller->one = reach == CALLEE_ONE ? callee->one : NULL;
    queue->callees[queue->count++] = caller;
}

static void tell_callers(struct queue *queue, LLVMValueRef value, const struct callee *callee)
{
    for (LLVMUseRef use = LLVMGetFirstUse(value); use; use = LLVMGetNextUse(use)) {
        LLVMValueRef user = LLVMGetUser(use);
        if (LLVMIsAGlobalAlias(user) ||
            (LLVMIsAConstantExpr(user) && LLVMGetConstOpcode(user) == LLVMBitCast))
            tell_callers(queue, user, callee);
        else if (callees_is_call(user) && LLVMGetCalledValue(user) == value)
            tell_caller(queue, find(LLVMGetBasicBlockParent(LLVMGetInstructionParent(user))),
                        callee);
    }
}

static void find_reach(void)
{
    struct queue queue = {.callees = calloc(3 * callee_count + 1, sizeof *queue.callees)};
    check(queue.callees);
    for (size_t i = 0; i < callee_count; i++) {
        begin(&callees[i]);
        if (callees[i].reach != CALLEE_NOBODY)
            queue.callees[queue.count++] = &callees[i];
    }
    for (size_t i = 0; i < queue.count; i++)
        tell_callers(&queue, queue.callees[i]->function, queue.callees[i]);
    free(queue.callees);
}

void callees_begin(LLVMModuleRef module)
{
    list(module);
    find_reach();
}

void callees_end(void)
{
    free(callees);
    callees = NULL;
}

struct callee *callees_find(LLVMValueRef function)
{
    return find(function);
}

const struct callee *callees_note(LLVMValueRef function)
{
    struct callee *callee = find(function);
    if (callee->noted)
        return callee;
    size_t length;
    char *name = sources_name(LLVMGetValueName2(function, &length));
    const bool local = linkage_is_local(function);
    const bool library = callee->reach == CALLEE_NOBODY ||
                         (!local && LLVMIsAFunction(function) && is_library(function));
    callee->name = choice_text(name);
    callee->flags = (local ? PROFINST_SITE_LOCAL : 0) | (library ? PROFINST_SITE_LIBRARY : 0);
    callee->noted = true;
    free(name);
    return callee;
}
