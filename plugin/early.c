/* Functions run before any constructor of their object: called by constructors of libraries, from
 * .preinit_array, or by resolvers of ifuncs, when nothing can be loaded yet. Each counts in its own
 * descriptor then, which enters a list; the runtime hears of them as soon as it is there. */
#include "early.h"
#include "emit.h"
#include "shortcut.h"

static const char early_name[] = EMIT_SHARED("early");
static const char list_name[] = EMIT_SHARED("early_list");

/* Of a descriptor, behind the runtime's fields: its calls, and the address of the next in the
 * list. */
enum { CALLS = EARLY_FIRST, NEXT };

static LLVMValueRef number(const struct unit *unit, uint64_t value)
{
    return LLVMConstInt(unit->int64, value, false);
}

void early_fields(const struct unit *unit, LLVMValueRef *fields)
{
    fields[0] = fields[1] = number(unit, 0);
}

static LLVMValueRef field(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef descriptor,
                          unsigned index)
{
    LLVMTypeRef pointer = LLVMPointerType(unit->function_type, 0);
    descriptor = LLVMBuildBitCast(builder, descriptor, pointer, "");
    return LLVMBuildStructGEP2(builder, unit->function_type, descriptor, index, "");
}

static LLVMValueRef load(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef descriptor,
                         unsigned index)
{
    return LLVMBuildLoad2(builder, unit->int64, field(unit, builder, descriptor, index), "");
}

/* Threads may be there already. */
static LLVMValueRef change(LLVMBuilderRef builder, LLVMAtomicRMWBinOp operation, LLVMValueRef where,
                           LLVMValueRef value)
{
    return LLVMBuildAtomicRMW(builder, operation, where, value,
                              LLVMAtomicOrderingSequentiallyConsistent, false);
}

static LLVMBasicBlockRef block(const struct unit *unit, LLVMValueRef function)
{
    return LLVMAppendBasicBlockInContext(unit->context, function, "");
}

static LLVMValueRef is_zero(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef value)
{
    return LLVMBuildICmp(builder, LLVMIntEQ, value, number(unit, 0), "");
}

/* As C:
 *
 *   if (descriptor->calls++ == 0)
 *       descriptor->next = exchange(&list, descriptor);
 *   return nowhere;
 */
LLVMValueRef early_define(const struct unit *unit)
{
    LLVMValueRef list = LLVMAddGlobal(unit->module, unit->int64, list_name);
    LLVMSetInitializer(list, number(unit, 0));
    emit_shared(unit, list, list_name);

    LLVMValueRef function = emit_function(unit, early_name, unit->enter_type);
    emit_shared(unit, function, early_name);
    LLVMBuilderRef builder = emit_body(unit, function);
    LLVMBasicBlockRef first = block(unit, function), done = block(unit, function);
    LLVMValueRef descriptor = LLVMGetParam(function, 0);
    LLVMValueRef before = change(builder, LLVMAtomicRMWBinOpAdd,
                                 field(unit, builder, descriptor, CALLS), number(unit, 1));
    LLVMBuildCondBr(builder, is_zero(unit, builder, before), first, done);
    LLVMPositionBuilderAtEnd(builder, first);
    LLVMValueRef next = change(builder, LLVMAtomicRMWBinOpXchg, list,
                               LLVMBuildPtrToInt(builder, descriptor, unit->int64, ""));
    LLVMBuildStore(builder, next, field(unit, builder, descriptor, NEXT));
    LLVMBuildBr(builder, done);
    LLVMPositionBuilderAtEnd(builder, done);
    LLVMBuildRet(builder, unit_nowhere(unit));
    LLVMDisposeBuilder(builder);
    return function;
}

/* As C: hooks.enter = hooks.leave, which does nothing yet. Naming what does nothing would be a
 * text relocation with -mcmodel=medium in clang 14. */
void early_stop(const struct unit *unit, LLVMBuilderRef builder)
{
    LLVMTypeRef hook = LLVMTypeOf(unit_load_hook(unit, builder, HOOK_ENTER));
    LLVMValueRef nothing = unit_load_hook(unit, builder, HOOK_LEAVE);
    LLVMBuildStore(builder, LLVMBuildBitCast(builder, nothing, hook, ""),
                   unit_hook_slot(unit, builder, HOOK_ENTER));
}

/* As C:
 *
 *   for (d = exchange(&list, NULL); d; d = d->next)
 *       for (n = d->calls; n; n--)
 *           hooks.leave(hooks.enter(d, &start).caller, &start);
 */
void early_repeat(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef function)
{
    LLVMBasicBlockRef each = block(unit, function), some = block(unit, function),
                      again = block(unit, function), done = block(unit, function);
    LLVMValueRef list = LLVMGetNamedGlobal(unit->module, list_name);
    LLVMValueRef head = change(builder, LLVMAtomicRMWBinOpXchg, list, number(unit, 0));
    LLVMBasicBlockRef entry = LLVMGetInsertBlock(builder);
    LLVMValueRef start = shortcut_start(unit, function);
    LLVMBuildBr(builder, each);

    LLVMPositionBuilderAtEnd(builder, each);
    LLVMValueRef address = LLVMBuildPhi(builder, unit->int64, "");
    LLVMBuildCondBr(builder, is_zero(unit, builder, address), done, some);

    LLVMPositionBuilderAtEnd(builder, some);
    LLVMValueRef descriptor = LLVMBuildIntToPtr(builder, address, unit->pointer, "");
    LLVMValueRef next = load(unit, builder, descriptor, NEXT);
    LLVMValueRef calls = load(unit, builder, descriptor, CALLS);
    LLVMBuildBr(builder, again);

    LLVMPositionBuilderAtEnd(builder, again);
    LLVMValueRef left = LLVMBuildPhi(builder, unit->int64, "");
    LLVMValueRef entered[] = {descriptor, start};
    LLVMValueRef place = unit_call_hook(unit, builder, HOOK_ENTER, entered);
    LLVMValueRef leaving[] = {LLVMBuildExtractValue(builder, place, 0, ""), start};
    unit_call_hook(unit, builder, HOOK_LEAVE, leaving);
    LLVMValueRef fewer = LLVMBuildSub(builder, left, number(unit, 1), "");
    LLVMBuildCondBr(builder, is_zero(unit, builder, fewer), each, again);

    LLVMAddIncoming(address, &head, &entry, 1);
    LLVMAddIncoming(address, &next, &again, 1);
    LLVMAddIncoming(left, &calls, &some, 1);
    LLVMAddIncoming(left, &fewer, &again, 1);
    LLVMPositionBuilderAtEnd(builder, done);
}
