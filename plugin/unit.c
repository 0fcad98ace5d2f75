#include "unit.h"
#include "bridge.h"
#include "choice.h"
#include "early.h"
#include "emit.h"
#include "finder.h"
#include "options.h"
#include "profinst_abi.h"
#include "shortcut.h"
#include <stdlib.h>

/* One of each in a loaded object, shared by its units, whichever the linker keeps. */
static const char hooks_name[] = EMIT_SHARED("hooks");
static const char nothing_name[] = EMIT_SHARED("nothing");
static const char attach_name[] = EMIT_SHARED("attach");
static const char nobody_name[] = EMIT_SHARED("nobody");
static const char count_name[] = EMIT_SHARED("count");

/* Before every other constructor of the object. */
enum { FIRST_PRIORITY = 0 };

/* Of the table: `here` comes before the hooks. */
enum { FIRST_HOOK = 1, TABLE_FIELDS = FIRST_HOOK + HOOK_COUNT + 1 };

/* What `here` is before anybody has looked for the runtime, and when nothing is recorded. */
enum { UNKNOWN = 1, IDLE = 0 };

/* ---- the table of hooks ------------------------------------------------------------------- */

/* What calls have as their own that are not recorded. */
static void define_nobody(struct unit *unit)
{
    enum { FIRST = offsetof(struct profinst_node, callees) / 8, WORDS = FIRST + PROFINST_CALLEES };
    LLVMTypeRef words[WORDS];
    LLVMValueRef values[WORDS];
    for (size_t i = 0; i < WORDS; i++)
        words[i] = unit->pointer;
    LLVMTypeRef type = LLVMStructTypeInContext(unit->context, words, WORDS, false);
    LLVMValueRef node = LLVMAddGlobal(unit->module, type, nobody_name);
    unit->nobody = emit_as(unit->pointer, node);
    for (size_t i = 0; i < WORDS; i++)
        values[i] = i < FIRST ? LLVMConstNull(unit->pointer) : unit->nobody;
    LLVMSetInitializer(node, LLVMConstStructInContext(unit->context, values, WORDS, false));
    emit_shared(unit, node, nobody_name);
}

LLVMValueRef unit_nowhere(const struct unit *unit)
{
    LLVMValueRef one = LLVMConstInt(unit->int64, 1, false);
    LLVMValueRef fields[] = {LLVMConstIntToPtr(one, unit->pointer), unit->nobody};
    return LLVMConstStructInContext(unit->context, fields, 2, false);
}

/* Does nothing: what hooks are until there is a runtime, but for the one below. */
static LLVMValueRef define_nothing(const struct unit *unit)
{
    LLVMValueRef nothing = emit_function(unit, nothing_name, unit->enter_type);
    emit_shared(unit, nothing, nothing_name);
    LLVMBuilderRef builder = emit_body(unit, nothing);
    LLVMBuildRet(builder, unit_nowhere(unit));
    LLVMDisposeBuilder(builder);
    return nothing;
}

LLVMTypeRef unit_hook_type(const struct unit *unit, enum unit_hook hook)
{
    LLVMTypeRef two[] = {unit->pointer, unit->pointer}, count[] = {unit->pointer, unit->int64};
    switch (hook) {
    case HOOK_ENTER:
        return unit->enter_type;
    case HOOK_LEAVE:
    case HOOK_FRAME:
        return LLVMFunctionType(unit->none, two, 2, false);
    case HOOK_STEP_IN:
        return LLVMFunctionType(unit->pointer, two, 1, false);
    case HOOK_COUNT:
        return LLVMFunctionType(unit->none, count, 2, false);
    case HOOK_ATTACH:
    case HOOK_TAIL:
    case HOOK_RESUME:
    case HOOK_STEP_OUT:
        break;
    }
    return unit->attach_type;
}

static LLVMTypeRef hook_pointer_type(const struct unit *unit, enum unit_hook hook)
{
    return LLVMPointerType(unit_hook_type(unit, hook), 0);
}

static void define_hooks(struct unit *unit, LLVMValueRef nothing, LLVMValueRef early)
{
    LLVMTypeRef types[TABLE_FIELDS] = {unit->int64};
    LLVMValueRef values[TABLE_FIELDS] = {LLVMConstInt(unit->int64, UNKNOWN, false)};
    for (enum unit_hook hook = HOOK_ATTACH; hook <= HOOK_COUNT; hook++) {
        LLVMTypeRef type = types[FIRST_HOOK + hook] = hook_pointer_type(unit, hook);
        values[FIRST_HOOK + hook] = hook == HOOK_ATTACH
                                        ? LLVMConstNull(type)
                                        : emit_as(type, hook == HOOK_ENTER ? early : nothing);
    }
    unit->hooks_type = LLVMStructTypeInContext(unit->context, types, TABLE_FIELDS, false);
    unit->hooks = LLVMAddGlobal(unit->module, unit->hooks_type, hooks_name);
    LLVMSetInitializer(unit->hooks,
                       LLVMConstStructInContext(unit->context, values, TABLE_FIELDS, false));
    emit_shared(unit, unit->hooks, hooks_name);
}

LLVMValueRef unit_hook_slot(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    return LLVMBuildStructGEP2(builder, unit->hooks_type, unit->hooks, FIRST_HOOK + hook, "");
}

LLVMValueRef unit_load_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook)
{
    return emit_unsanitized(unit, LLVMBuildLoad2(builder, hook_pointer_type(unit, hook),
                                                 unit_hook_slot(unit, builder, hook), ""));
}

LLVMValueRef unit_is_active(const struct unit *unit, LLVMBuilderRef builder)
{
    LLVMValueRef at = LLVMBuildStructGEP2(builder, unit->hooks_type, unit->hooks, 0, "");
    LLVMValueRef here = emit_unsanitized(unit, LLVMBuildLoad2(builder, unit->int64, at, ""));
    return LLVMBuildICmp(builder, LLVMIntNE, here, LLVMConstInt(unit->int64, IDLE, false), "");
}

LLVMValueRef unit_call_hook(const struct unit *unit, LLVMBuilderRef builder, enum unit_hook hook,
                            LLVMValueRef *arguments)
{
    LLVMTypeRef type = unit_hook_type(unit, hook);
    return emit_call(unit, builder, type, unit_load_hook(unit, builder, hook), arguments,
                     LLVMCountParamTypes(type));
}

/* Behind a function of its own, which keeps all registers but those for floats: code that counts
 * need not save any for a call that is never made. */
static void define_count(struct unit *unit)
{
    unit->count = emit_function(unit, count_name, unit_hook_type(unit, HOOK_COUNT));
    emit_shared(unit, unit->count, count_name);
    LLVMSetFunctionCallConv(unit->count, emit_preserve_most);
    LLVMBuilderRef builder = emit_body(unit, unit->count);
    LLVMValueRef arguments[] = {LLVMGetParam(unit->count, 0), LLVMGetParam(unit->count, 1)};
    unit_call_hook(unit, builder, HOOK_COUNT, arguments);
    LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
}

void unit_count(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef *arguments)
{
    LLVMValueRef call =
        emit_call(unit, builder, unit_hook_type(unit, HOOK_COUNT), unit->count, arguments, 2);
    LLVMSetInstructionCallConv(call, LLVMGetFunctionCallConv(unit->count));
}

/* ---- the constructor ---------------------------------------------------------------------- */

/* void attach(unit): finds the runtime if no unit of this object has, and introduces the unit, and
 * repeats early calls. */
static LLVMValueRef define_attach(const struct unit *unit, LLVMValueRef find_runtime)
{
    LLVMValueRef function = emit_function(unit, attach_name, unit->attach_type);
    emit_shared(unit, function, attach_name);
    LLVMBuilderRef builder = emit_body(unit, function);
    LLVMTypeRef pointer = hook_pointer_type(unit, HOOK_ATTACH);
    LLVMBasicBlockRef known = emit_branch_unless_null(unit, builder, function,
                                                      unit_load_hook(unit, builder, HOOK_ATTACH));
    early_stop(unit, builder);
    LLVMBuildStore(builder, LLVMConstInt(unit->int64, IDLE, false),
                   LLVMBuildStructGEP2(builder, unit->hooks_type, unit->hooks, 0, ""));
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
    emit_call(unit, builder, unit->attach_type, attach, &argument, 1);
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
    unit.enter_type = LLVMFunctionType(unit.place, both, 2, false);
    unit.attach_type = emit_function_type(unit.none, unit.pointer);
    LLVMTypeRef frame[] = {unit.pointer, unit.int32, unit.int32};
    unit.frame_type = LLVMStructTypeInContext(context, frame, 3, false);
    LLVMTypeRef function[] = {unit.pointer, unit.pointer, unit.pointer, unit.pointer, unit.pointer,
                              unit.pointer, unit.int64,   unit.int32,   unit.int32,   unit.int32,
                              unit.int32,   unit.int64,   unit.int64};
    static_assert(sizeof function / sizeof *function == EARLY_FIRST + EARLY_FIELDS,
                  "what the runtime knows, and what it does not");
    unit.function_type =
        LLVMStructTypeInContext(context, function, sizeof function / sizeof *function, false);
    define_nobody(&unit);
    LLVMValueRef nothing = define_nothing(&unit);
    define_hooks(&unit, nothing, early_define(&unit));
    define_count(&unit);
    shortcut_define(&unit);
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
        emit_integer(unit, function->flags | unit->function_count % PROFINST_CALLEES
                                                 << PROFINST_CALLEE_SHIFT),
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

unsigned unit_callee(LLVMValueRef descriptor)
{
    enum { FLAGS = 8 };
    LLVMValueRef global =
        LLVMIsAConstantExpr(descriptor) ? LLVMGetOperand(descriptor, 0) : descriptor;
    LLVMValueRef flags = LLVMGetOperand(LLVMGetInitializer(global), FLAGS);
    return (unsigned)LLVMConstIntGetZExtValue(flags) >> PROFINST_CALLEE_SHIFT;
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
        emit_integer(unit, option_timing()),
        null,
    };
    LLVMSetInitializer(unit->unit, LLVMConstStructInContext(unit->context, fields, 12, false));
}
