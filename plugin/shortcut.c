/* A signal handler may come in between any two instructions, and leaves the thread where it was: no
 * more than one of them changes what it could see. What the assembler code needs of a frame it
 * asks of nobody: no stack, and registers that hold no arguments and no results. The hook is called
 * by ordinary code beside the way, that it takes when its result says so. */
#include "shortcut.h"
#include "attribute.h"
#include "bridge.h"
#include "emit.h"
#include "profinst_abi.h"
#include "profinst_format.h"
#include <llvm/Config/llvm-config.h>
#include <stdio.h>
#include <string.h>

/* Before LLVM 17 what keeps registers puts back those of its result as well. The two ways to call
 * must not meet under one name. */
#if LLVM_VERSION_MAJOR < 17
enum { RESULT_CONVENTION = LLVMCCallConv };
#define ENTER "enter_plain"
#else
enum { RESULT_CONVENTION = emit_preserve_most };
#define ENTER "enter"
#endif

static const char enter_name[] = EMIT_SHARED(ENTER);
static const char leave_name[] = EMIT_SHARED("leave");
static const char frame_name[] = EMIT_SHARED("frame");

static bool is_x86_64(const struct unit *unit)
{
    const char *target = LLVMGetTarget(unit->module);
    return strncmp(target, "x86_64", 6) == 0 && !strstr(target, "x32");
}

/* Where nothing is optimized, every value that is used beyond a branch takes a place of its own in
 * the frame, which would double those of small functions: the hooks are called then. */
static bool has_shortcuts(const struct unit *unit, LLVMBuilderRef builder)
{
    LLVMValueRef function = LLVMGetBasicBlockParent(LLVMGetInsertBlock(builder));
    return is_x86_64(unit) && !attribute_present(function, "optnone");
}

/* ---- calls of hooks ----------------------------------------------------------------------- */

static unsigned convention(enum unit_hook hook)
{
    return hook == HOOK_ENTER ? RESULT_CONVENTION : emit_preserve_most;
}

/* Through functions of their own, which keep all registers but those for floats: code that may call
 * a hook need not save any for a call that is hardly ever made. */
static LLVMValueRef define_call(const struct unit *unit, const char *name, enum unit_hook hook)
{
    LLVMTypeRef type = unit_hook_type(unit, hook);
    LLVMValueRef function = emit_function(unit, name, type);
    emit_shared(unit, function, name);
    LLVMSetFunctionCallConv(function, convention(hook));
    LLVMBuilderRef builder = emit_body(unit, function);
    LLVMValueRef arguments[] = {LLVMGetParam(function, 0), LLVMGetParam(function, 1)};
    LLVMValueRef result = unit_call_hook(unit, builder, hook, arguments);
    if (hook == HOOK_ENTER)
        LLVMBuildRet(builder, result);
    else
        LLVMBuildRetVoid(builder);
    LLVMDisposeBuilder(builder);
    return function;
}

static LLVMValueRef call_hook(const struct unit *unit, LLVMBuilderRef builder, const char *name,
                              enum unit_hook hook, LLVMValueRef *arguments)
{
    LLVMValueRef function = LLVMGetNamedFunction(unit->module, name);
    LLVMValueRef call =
        emit_call(unit, builder, unit_hook_type(unit, hook), function, arguments, 2);
    LLVMSetInstructionCallConv(call, convention(hook));
    return call;
}

void shortcut_define(struct unit *unit)
{
    if (!is_x86_64(unit))
        return;
    define_call(unit, enter_name, HOOK_ENTER);
    define_call(unit, leave_name, HOOK_LEAVE);
    define_call(unit, frame_name, HOOK_FRAME);
}

LLVMValueRef shortcut_start(const struct unit *unit, LLVMValueRef function)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    LLVMPositionBuilderBefore(builder, LLVMGetFirstInstruction(LLVMGetEntryBasicBlock(function)));
    /* Of bytes: a cast would be one more value to keep in code that is not optimized. */
    LLVMValueRef start =
        LLVMBuildArrayAlloca(builder, LLVMInt8TypeInContext(unit->context),
                             emit_integer(unit, sizeof(struct profinst_start)), "");
    LLVMSetAlignment(start, sizeof(uint64_t));
    LLVMDisposeBuilder(builder);
    return start;
}

/* ---- assembler code ----------------------------------------------------------------------- */

static struct emit_operand memory(const struct unit *unit, LLVMValueRef global)
{
    LLVMTypeRef type = LLVMPointerType(unit->int64, 0);
    return (struct emit_operand){LLVMConstBitCast(global, type), unit->int64};
}

/* Goes on where the builder stands, and first elsewhere if the condition is true: the builder for
 * that is returned, owned by the caller. */
static LLVMBuilderRef beside(const struct unit *unit, LLVMBuilderRef builder,
                             LLVMValueRef condition, LLVMValueRef next)
{
    LLVMBuilderRef rarely = bridge_if_rarely(condition, next, unit->nosanitize);
    LLVMPositionBuilderBefore(builder, next);
    return rarely;
}

/* The next instruction that the builder builds before. */
static LLVMValueRef next_of(LLVMBuilderRef builder)
{
    LLVMValueRef mark = LLVMBuildUnreachable(builder);
    LLVMValueRef next = LLVMGetNextInstruction(mark);
    LLVMInstructionEraseFromParent(mark);
    return next;
}

/* ---- entries ------------------------------------------------------------------------------ */

static LLVMValueRef choose(LLVMBuilderRef builder, LLVMValueRef mostly, LLVMValueRef rarely)
{
    LLVMValueRef phi = LLVMBuildPhi(builder, LLVMTypeOf(mostly), "");
    LLVMValueRef values[] = {mostly, rarely};
    LLVMBasicBlockRef blocks[] = {LLVMGetInstructionParent(mostly),
                                  LLVMGetInstructionParent(rarely)};
    LLVMAddIncoming(phi, values, blocks, 2);
    return phi;
}

/* Which code is the profiler's, for samples: an entry of .profinst_code (struct
 * profinst_code_range), for as long as the linker keeps the function. LLVM's own jump behind the
 * code is `more` bytes at least. */
#define BEGIN ".Lprofinst${:uid}:\n\t"
#define END(more, descriptor)                                                                      \
    ".pushsection .profinst_code,\"ao?\",@progbits,.Lprofinst${:uid}\n\t"                          \
    ".balign 4\n\t"                                                                                \
    ".long .Lprofinst${:uid}-., 9b-.Lprofinst${:uid}+" more ", " descriptor "\n\t"                 \
    ".popsection"

/* In the end r10 is more than 0 if the hook is to be called. No result shares a register with an
 * operand: in the large code model the operands' addresses are in registers, and are read late. */
static struct shortcut_call enter_x86_64(const struct unit *unit, LLVMBuilderRef builder,
                                         LLVMValueRef descriptor, LLVMValueRef start)
{
    static const char pattern[] = BEGIN "movq $3, %%r10\n\t"
                                        "testq %%r10, %%r10\n\t"
                                        "jns 8f\n\t"
                                        "movq %%fs:(%%r10), %%r11\n\t"
                                        "movq %zu(%%r11), %%rax\n\t"
                                        "leaq $4, %%r10\n\t"
                                        "cmpq %%r10, (%%rax)\n\t"
                                        "jne 9f\n\t"
                                        "movq %zu(%%rax), %%r10\n\t"
                                        "incq %zu(%%r10)\n\t"
                                        "movq $3, %%r10\n\t"
                                        "movq %%rax, %%fs:(%%r10)\n"
                                        "9:\n\t"
                                        ".subsection 1\n"
                                        "8:\n\t"
                                        "movl $$1, %%r11d\n\t"
                                        "leaq $5, %%rax\n\t"
                                        "jmp 9b\n\t"
                                        ".subsection 0\n\t" END("5", "${6:c}-.");
    static const char constraints[] = "=&{r11},=&{rax},=&{r10},*m,*m,*m,i,~{memory},~{dirflag},"
                                      "~{fpsr},~{flags}";
    char code[sizeof pattern + 32];
    snprintf(code, sizeof code, pattern,
             offsetof(struct profinst_node, callees) + 8 * unit_callee(descriptor),
             offsetof(struct profinst_node, record), offsetof(struct profinst_context, calls));
    LLVMTypeRef fields[] = {unit->pointer, unit->pointer, unit->int64};
    LLVMTypeRef result = LLVMStructTypeInContext(unit->context, fields, 3, false);
    struct emit_operand operands[] = {memory(unit, unit->hooks),
                                      memory(unit, descriptor),
                                      memory(unit, unit->nobody),
                                      {descriptor, NULL}};
    LLVMValueRef next = next_of(builder);
    LLVMValueRef all = emit_asm(unit, builder, code, constraints, result, operands, 4);
    LLVMValueRef caller = emit_unsanitized(unit, LLVMBuildExtractValue(builder, all, 0, ""));
    LLVMValueRef own = emit_unsanitized(unit, LLVMBuildExtractValue(builder, all, 1, ""));
    LLVMValueRef status = LLVMBuildExtractValue(builder, all, 2, "");
    LLVMValueRef condition =
        LLVMBuildICmp(builder, LLVMIntSGT, status, LLVMConstNull(unit->int64), "");
    LLVMBuilderRef rarely = beside(unit, builder, condition, next);
    LLVMValueRef arguments[] = {descriptor, start};
    LLVMValueRef place = call_hook(unit, rarely, enter_name, HOOK_ENTER, arguments);
    LLVMValueRef their_caller = LLVMBuildExtractValue(rarely, place, 0, "");
    LLVMValueRef their_own = LLVMBuildExtractValue(rarely, place, 1, "");
    LLVMDisposeBuilder(rarely);
    caller = choose(builder, caller, their_caller);
    own = choose(builder, own, their_own);
    return (struct shortcut_call){caller, own, start, false};
}

static bool calls_nobody(LLVMValueRef function)
{
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b))
        for (LLVMValueRef i = LLVMGetFirstInstruction(b); i; i = LLVMGetNextInstruction(i))
            if (LLVMIsAInvokeInst(i) || LLVMIsACallBrInst(i) ||
                (LLVMIsACallInst(i) && !LLVMIsAIntrinsicInst(i)))
                return false;
    return true;
}

struct shortcut_call shortcut_enter(const struct unit *unit, LLVMBuilderRef builder,
                                    LLVMValueRef function, LLVMValueRef descriptor)
{
    bool stays = calls_nobody(function);
    LLVMValueRef start = shortcut_start(unit, function);
    struct shortcut_call call;
    if (has_shortcuts(unit, builder)) {
        call = enter_x86_64(unit, builder, descriptor, start);
    } else {
        LLVMValueRef arguments[] = {descriptor, start};
        LLVMValueRef place = unit_call_hook(unit, builder, HOOK_ENTER, arguments);
        LLVMValueRef caller = LLVMBuildExtractValue(builder, place, 0, "");
        LLVMValueRef own = LLVMBuildExtractValue(builder, place, 1, "");
        call = (struct shortcut_call){caller, emit_unsanitized(unit, own), start, false};
    }
    call.stays = stays;
    return call;
}

/* ---- ways back ---------------------------------------------------------------------------- */

/* Makes a node the thread's if that is an easy thing to do. Returns whether it is not. */
static LLVMValueRef go_x86_64(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef node,
                              bool stays)
{
    static const char pattern[] = BEGIN "movq $1, %%r10\n\t"
                                        "testq %%r10, %%r10\n\t"
                                        "jns 9f\n\t"
                                        "testb $$1, ${2:b}\n\t"
                                        "jne 9f\n\t"
                                        "%s"
                                        "movq $2, %%fs:(%%r10)\n"
                                        "9:\n\t" END("2", "0");
    static const char thread[] = "movq %%fs:%zu(%%r10), %%r11\n\t"
                                 "cmpq %%r11, %zu($2)\n\t"
                                 "jne 9f\n\t";
    static const char constraints[] = "={@ccnz},*m,r,~{r10},~{memory},~{dirflag},~{fpsr},"
                                      "~{flags},~{r11}";
    char code[sizeof pattern + sizeof thread + 32], test[sizeof thread + 32] = "";
    if (!stays)
        snprintf(test, sizeof test, thread, offsetof(struct profinst_here, thread),
                 offsetof(struct profinst_node, thread));
    snprintf(code, sizeof code, pattern, test);
    char used[sizeof constraints];
    strcpy(used, constraints);
    if (stays)
        *strrchr(used, ',') = '\0'; /* r11 */
    struct emit_operand operands[] = {memory(unit, unit->hooks), {node, NULL}};
    LLVMValueRef flag = emit_asm(unit, builder, code, used, unit->int32, operands, 2);
    return LLVMBuildICmp(builder, LLVMIntNE, flag, LLVMConstNull(unit->int32), "");
}

void shortcut_leave(const struct unit *unit, LLVMBuilderRef builder,
                    const struct shortcut_call *call)
{
    LLVMValueRef arguments[] = {call->caller, call->start};
    LLVMValueRef next = next_of(builder);
    if (!has_shortcuts(unit, builder) || LLVMIsAResumeInst(next)) {
        unit_call_hook(unit, builder, HOOK_LEAVE, arguments);
        return;
    }
    LLVMValueRef condition = go_x86_64(unit, builder, call->caller, call->stays);
    LLVMBuilderRef rarely = beside(unit, builder, condition, next);
    call_hook(unit, rarely, leave_name, HOOK_LEAVE, arguments);
    LLVMDisposeBuilder(rarely);
}

/* ---- frames ------------------------------------------------------------------------------- */

static LLVMValueRef frame_x86_64(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef own,
                                 LLVMValueRef descriptor)
{
    static const char pattern[] = BEGIN "movq $1, %%r11\n\t"
                                        "testq %%r11, %%r11\n\t"
                                        "jns 9f\n\t"
                                        "movq %zu($3), %%r10\n\t"
                                        "leaq $2, %%rax\n\t"
                                        "cmpq %%rax, (%%r10)\n\t"
                                        "jne 9f\n\t"
                                        "movq %%fs:%zu(%%r11), %%rax\n\t"
                                        "cmpq %%rax, %zu($3)\n\t"
                                        "jne 9f\n\t"
                                        "movq %%r10, %%fs:(%%r11)\n"
                                        "9:\n\t" END("2", "0");
    static const char constraints[] = "={@ccnz},*m,*m,r,~{rax},~{r10},~{r11},~{memory},"
                                      "~{dirflag},~{fpsr},~{flags}";
    char code[sizeof pattern + 64];
    snprintf(code, sizeof code, pattern,
             offsetof(struct profinst_node, callees) + 8 * unit_callee(descriptor),
             offsetof(struct profinst_here, thread), offsetof(struct profinst_node, thread));
    struct emit_operand operands[] = {
        memory(unit, unit->hooks), memory(unit, descriptor), {own, NULL}};
    LLVMValueRef flag = emit_asm(unit, builder, code, constraints, unit->int32, operands, 3);
    return LLVMBuildICmp(builder, LLVMIntNE, flag, LLVMConstNull(unit->int32), "");
}

void shortcut_frame(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef own,
                    LLVMValueRef descriptor)
{
    LLVMValueRef arguments[] = {own, descriptor ? descriptor : LLVMConstNull(unit->pointer)};
    if (!has_shortcuts(unit, builder)) {
        unit_call_hook(unit, builder, HOOK_FRAME, arguments);
        return;
    }
    LLVMValueRef next = next_of(builder);
    LLVMValueRef condition = descriptor ? frame_x86_64(unit, builder, own, descriptor)
                                        : go_x86_64(unit, builder, own, false);
    LLVMBuilderRef rarely = beside(unit, builder, condition, next);
    call_hook(unit, rarely, frame_name, HOOK_FRAME, arguments);
    LLVMDisposeBuilder(rarely);
}
