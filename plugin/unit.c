#include "unit.h"
#include "bridge.h"
#include "early.h"
#include "emit.h"
#include "finder.h"
#include "profinst_abi.h"

/* One of each in a loaded object, shared by its units, whichever the linker keeps. The number in
 * the name is that of the layouts, the runtime's and the plugin's own (early.c), so that units of
 * different plugins never share. */
static const char hooks_name[] = "__profinst_hooks_2";
static const char nothing_name[] = "__profinst_nothing_2";
static const char attach_name[] = "__profinst_attach_2";
static_assert(PROFINST_ABI_VERSION == 2, "the names above carry the version");

/* Before every other constructor of the object. */
enum { FIRST_PRIORITY = 0 };

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
    switch (hook) {
    case HOOK_ENTER:
        return unit->enter_type;
    case HOOK_ATTACH:
    case HOOK_LEAVE:
    case HOOK_TAIL:
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
    LLVMTypeRef types[4];
    LLVMValueRef values[4];
    for (enum unit_hook hook = HOOK_ATTACH; hook <= HOOK_TAIL; hook++) {
        types[hook] = hook_pointer_type(unit, hook);
        values[hook] = hook == HOOK_ATTACH
                           ? LLVMConstNull(types[hook])
                           : emit_as(types[hook], hook == HOOK_ENTER ? early : nothing);
    }
    unit->hooks_type = LLVMStructTypeInContext(unit->context, types, 4, false);
    unit->hooks = LLVMAddGlobal(unit->module, unit->hooks_type, hooks_name);
    LLVMSetInitializer(unit->hooks, LLVMConstStructInContext(unit->context, values, 4, false));
    emit_shared(unit, unit->hooks, hooks_name);
}

LLVMValueRef unit_hook_slot(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    return LLVMBuildStructGEP2(builder, unit->hooks_type, unit->hooks, hook, "");
}

LLVMValueRef unit_load_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    LLVMValueRef load = LLVMBuildLoad2(builder, hook_pointer_type(unit, hook),
                                       unit_hook_slot(unit, builder, hook), "");
    LLVMSetMetadata(
        load, unit->nosanitize,
        LLVMMetadataAsValue(unit->context, LLVMMDNodeInContext2(unit->context, NULL, 0)));
    return load;
}

LLVMValueRef unit_call_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook,
                            LLVMValueRef *arguments)
{
    LLVMTypeRef type = hook_type(unit, hook);
    return emit_call(unit, builder, type, unit_load_hook(unit, builder, hook), arguments,
                     LLVMCountParamTypes(type));
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

static void define_unit(struct unit *unit)
{
    LLVMValueRef fields[] = {
        emit_integer(unit, PROFINST_ABI_VERSION),
        emit_integer(unit, 0),
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
    LLVMTypeRef both[] = {unit.pointer, unit.pointer};
    unit.place = LLVMStructTypeInContext(context, both, 2, false);
    unit.enter_type = emit_function_type(unit.place, unit.pointer);
    unit.leave_type = emit_function_type(unit.none, unit.pointer);
    LLVMValueRef nothing = define_nothing(&unit);
    define_hooks(&unit, nothing, early_define(&unit));
    define_unit(&unit);
    define_constructor(&unit, define_attach(&unit, finder_define(&unit)));
    return unit;
}

LLVMValueRef unit_describe(const struct unit *unit, const char *linkage_name, const char *file,
                           unsigned line)
{
    LLVMValueRef fields[5 + EARLY_FIELDS] = {
        emit_text(unit, linkage_name), emit_text(unit, file), emit_as(unit->pointer, unit->unit),
        emit_integer(unit, line),      emit_integer(unit, 0),
    };
    early_fields(unit, fields + 5);
    LLVMValueRef value = LLVMConstStructInContext(unit->context, fields, 5 + EARLY_FIELDS, false);
    LLVMValueRef global = LLVMAddGlobal(unit->module, LLVMTypeOf(value), "profinst.function");
    LLVMSetInitializer(global, value);
    LLVMSetLinkage(global, LLVMPrivateLinkage);
    return emit_as(unit->pointer, global);
}
