#include "unit.h"
#include "bridge.h"
#include "choice.h"
#include "early.h"
#include "emit.h"
#include "finder.h"
#include "profinst_abi.h"
#include <stdlib.h>

/* One of each in a loaded object, shared by its units, whichever the linker keeps. The number in
 * the name is that of the layouts, the runtime's and the plugin's own (early.c), so that units of
 * different plugins never share. */
static const char hooks_name[] = "__profinst_hooks_3";
static const char nothing_name[] = "__profinst_nothing_3";
static const char attach_name[] = "__profinst_attach_3";
static const char count_name[] = "__profinst_count_3";
static_assert(PROFINST_ABI_VERSION == 3, "the names above carry the version");

/* Before every other constructor of the object. */
enum { FIRST_PRIORITY = 0 };

enum { UNIT_HOOKS = HOOK_COUNT + 1 };

/* ---- the table of hooks ------------------------------------------------------------------- */

/* Does nothing and returns NULL: what hooks are until there is a runtime, but for the one below. */
static LLVMValueRef define_nothing(const struct unit *unit)
{
    LLVMValueRef nothing = emit_function(unit, nothing_name, unit->enter_type);
    emit_shared(unit, nothing, nothing_name);
    LLVMBuilderRef builder = emit_body(unit, nothing);
    LLVMBuildRet(builder, LLVMConstNull(unit->place));
    LLVMDisposeBuilder(builder);
    return nothing;
}

static LLVMTypeRef hook_type(const struct unit *unit, enum unit_hook hook)
{
    LLVMTypeRef two[] = {unit->pointer, unit->pointer}, count[] = {unit->pointer, unit->int64};
    switch (hook) {
    case HOOK_ENTER:
        return unit->enter_type;
    case HOOK_FRAME:
        return LLVMFunctionType(unit->none, two, 2, false);
    case HOOK_STEP_IN:
        return LLVMFunctionType(unit->pointer, two, 1, false);
    case HOOK_COUNT:
        return LLVMFunctionType(unit->none, count, 2, false);
    case HOOK_ATTACH:
    case HOOK_LEAVE:
    case HOOK_TAIL:
    case HOOK_RESUME:
    case HOOK_STEP_OUT:
        break;
    }
    return unit->leave_type;
}

static LLVMTypeRef hook_pointer_type(const struct unit *unit, enum unit_hook hook)
{
    return LLVMPointerType(hook_type(unit, hook), 0);
}

static void define_hooks(struct unit *unit, LLVMValueRef nothing, LLVMValueRef early)
{
    LLVMTypeRef types[UNIT_HOOKS];
    LLVMValueRef values[UNIT_HOOKS];
    for (enum unit_hook hook = HOOK_ATTACH; hook <= HOOK_COUNT; hook++) {
        types[hook] = hook_pointer_type(unit, hook);
        values[hook] = hook == HOOK_ATTACH
                           ? LLVMConstNull(types[hook])
                           : emit_as(types[hook], hook == HOOK_ENTER ? early : nothing);
    }
    unit->hooks_type = LLVMStructTypeInContext(unit->context, types, UNIT_HOOKS, false);
    unit->hooks = LLVMAddGlobal(unit->module, unit->hooks_type, hooks_name);
    LLVMSetInitializer(unit->hooks,
                       LLVMConstStructInContext(unit->context, values, UNIT_HOOKS, false));
    emit_shared(unit, unit->hooks, hooks_name);
}

LLVMValueRef unit_hook_slot(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    return LLVMBuildStructGEP2(builder, unit->hooks_type, unit->hooks, hook, "");
}

LLVMValueRef unit_load_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    return emit_unsanitized(unit, LLVMBuildLoad2(builder, hook_pointer_type(unit, hook),
                                                 unit_hook_slot(unit, builder, hook), ""));
}

LLVMValueRef unit_call_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook,
                            LLVMValueRef *arguments)
{
    LLVMTypeRef type = hook_type(unit, hook);
    return emit_call(unit, builder, type, unit_load_hook(unit, builder, hook), arguments,
                     LLVMCountParamTypes(type));
}

/* Behind a function of its own, which keeps all registers but those for floats: code that counts
 * need not save any for a call that is never made. */
static void define_count(struct unit *unit)
{
    enum { PRESERVE_MOST = 14 }; /* llvm/IR/CallingConv.h */
    unit->count = emit_function(unit, count_name, hook_type(unit, HOOK_COUNT));
    emit_shared(unit, unit->count, count_name);
    LLVMSetFunctionCallConv(unit->count, PRESERVE_MOST);
    LLVMBuilderRef builder = emit_body(unit, unit->count);
    LLVMValueRef arguments[] = {LLVMGetParam(unit->count, 0), LLVMGetParam(unit->count, 1)};
    unit_call_hook(unit, builder, HOOK_COUNT, arguments);
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
}

void unit_count(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef *arguments)
{
    LLVMValueRef call =
        emit_call(unit, builder, hook_type(unit, HOOK_COUNT), unit->count, arguments, 2);
    LLVMSetInstructionCallConv(call, LLVMGetFunctionCallConv(unit->count));
}

/* ---- the constructor ---------------------------------------------------------------------- */

/* void attach(unit): finds the runtime if no unit of this object has, and introduces the unit, and
 * repeats early calls. */
static LLVMValueRef define_attach(const struct unit *unit, LLVMValueRef find_runtime)
{
    LLVMValueRef function = emit_function(unit, attach_name, unit->leave_type);
    emit_shared(unit, function, attach_name);
    LLVMBuilderRef builder = emit_body(unit, function);
    LLVMTypeRef pointer = hook_pointer_type(unit, HOOK_ATTACH);
    LLVMBasicBlockRef known = emit_branch_unless_null(unit, builder, function,
                                                      unit_load_hook(unit, builder, HOOK_ATTACH));
    early_stop(unit, builder);
    LLVMValueRef found =
        emit_call(unit, builder, emit_function_type(pointer, NULL), find_runtime, NULL, 0);
    LLVMBuildStore(builder, found, unit_hook_slot(unit, builder, HOOK_ATTACH));
    LLVMBuildBr(builder, known);
    LLVMPositionBuilderAtEnd(builder, known);
    LLVMValueRef argument = LLVMGetParam(function, 0);
    unit_call_hook(unit, builder, HOOK_ATTACH, &argument);
    early_repeat(unit, builder, function);
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
    return function;
}

static void define_constructor(const struct unit *unit, LLVMValueRef attach)
{
    LLVMValueRef constructor =
        emit_function(unit, "profinst.attach_unit", emit_function_type(unit->none, NULL));
    LLVMSetLinkage(constructor, LLVMInternalLinkage);
    LLVMBuilderRef builder = emit_body(unit, constructor);
    LLVMValueRef argument = emit_as(unit->pointer, unit->unit);
    emit_call(unit, builder, unit->leave_type, attach, &argument, 1);
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
    bridge_add_constructor(unit->module, constructor, FIRST_PRIORITY);
}

/* ---- the unit ----------------------------------------------------------------------------- */

bool unit_present(LLVMModuleRef module)
{
    return LLVMGetNamedGlobal(module, hooks_name) != NULL;
}

/* Its value comes in unit_end. */
static void declare_unit(struct unit *unit)
{
    LLVMTypeRef fields[] = {
        unit->int32,   unit->int32, LLVMPointerType(unit->hooks_type, 0),
        unit->pointer, unit->int64, unit->pointer,
        unit->pointer, unit->int32, unit->int32,
        unit->int32,   unit->int32, unit->pointer,
    };
    LLVMTypeRef type = LLVMStructTypeInContext(unit->context, fields, 12, false);
    unit->unit = LLVMAddGlobal(unit->module, type, "profinst.unit");
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
        .int64 = LLVMInt64TypeInContext(context),
        .none = LLVMVoidTypeInContext(context),
        .nosanitize = LLVMGetMDKindIDInContext(context, nosanitize, sizeof nosanitize - 1),
    };
    LLVMTypeRef both[] = {unit.pointer, unit.pointer};
    unit.place = LLVMStructTypeInContext(context, both, 2, false);
    unit.enter_type = emit_function_type(unit.place, unit.pointer);
    unit.leave_type = emit_function_type(unit.none, unit.pointer);
    LLVMTypeRef frame[] = {unit.pointer, unit.int32, unit.int32};
    unit.frame_type = LLVMStructTypeInContext(context, frame, 3, false);
    LLVMTypeRef function[] = {unit.pointer, unit.pointer, unit.pointer, unit.pointer, unit.pointer,
                              unit.pointer, unit.int64,   unit.int32,   unit.int32,   unit.int32,
                              unit.int32,   unit.int64,   unit.int64};
    static_assert(sizeof function / sizeof *function == EARLY_FIRST + EARLY_FIELDS,
                  "what the runtime knows, and what it does not");
    unit.function_type =
        LLVMStructTypeInContext(context, function, sizeof function / sizeof *function, false);
    LLVMValueRef nothing = define_nothing(&unit);
    define_hooks(&unit, nothing, early_define(&unit));
    define_count(&unit);
    declare_unit(&unit);
    define_constructor(&unit, define_attach(&unit, finder_define(&unit)));
    return unit;
}

/* ---- descriptors -------------------------------------------------------------------------- */

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/ */
static uint64_t name_hash(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

static LLVMValueRef describe_frames(const struct unit *unit, const struct unit_function *function)
{
    uint32_t count = function->frame_count;
    if (count == 0)
        return LLVMConstNull(unit->pointer);
    LLVMValueRef *values = malloc(count * sizeof *values);
    if (!values)
        abort(); /* as LLVM does */
    for (uint32_t i = 0; i < count; i++) {
        LLVMValueRef fields[] = {function->frames[i], emit_integer(unit, function->callers[i]),
                                 emit_integer(unit, 0)};
        values[i] = LLVMConstStructInContext(unit->context, fields, 3, false);
    }
    LLVMValueRef value = LLVMConstArray(unit->frame_type, values, count);
    free(values);
    LLVMValueRef global = LLVMAddGlobal(unit->module, LLVMTypeOf(value), "profinst.frames");
    LLVMSetInitializer(global, value);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    return emit_as(unit->pointer, global);
}

LLVMValueRef unit_describe(struct unit *unit, const struct unit_function *function)
{
    LLVMValueRef null = LLVMConstNull(unit->pointer);
    bool known = !function->local && !(function->flags & PROFINST_INLINED);
    LLVMValueRef fields[EARLY_FIRST + EARLY_FIELDS] = {
        emit_text(unit, function->linkage_name),
        function->name ? emit_text(unit, function->name) : null,
        emit_text(unit, function->file),
        emit_as(unit->pointer, unit->unit),
        describe_frames(unit, function),
        function->caller ? function->caller : null,
        LLVMConstInt(unit->int64, known ? name_hash(function->linkage_name) : 0, false),
        emit_integer(unit, function->line),
        emit_integer(unit, function->flags),
        emit_integer(unit, function->frame_count),
        emit_integer(unit, 0),
    };
    early_fields(unit, fields + EARLY_FIRST);
    LLVMValueRef value =
        LLVMConstStructInContext(unit->context, fields, EARLY_FIRST + EARLY_FIELDS, false);
    LLVMValueRef global = LLVMAddGlobal(unit->module, unit->function_type, "profinst.function");
    LLVMSetInitializer(global, value);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    if (unit->function_count == unit->function_room) {
        unit->function_room = unit->function_room ? 2 * unit->function_room : 64;
        unit->functions = realloc(unit->functions, unit->function_room * sizeof global);
        if (!unit->functions)
            abort();
    }
    unit->functions[unit->function_count++] = global;
    return emit_as(unit->pointer, global);
}

static LLVMValueRef join_functions(struct unit *unit)
{
    unsigned count = unit->function_count;
    LLVMValueRef *values = calloc(count + 1, sizeof *values);
    if (!values)
        abort();
    for (unsigned i = 0; i < count; i++)
        values[i] = LLVMGetInitializer(unit->functions[i]);
    LLVMValueRef value = LLVMConstArray(unit->function_type, values, count);
    free(values);
    LLVMTypeRef type = LLVMTypeOf(value);
    LLVMValueRef array = LLVMAddGlobal(unit->module, type, "profinst.functions");
    LLVMSetInitializer(array, value);
    LLVMSetLinkage(array, LLVMPrivateLinkage);
    for (unsigned i = 0; i < count; i++) {
        LLVMValueRef index[] = {emit_integer(unit, 0), emit_integer(unit, i)};
        LLVMReplaceAllUsesWith(unit->functions[i], LLVMConstInBoundsGEP2(type, array, index, 2));
        LLVMDeleteGlobal(unit->functions[i]);
    }
    free(unit->functions);
    return array;
}

void unit_end(struct unit *unit, unsigned flags)
{
    size_t length;
    uint64_t count = unit->function_count;
    const struct choice choice = choice_record();
    LLVMValueRef functions = join_functions(unit), null = LLVMConstNull(unit->pointer);
    LLVMValueRef fields[] = {
        emit_integer(unit, PROFINST_ABI_VERSION),
        emit_integer(unit, flags),
        unit->hooks,
        emit_as(unit->pointer, functions),
        LLVMConstInt(unit->int64, count, false),
        emit_text(unit, LLVMGetSourceFileName(unit->module, &length)),
        choice.packed ? emit_bytes(unit, choice.packed, choice.packed_size) : null,
        emit_integer(unit, choice.packed_size),
        emit_integer(unit, choice.unpacked_size),
        emit_integer(unit, choice.digest),
        emit_integer(unit, 0),
        null,
    };
    LLVMSetInitializer(unit->unit, LLVMConstStructInContext(unit->context, fields, 12, false));
}
