/* The function with which instrumented code finds the runtime. It is built by hand, since it must
 * be there before anything else of ours is. */
#define _GNU_SOURCE
#include "finder.h"
#include "emit.h"
#include <dlfcn.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static const char own_name[] = EMIT_SHARED("find_runtime"); /* and an address of the plugin's */

/* The runtime beside the plugin, which is where it was installed. */
static const char *runtime_path(void)
{
    static char path[PATH_MAX + 32];
    static char own_path[PATH_MAX];
    Dl_info self;
    if (!dladdr((void *)own_name, &self) || !realpath(self.dli_fname, own_path))
        return "libprofinst_rt.so";
    snprintf(path, sizeof path, "%s/libprofinst_rt.so", dirname(own_path));
    return path;
}

/* A function of libc, NULL at run time where the program has none: freestanding code is linked all
 * the same. NULL now if the source uses the name for something else. */
static LLVMValueRef weak_function(const struct unit *unit, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMGetNamedFunction(unit->module, name);
    bool taken = function ? LLVMGetLinkage(function) == LLVMInternalLinkage
                          : LLVMGetNamedGlobal(unit->module, name) ||
                                LLVMGetNamedGlobalAlias(unit->module, name, strlen(name));
    if (taken)
        return LLVMConstNull(LLVMPointerType(type, 0));
    if (!function) {
        function = LLVMAddFunction(unit->module, name, type);
        LLVMSetLinkage(function, LLVMExternalWeakLinkage);
    }
    return emit_as(LLVMPointerType(type, 0), function);
}

struct finder {
    const struct unit *unit;
    LLVMBuilderRef builder;
    LLVMValueRef function;
    LLVMTypeRef result; /* pointer to profinst_attach */
    LLVMTypeRef dlopen_type, dlsym_type;
    LLVMValueRef dlopen, dlsym, symbol;
};

/* Returns the value from the function unless it is null. */
static void return_unless_null(struct finder *finder, LLVMValueRef value)
{
    LLVMBasicBlockRef found =
        emit_branch_unless_null(finder->unit, finder->builder, finder->function, value);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(finder->unit->context);
    LLVMPositionBuilderAtEnd(builder, found);
    LLVMBuildRet(builder, LLVMBuildBitCast(builder, value, finder->result, ""));
    LLVMDisposeBuilder(builder);
}

/* Returns the runtime from the function if the handle has it. */
static void look_in(struct finder *finder, LLVMValueRef handle)
{
    LLVMValueRef arguments[] = {handle, finder->symbol};
    return_unless_null(finder, emit_call(finder->unit, finder->builder, finder->dlsym_type,
                                         finder->dlsym, arguments, 2));
}

/* Loads the library, or finds it loaded; goes on in a new block if that fails. */
static void try_library(struct finder *finder, LLVMValueRef path, int more_flags)
{
    const struct unit *unit = finder->unit;
    /* Never unloaded under running hooks. Local: in a namespace that is just being made, glibc
     * crashes when it has to make a library global. */
    LLVMValueRef flags =
        emit_integer(unit, (unsigned)(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE | more_flags));
    LLVMValueRef arguments[] = {path, flags};
    LLVMValueRef handle =
        emit_call(unit, finder->builder, finder->dlopen_type, finder->dlopen, arguments, 2);
    LLVMBasicBlockRef loaded =
        emit_branch_unless_null(unit, finder->builder, finder->function, handle);
    LLVMBasicBlockRef failed = LLVMGetInsertBlock(finder->builder);
    LLVMPositionBuilderAtEnd(finder->builder, loaded);
    look_in(finder, handle);
    LLVMBuildBr(finder->builder, failed);
    LLVMPositionBuilderAtEnd(finder->builder, failed);
}

/* Goes to the block if the value is null. */
static void go_if_null(struct finder *finder, LLVMValueRef value, LLVMBasicBlockRef block)
{
    LLVMBasicBlockRef go_on =
        LLVMAppendBasicBlockInContext(finder->unit->context, finder->function, "");
    LLVMBuildCondBr(finder->builder, LLVMBuildIsNull(finder->builder, value, ""), block, go_on);
    LLVMPositionBuilderAtEnd(finder->builder, go_on);
}

/* Writes the message to standard error. By a system call of its own: a function of the program's
 * may have the name of libc's. */
static void say(const struct unit *unit, LLVMBuilderRef builder, const char *message)
{
    const char *triple = LLVMGetTarget(unit->module);
    bool arm = strncmp(triple, "aarch64", 7) == 0;
    uint64_t number = arm ? 64 : 1; /* write(2) */
    const char *code = arm ? "svc #0" : "syscall";
    const char *registers = arm ? "={x0},{x8},{x0},{x1},{x2},~{memory}"
                                : "={rax},{rax},{rdi},{rsi},{rdx},~{rcx},~{r11},~{memory}";
    if (!arm && strncmp(triple, "x86_64", 6) != 0)
        return;
    LLVMTypeRef word = LLVMInt64TypeInContext(unit->context);
    LLVMTypeRef types[] = {word, word, unit->pointer, word};
    LLVMTypeRef type = LLVMFunctionType(word, types, 4, false);
    LLVMValueRef arguments[] = {
        LLVMConstInt(word, number, false),
        LLVMConstInt(word, STDERR_FILENO, false),
        emit_text(unit, message),
        LLVMConstInt(word, strlen(message), false),
    };
    LLVMValueRef assembly =
        LLVMGetInlineAsm(type, (char *)code, strlen(code), (char *)registers, strlen(registers),
                         true, false, LLVMInlineAsmDialectATT, false);
    emit_call(unit, builder, type, assembly, arguments, 4);
}

/* As C:
 *
 *   if (profinst_attach) return profinst_attach;        linked in, or loaded before us
 *   if (!getauxval) goto none;
 *   if (getauxval(AT_SECURE)) goto give_up;             a set-uid program loads no library
 *   if (!secure_getenv || !dlopen || !dlsym || !dlsym(RTLD_DEFAULT, "dlopen"))
 *       goto none;               a static program must not load the libc that the runtime needs
 *   found = dlsym(RTLD_DEFAULT, "profinst_attach")      the program exports it
 *        or in the first of these that is there: the soname, if loaded already;
 *        $PROFINST_RUNTIME; beside the plugin; the soname
 *   if (found) return found;
 * none:
 *   say(...);
 * give_up:
 *   return hooks.leave;      it does nothing yet; naming it would be a text relocation in clang 14
 */
LLVMValueRef finder_define(const struct unit *unit)
{
    LLVMTypeRef pointer = unit->pointer;
    LLVMTypeRef word = LLVMInt64TypeInContext(unit->context);
    LLVMTypeRef dlopen_types[] = {pointer, unit->int32};
    LLVMTypeRef dlsym_types[] = {pointer, pointer};
    LLVMTypeRef dlopen_type = LLVMFunctionType(pointer, dlopen_types, 2, false);
    LLVMTypeRef dlsym_type = LLVMFunctionType(pointer, dlsym_types, 2, false);
    LLVMTypeRef auxval_type = emit_function_type(word, word);
    LLVMTypeRef getenv_type = emit_function_type(pointer, pointer);
    LLVMTypeRef result = LLVMPointerType(unit->attach_type, 0);

    LLVMValueRef function = emit_function(unit, own_name, emit_function_type(result, NULL));
    emit_shared(unit, function, own_name);
    struct finder finder = {
        .unit = unit,
        .builder = emit_body(unit, function),
        .function = function,
        .result = result,
        .dlopen_type = dlopen_type,
        .dlsym_type = dlsym_type,
        .dlopen = weak_function(unit, "dlopen", dlopen_type),
        .dlsym = weak_function(unit, "dlsym", dlsym_type),
        .symbol = emit_text(unit, "profinst_attach"),
    };
    LLVMValueRef getauxval = weak_function(unit, "getauxval", auxval_type);
    LLVMValueRef getenv = weak_function(unit, "secure_getenv", getenv_type);
    LLVMBuilderRef builder = finder.builder;
    LLVMBasicBlockRef give_up = LLVMAppendBasicBlockInContext(unit->context, function, "");
    LLVMBasicBlockRef none = LLVMAppendBasicBlockInContext(unit->context, function, "");

    return_unless_null(&finder, weak_function(unit, "profinst_attach", unit->attach_type));
    go_if_null(&finder, getauxval, none);
    LLVMValueRef secure_key = LLVMConstInt(word, AT_SECURE, false);
    LLVMValueRef secure = emit_call(unit, builder, auxval_type, getauxval, &secure_key, 1);
    go_if_null(&finder, LLVMBuildIsNull(builder, secure, ""), give_up);
    go_if_null(&finder, getenv, none);
    go_if_null(&finder, finder.dlopen, none);
    go_if_null(&finder, finder.dlsym, none);
    LLVMValueRef everywhere[] = {LLVMConstNull(pointer) /* RTLD_DEFAULT */,
                                 emit_text(unit, "dlopen")};
    go_if_null(&finder, emit_call(unit, builder, dlsym_type, finder.dlsym, everywhere, 2), none);

    LLVMValueRef soname = emit_text(unit, "libprofinst_rt.so");
    look_in(&finder, LLVMConstNull(pointer));
    try_library(&finder, soname, RTLD_NOLOAD);
    LLVMValueRef variable = emit_text(unit, "PROFINST_RUNTIME");
    LLVMValueRef named = emit_call(unit, builder, getenv_type, getenv, &variable, 1);
    LLVMBasicBlockRef is_named = emit_branch_unless_null(unit, builder, function, named);
    LLVMBasicBlockRef not_named = LLVMGetInsertBlock(builder);
    LLVMPositionBuilderAtEnd(builder, is_named);
    try_library(&finder, named, 0);
    LLVMBuildBr(builder, not_named);
    LLVMPositionBuilderAtEnd(builder, not_named);
    try_library(&finder, emit_text(unit, runtime_path()), 0);
    try_library(&finder, soname, 0);
    LLVMBuildBr(builder, none);

    char message[PATH_MAX + 256];
    snprintf(message, sizeof message,
             "profinst: no runtime found (tried $PROFINST_RUNTIME, %s and libprofinst_rt.so; a "
             "static program links libprofinst_rt.a); the program runs unprofiled\n",
             runtime_path());
    LLVMPositionBuilderAtEnd(builder, none);
    say(unit, builder, message);
    LLVMBuildBr(builder, give_up);
    LLVMPositionBuilderAtEnd(builder, give_up);
    LLVMValueRef nothing = unit_load_hook(unit, builder, HOOK_LEAVE);
    LLVMBuildRet(builder, LLVMBuildBitCast(builder, nothing, finder.result, ""));
    LLVMDisposeBuilder(builder);
    return function;
}
