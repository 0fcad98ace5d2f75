#define _GNU_SOURCE
#include "unit.h"
#include "attribute.h"
#include "bridge.h"
#include "profinst_abi.h"
#include <dlfcn.h>
#include <libgen.h>
#include <llvm-c/Comdat.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* One of each in a loaded object, shared by its units, whichever the linker keeps. The version is
 * in the name, so that units of different plugins never share. */
#define VERSIONED_(name, version) "__profinst_" name "_" #version
#define VERSIONED(name, version) VERSIONED_(name, version)
static const char hooks_name[] = VERSIONED("hooks", 1);
static const char nothing_name[] = VERSIONED("nothing", 1);
static const char find_runtime_name[] = VERSIONED("find_runtime", 1);
static const char attach_name[] = VERSIONED("attach", 1);
static_assert(PROFINST_ABI_VERSION == 1, "the names above carry the version");

/* Before every other constructor of the object. */
enum { FIRST_PRIORITY = 0 };

/* ---- small helpers ------------------------------------------------------------------------ */

static LLVMTypeRef function_type(LLVMTypeRef result, LLVMTypeRef parameter)
{
    return LLVMFunctionType(result, &parameter, parameter != NULL, false);
}

static LLVMValueRef integer(const struct unit *unit, uint64_t value)
{
    return LLVMConstInt(unit->int32, value, false);
}

/* A constant pointer as another type of pointer; LLVM has had only one since 17. */
static LLVMValueRef as(LLVMTypeRef type, LLVMValueRef constant)
{
    return LLVMConstBitCast(constant, type);
}

static LLVMValueRef text(const struct unit *unit, const char *string)
{
    LLVMValueRef bytes =
        LLVMConstStringInContext(unit->context, string, (unsigned)strlen(string), false);
    LLVMValueRef global = LLVMAddGlobal(unit->module, LLVMTypeOf(bytes), "profinst.text");
    LLVMSetInitializer(global, bytes);
    LLVMSetGlobalConstant(global, true);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    LLVMSetUnnamedAddress(global, LLVMGlobalUnnamedAddr);
    LLVMSetAlignment(global, 1);
    return as(unit->pointer, global);
}

static void share_in_object(const struct unit *unit, LLVMValueRef global, const char *name)
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

static LLVMValueRef new_function(const struct unit *unit, const char *name, LLVMTypeRef type)
{
    LLVMValueRef function = LLVMAddFunction(unit->module, name, type);
    copy_attributes(unit, function);
    LLVMAddAttributeAtIndex(function, attribute_of_function,
                            attribute_make(unit->context, "nounwind"));
    LLVMAddAttributeAtIndex(function, attribute_of_function,
                            attribute_make(unit->context, "noinline"));
    return function;
}

static LLVMBuilderRef builder_at_end_of_new_block(const struct unit *unit, LLVMValueRef function)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    LLVMPositionBuilderAtEnd(builder, LLVMAppendBasicBlockInContext(unit->context, function, ""));
    return builder;
}

/* Goes to a new block if the value is not null; the builder then stands in the one for null. The
 * other is returned. */
static LLVMBasicBlockRef branch_unless_null(const struct unit *unit, LLVMBuilderRef builder,
                                            LLVMValueRef function, LLVMValueRef value)
{
    LLVMBasicBlockRef found = LLVMAppendBasicBlockInContext(unit->context, function, "");
    LLVMBasicBlockRef null = LLVMAppendBasicBlockInContext(unit->context, function, "");
    LLVMBuildCondBr(builder, LLVMBuildIsNull(builder, value, ""), null, found);
    LLVMPositionBuilderAtEnd(builder, null);
    return found;
}

/* ---- the table of hooks ------------------------------------------------------------------- */

/* Does nothing and returns NULL: what all hooks are until there is a runtime. */
static LLVMValueRef define_nothing(const struct unit *unit)
{
    LLVMValueRef nothing =
        new_function(unit, nothing_name, function_type(unit->pointer, unit->pointer));
    share_in_object(unit, nothing, nothing_name);
    LLVMBuilderRef builder = builder_at_end_of_new_block(unit, nothing);
    LLVMBuildRet(builder, LLVMConstNull(unit->pointer));
    LLVMDisposeBuilder(builder);
    return nothing;
}

static LLVMTypeRef hook_type(const struct unit *unit, enum unit_hook hook)
{
    switch (hook) {
    case HOOK_ENTER:
        return unit->enter_type;
    case HOOK_RESUME:
        return unit->resume_type;
    case HOOK_ATTACH:
    case HOOK_LEAVE:
        break;
    }
    return unit->leave_type;
}

static LLVMTypeRef hook_pointer_type(const struct unit *unit, enum unit_hook hook)
{
    return LLVMPointerType(hook_type(unit, hook), 0);
}

static void define_hooks(struct unit *unit, LLVMValueRef nothing)
{
    LLVMTypeRef types[4];
    LLVMValueRef values[4];
    for (enum unit_hook hook = HOOK_ATTACH; hook <= HOOK_RESUME; hook++) {
        types[hook] = hook_pointer_type(unit, hook);
        values[hook] = hook == HOOK_ATTACH ? LLVMConstNull(types[hook]) : as(types[hook], nothing);
    }
    unit->hooks_type = LLVMStructTypeInContext(unit->context, types, 4, false);
    unit->hooks = LLVMAddGlobal(unit->module, unit->hooks_type, hooks_name);
    LLVMSetInitializer(unit->hooks, LLVMConstStructInContext(unit->context, values, 4, false));
    share_in_object(unit, unit->hooks, hooks_name);
}

static LLVMValueRef hook_slot(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    return LLVMBuildStructGEP2(builder, unit->hooks_type, unit->hooks, hook, "");
}

static LLVMValueRef load_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    LLVMValueRef load =
        LLVMBuildLoad2(builder, hook_pointer_type(unit, hook), hook_slot(unit, builder, hook), "");
    LLVMSetMetadata(
        load, unit->nosanitize,
        LLVMMetadataAsValue(unit->context, LLVMMDNodeInContext2(unit->context, NULL, 0)));
    return load;
}

/* A call that never unwinds, so that nothing need be prepared for it. */
static LLVMValueRef call(const struct unit *unit, LLVMBuilderRef builder, LLVMTypeRef type,
                         LLVMValueRef function, LLVMValueRef *arguments, unsigned count)
{
    LLVMValueRef result = LLVMBuildCall2(builder, type, function, arguments, count, "");
    LLVMAddCallSiteAttribute(result, attribute_of_function,
                             attribute_make(unit->context, "nounwind"));
    return result;
}

LLVMValueRef unit_call_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook,
                            LLVMValueRef *arguments)
{
    LLVMTypeRef type = hook_type(unit, hook);
    return call(unit, builder, type, load_hook(unit, builder, hook), arguments,
                LLVMCountParamTypes(type));
}

/* ---- finding the runtime ------------------------------------------------------------------ */

/* The runtime beside the plugin, which is where it was installed. */
static const char *runtime_path(void)
{
    static char path[PATH_MAX + 32];
    static char own_path[PATH_MAX];
    Dl_info self;
    if (!dladdr((void *)&hooks_name, &self) || !realpath(self.dli_fname, own_path))
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
    return as(LLVMPointerType(type, 0), function);
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
        branch_unless_null(finder->unit, finder->builder, finder->function, value);
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(finder->unit->context);
    LLVMPositionBuilderAtEnd(builder, found);
    LLVMBuildRet(builder, LLVMBuildBitCast(builder, value, finder->result, ""));
    LLVMDisposeBuilder(builder);
}

/* Returns the runtime from the function if the handle has it. */
static void look_in(struct finder *finder, LLVMValueRef handle)
{
    LLVMValueRef arguments[] = {handle, finder->symbol};
    return_unless_null(finder, call(finder->unit, finder->builder, finder->dlsym_type,
                                    finder->dlsym, arguments, 2));
}

/* Loads the library; goes on in a new block if that fails. */
static void try_library(struct finder *finder, LLVMValueRef path)
{
    const struct unit *unit = finder->unit;
    /* Global, so that units of other objects find the same; never unloaded under running hooks. */
    LLVMValueRef flags = integer(unit, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
    LLVMValueRef arguments[] = {path, flags};
    LLVMValueRef handle =
        call(unit, finder->builder, finder->dlopen_type, finder->dlopen, arguments, 2);
    LLVMBasicBlockRef loaded = branch_unless_null(unit, finder->builder, finder->function, handle);
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
        text(unit, message),
        LLVMConstInt(word, strlen(message), false),
    };
    LLVMValueRef assembly =
        LLVMGetInlineAsm(type, (char *)code, strlen(code), (char *)registers, strlen(registers),
                         true, false, LLVMInlineAsmDialectATT, false);
    call(unit, builder, type, assembly, arguments, 4);
}

/* As C:
 *
 *   if (profinst_attach) return profinst_attach;        linked in, or loaded before us
 *   if (!getauxval) goto none;
 *   if (getauxval(AT_SECURE)) return nothing;           a set-uid program loads no library
 *   if (!secure_getenv || !dlopen || !dlsym || !dlsym(RTLD_DEFAULT, "dlopen"))
 *       goto none;               a static program must not load the libc that the runtime needs
 *   found = dlsym(RTLD_DEFAULT, "profinst_attach")      some other object has loaded it
 *        or in the first that loads of: $PROFINST_RUNTIME, beside the plugin, by its soname
 *   if (found) return found;
 * none:
 *   say(...);
 *   return nothing;
 */
static LLVMValueRef define_find_runtime(const struct unit *unit, LLVMValueRef nothing)
{
    LLVMTypeRef pointer = unit->pointer;
    LLVMTypeRef word = LLVMInt64TypeInContext(unit->context);
    LLVMTypeRef dlopen_types[] = {pointer, unit->int32};
    LLVMTypeRef dlsym_types[] = {pointer, pointer};
    LLVMTypeRef dlopen_type = LLVMFunctionType(pointer, dlopen_types, 2, false);
    LLVMTypeRef dlsym_type = LLVMFunctionType(pointer, dlsym_types, 2, false);
    LLVMTypeRef auxval_type = function_type(word, word);
    LLVMTypeRef getenv_type = function_type(pointer, pointer);
    LLVMTypeRef result = hook_pointer_type(unit, HOOK_ATTACH);

    LLVMValueRef function = new_function(unit, find_runtime_name, function_type(result, NULL));
    share_in_object(unit, function, find_runtime_name);
    struct finder finder = {
        .unit = unit,
        .builder = builder_at_end_of_new_block(unit, function),
        .function = function,
        .result = result,
        .dlopen_type = dlopen_type,
        .dlsym_type = dlsym_type,
        .dlopen = weak_function(unit, "dlopen", dlopen_type),
        .dlsym = weak_function(unit, "dlsym", dlsym_type),
        .symbol = text(unit, "profinst_attach"),
    };
    LLVMValueRef getauxval = weak_function(unit, "getauxval", auxval_type);
    LLVMValueRef getenv = weak_function(unit, "secure_getenv", getenv_type);
    LLVMBuilderRef builder = finder.builder;
    LLVMBasicBlockRef give_up = LLVMAppendBasicBlockInContext(unit->context, function, "");
    LLVMBasicBlockRef none = LLVMAppendBasicBlockInContext(unit->context, function, "");

    return_unless_null(&finder, weak_function(unit, "profinst_attach", unit->leave_type));
    go_if_null(&finder, getauxval, none);
    LLVMValueRef secure_key = LLVMConstInt(word, AT_SECURE, false);
    LLVMValueRef secure = call(unit, builder, auxval_type, getauxval, &secure_key, 1);
    go_if_null(&finder, LLVMBuildIsNull(builder, secure, ""), give_up);
    go_if_null(&finder, getenv, none);
    go_if_null(&finder, finder.dlopen, none);
    go_if_null(&finder, finder.dlsym, none);
    LLVMValueRef everywhere[] = {LLVMConstNull(pointer) /* RTLD_DEFAULT */, text(unit, "dlopen")};
    go_if_null(&finder, call(unit, builder, dlsym_type, finder.dlsym, everywhere, 2), none);

    look_in(&finder, LLVMConstNull(pointer));
    LLVMValueRef variable = text(unit, "PROFINST_RUNTIME");
    LLVMValueRef named = call(unit, builder, getenv_type, getenv, &variable, 1);
    LLVMBasicBlockRef is_named = branch_unless_null(unit, builder, function, named);
    LLVMBasicBlockRef not_named = LLVMGetInsertBlock(builder);
    LLVMPositionBuilderAtEnd(builder, is_named);
    try_library(&finder, named);
    LLVMBuildBr(builder, not_named);
    LLVMPositionBuilderAtEnd(builder, not_named);
    try_library(&finder, text(unit, runtime_path()));
    try_library(&finder, text(unit, "libprofinst_rt.so"));
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
    LLVMBuildRet(builder, as(result, nothing));
    LLVMDisposeBuilder(builder);
    return function;
}

/* ---- the constructor ---------------------------------------------------------------------- */

/* void attach(unit): finds the runtime if no unit of this object has, and introduces the unit. */
static LLVMValueRef define_attach(const struct unit *unit, LLVMValueRef find_runtime)
{
    LLVMValueRef function = new_function(unit, attach_name, unit->leave_type);
    share_in_object(unit, function, attach_name);
    LLVMBuilderRef builder = builder_at_end_of_new_block(unit, function);
    LLVMTypeRef pointer = hook_pointer_type(unit, HOOK_ATTACH);
    LLVMBasicBlockRef known =
        branch_unless_null(unit, builder, function, load_hook(unit, builder, HOOK_ATTACH));
    LLVMValueRef found = call(unit, builder, function_type(pointer, NULL), find_runtime, NULL, 0);
    LLVMBuildStore(builder, found, hook_slot(unit, builder, HOOK_ATTACH));
    LLVMBuildBr(builder, known);
    LLVMPositionBuilderAtEnd(builder, known);
    LLVMValueRef argument = LLVMGetParam(function, 0);
    unit_call_hook(unit, builder, HOOK_ATTACH, &argument);
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
    return function;
}

static void define_constructor(const struct unit *unit, LLVMValueRef attach)
{
    LLVMValueRef constructor =
        new_function(unit, "profinst.attach_unit", function_type(unit->none, NULL));
    LLVMSetLinkage(constructor, LLVMInternalLinkage);
    LLVMBuilderRef builder = builder_at_end_of_new_block(unit, constructor);
    LLVMValueRef argument = as(unit->pointer, unit->unit);
    call(unit, builder, unit->leave_type, attach, &argument, 1);
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
    bridge_add_constructor(unit->module, constructor, FIRST_PRIORITY);
}

/* ---- the unit ----------------------------------------------------------------------------- */

bool unit_present(LLVMModuleRef module)
{
    return LLVMGetNamedGlobal(module, hooks_name) != NULL;
}

static void define_unit(struct unit *unit)
{
    LLVMValueRef fields[] = {
        integer(unit, PROFINST_ABI_VERSION),
        integer(unit, 0),
        unit->hooks,
        LLVMConstNull(unit->pointer),
    };
    LLVMValueRef value = LLVMConstStructInContext(unit->context, fields, 4, false);
    unit->unit = LLVMAddGlobal(unit->module, LLVMTypeOf(value), "profinst.unit");
    LLVMSetInitializer(unit->unit, value);
    LLVMSetLinkage(unit->unit, LLVMPrivateLinkage);
}

struct unit unit_begin(LLVMModuleRef module, LLVMValueRef model)
{
    static const char nosanitize[] = "nosanitize";
    LLVMContextRef context = LLVMGetModuleContext(module);
    struct unit unit = {
        .module = module,
        .context = context,
        .model = model,
        .pointer = LLVMPointerType(LLVMInt8TypeInContext(context), 0),
        .int32 = LLVMInt32TypeInContext(context),
        .none = LLVMVoidTypeInContext(context),
        .nosanitize = LLVMGetMDKindIDInContext(context, nosanitize, sizeof nosanitize - 1),
    };
    unit.enter_type = function_type(unit.pointer, unit.pointer);
    unit.leave_type = function_type(unit.none, unit.pointer);
    LLVMTypeRef both[] = {unit.pointer, unit.pointer};
    unit.resume_type = LLVMFunctionType(unit.none, both, 2, false);
    LLVMValueRef nothing = define_nothing(&unit);
    define_hooks(&unit, nothing);
    define_unit(&unit);
    define_constructor(&unit, define_attach(&unit, define_find_runtime(&unit, nothing)));
    return unit;
}

LLVMValueRef unit_describe(const struct unit *unit, const char *linkage_name, const char *file,
                           unsigned line)
{
    LLVMValueRef fields[] = {
        text(unit, linkage_name), text(unit, file), as(unit->pointer, unit->unit),
        integer(unit, line),      integer(unit, 0),
    };
    LLVMValueRef value = LLVMConstStructInContext(unit->context, fields, 5, false);
    LLVMValueRef global = LLVMAddGlobal(unit->module, LLVMTypeOf(value), "profinst.function");
    LLVMSetInitializer(global, value);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    return as(unit->pointer, global);
}
