/* A *frame* is a chain of selected functions, each inlined into the one before, the first into the
 * function at hand. Debug information has it for every instruction: where it was inlined, and where
 * that was. */
#define _GNU_SOURCE
#include "inlined.h"
#include "bridge.h"
#include "control.h"
#include "emit.h"
#include "external.h"
#include "probe.h"
#include "profinst_abi.h"
#include "profinst_format.h"
#include "shortcut.h"
#include <llvm-c/DebugInfo.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct frame {
    const struct probe_function *function;
    struct frame *caller; /* NULL: it stands in the function at hand */
    LLVMValueRef descriptor;
    LLVMValueRef host; /* that it was last seen in, and there its number, from 1 */
    uint32_t number;
};

struct inlined_probe {
    LLVMValueRef probe;
    uint32_t frame; /* from 1; 0: the function's own, which its hook counts */
    const struct frame *in;
};

/* ---- frames ------------------------------------------------------------------------------- */

static void *frames; /* of the module; a tree of tsearch(3) */

static int compare(const void *a, const void *b)
{
    const struct frame *left = a, *right = b;
    int order = (left->function > right->function) - (left->function < right->function);
    return order ? order : (left->caller > right->caller) - (left->caller < right->caller);
}

void inlined_begin(void)
{
    tdestroy(frames, free);
    frames = NULL;
}

static LLVMValueRef describe(struct unit *unit, const struct frame *frame)
{
    char *name = sources_name(frame->function->name);
    const struct source_place *place = &frame->function->place;
    LLVMValueRef descriptor =
        unit_describe(unit, &(struct unit_function){
                                .linkage_name = name,
                                .name = place->name,
                                .file = place->file,
                                .line = place->line,
                                .flags = PROFINST_INLINED,
                                .caller = frame->caller ? frame->caller->descriptor : NULL,
                            });
    free(name);
    return descriptor;
}

static struct frame *frame_of(struct unit *unit, const struct probe_function *function,
                              struct frame *caller)
{
    struct frame key = {.function = function, .caller = caller};
    struct frame *const *found = tfind(&key, &frames, compare);
    if (found)
        return *found;
    struct frame *frame = malloc(sizeof *frame);
    if (!frame)
        abort(); /* as LLVM does */
    *frame = key;
    frame->descriptor = describe(unit, frame);
    if (!tsearch(frame, &frames, compare))
        abort();
    return frame;
}

/* The frame of what stands at the location. The outermost of its functions is the one at hand. */
static struct frame *frame_at(struct unit *unit, LLVMMetadataRef location)
{
    LLVMMetadataRef outer = location ? LLVMDILocationGetInlinedAt(location) : NULL;
    if (!outer)
        return NULL;
    struct frame *caller = frame_at(unit, outer);
    const struct probe_function *function = probe_function_of(bridge_subprogram(location));
    return function ? frame_of(unit, function, caller) : caller;
}

/* ---- finding ------------------------------------------------------------------------------ */

static void *grow(void *array, size_t count, size_t size)
{
    if (count & (count - 1))
        return array;
    array = realloc(array, (count ? 2 * count : 1) * size);
    if (!array)
        abort();
    return array;
}

/* The frame's number in the function, from 1. */
static uint32_t number_of(struct inlined *inlined, LLVMValueRef host, struct frame *frame)
{
    if (frame->host == host)
        return frame->number;
    uint32_t caller = frame->caller ? number_of(inlined, host, frame->caller) : 0;
    uint32_t count = inlined->frame_count;
    inlined->descriptors = grow(inlined->descriptors, count, sizeof *inlined->descriptors);
    inlined->callers = grow(inlined->callers, count, sizeof *inlined->callers);
    inlined->descriptors[count] = frame->descriptor;
    inlined->callers[count] = caller;
    frame->host = host;
    frame->number = ++inlined->frame_count;
    return frame->number;
}

static bool is_same_source(const char *name, const char *other)
{
    char *left = sources_name(name), *right = sources_name(other);
    bool same = strcmp(left, right) == 0;
    free(left);
    free(right);
    return same;
}

static void add_probe(struct inlined *inlined, struct unit *unit, LLVMValueRef host,
                      LLVMValueRef probe, const struct probe_function *function)
{
    size_t length;
    struct frame *frame = frame_at(unit, LLVMInstructionGetDebugLoc(probe));
    /* Of what was moved, debug information may have lost the way. */
    bool right = frame && frame->function == function;
    bool own = !right && is_same_source(function->name, LLVMGetValueName2(host, &length));
    if (!own && !right)
        frame = frame_of(unit, function, frame);
    inlined->probes = grow(inlined->probes, inlined->probe_count, sizeof *inlined->probes);
    inlined->probes[inlined->probe_count++] =
        (struct inlined_probe){probe, own ? 0 : number_of(inlined, host, frame), frame};
}

/* Functions of libraries that the program may have its own of, or that call it back. */
static bool is_replaceable(const char *name)
{
    static const char *const names[] = {"malloc",         "calloc", "realloc",  "reallocarray",
                                        "aligned_alloc",  "valloc", "memalign", "pvalloc",
                                        "posix_memalign", "free",   "qsort",    "exit"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return strncmp(name, "_Zn", 3) == 0 || strncmp(name, "_Zd", 3) == 0; /* new, delete */
}

/* Functions of libraries that call nothing of the program's. */
static bool calls_nobody(LLVMValueRef callee)
{
    size_t length;
    return LLVMGetIntrinsicID(callee) != 0 ||
           (LLVMIsDeclaration(callee) && bridge_is_library_function(callee) &&
            !is_replaceable(LLVMGetValueName2(callee, &length)));
}

static bool may_lead_to_hooks(LLVMValueRef instruction)
{
    if (!LLVMIsACallInst(instruction) && !LLVMIsAInvokeInst(instruction))
        return false;
    LLVMValueRef callee = LLVMGetCalledValue(instruction);
    return external_is(instruction) ||
           (!LLVMIsAInlineAsm(callee) && !(LLVMIsAFunction(callee) && calls_nobody(callee)));
}

static void add_event(struct inlined *inlined, struct flow_event event)
{
    inlined->events = grow(inlined->events, inlined->event_count, sizeof *inlined->events);
    inlined->events[inlined->event_count++] = event;
    inlined->framed = inlined->framed || event.place;
}

/* Of a call that may lead to hooks, and where control comes back. */
static void add_events(struct inlined *inlined, struct unit *unit, LLVMValueRef instruction)
{
    if (may_lead_to_hooks(instruction)) {
        const struct frame *from = frame_at(unit, LLVMInstructionGetDebugLoc(instruction));
        add_event(inlined, (struct flow_event){instruction, from, .call = true});
    }
    if (control_comes_back(instruction))
        add_event(inlined, (struct flow_event){instruction, NULL, .call = false});
}

/* The only probe of its own that a function has in its entry block is passed once for each entry.
 * Recursion that became a loop, or was inlined, passes it elsewhere, and more often. */
static void settle_own(struct inlined *inlined, struct unit *unit, LLVMValueRef function)
{
    LLVMBasicBlockRef entry = LLVMGetEntryBasicBlock(function);
    struct inlined_probe *first = NULL;
    bool once = true;
    for (size_t i = 0; i < inlined->probe_count; i++) {
        struct inlined_probe *probe = &inlined->probes[i];
        if (probe->frame == 0) {
            once = once && !first && LLVMGetInstructionParent(probe->probe) == entry;
            first = first ? first : probe;
        }
    }
    if (once)
        return;
    const struct probe_function *own = probe_of(first->probe);
    inlined->again = number_of(inlined, function, frame_of(unit, own, NULL));
    for (size_t i = 0; i < inlined->probe_count; i++)
        if (inlined->probes[i].frame == 0)
            inlined->probes[i].frame = inlined->again;
}

struct inlined inlined_find(struct unit *unit, LLVMValueRef function)
{
    struct inlined inlined = {0};
    for (LLVMBasicBlockRef block = LLVMGetFirstBasicBlock(function); block;
         block = LLVMGetNextBasicBlock(block))
        for (LLVMValueRef instruction = LLVMGetFirstInstruction(block); instruction;
             instruction = LLVMGetNextInstruction(instruction)) {
            const struct probe_function *probed = probe_of(instruction);
            if (probed)
                add_probe(&inlined, unit, function, instruction, probed);
            else
                add_events(&inlined, unit, instruction);
        }
    settle_own(&inlined, unit, function);
    if (inlined.framed)
        flow_settle(function, inlined.events, inlined.event_count);
    return inlined;
}

void inlined_free(struct inlined *inlined)
{
    for (size_t i = 0; i < inlined->probe_count; i++)
        LLVMInstructionEraseFromParent(inlined->probes[i].probe);
    free(inlined->probes);
    free(inlined->events);
    free(inlined->descriptors);
    free(inlined->callers);
}

/* ---- counting ----------------------------------------------------------------------------- */

/* In one step, as a signal handler sees it. On aarch64 no atomic instruction is asked for, because
 * that may be a call of libgcc. */
static void build_add(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef at,
                      LLVMValueRef value)
{
    static const char x86[] = "addq $1, $0", x86_operands[] = "*m,er,~{dirflag},~{fpsr},~{flags}";
    static const char arm[] = "1: ldxr $0, [$2]\n\tadd $0, $0, $3\n\tstxr ${1:w}, $0, [$2]\n\t"
                              "cbnz ${1:w}, 1b",
                      arm_operands[] = "=&r,=&r,r,r";
    bool is_arm = strncmp(LLVMGetTarget(unit->module), "aarch64", 7) == 0;
    LLVMTypeRef results[] = {unit->int64, unit->int64};
    LLVMTypeRef result =
        is_arm ? LLVMStructTypeInContext(unit->context, results, 2, false) : unit->none;
    struct emit_operand operands[] = {{at, is_arm ? NULL : unit->int64}, {value, NULL}};
    emit_asm(unit, builder, is_arm ? arm : x86, is_arm ? arm_operands : x86_operands, result,
             operands, 2);
}

/* Adds to the count of a frame in the call's record. */
static void add_to_record(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef own,
                          uint32_t frame, LLVMValueRef value)
{
    uint64_t offset = offsetof(struct profinst_context, inlined) + sizeof(uint64_t) * (frame - 1);
    LLVMValueRef index = LLVMConstInt(unit->int64, offset, false);
    LLVMTypeRef byte = LLVMInt8TypeInContext(unit->context);
    LLVMValueRef at = LLVMBuildGEP2(builder, byte, own, &index, 1, "");
    at = LLVMBuildBitCast(builder, at, LLVMPointerType(unit->int64, 0), "");
    build_add(unit, builder, at, value);
}

/* What is run if a call has no record: because nothing is recorded at all, or because the call is
 * not, and the runtime has to count. The builder is owned by the caller. */
static LLVMBuilderRef unless_idle(const struct unit *unit, LLVMBuilderRef builder)
{
    LLVMValueRef end = LLVMGetBasicBlockTerminator(LLVMGetInsertBlock(builder));
    return bridge_if_rarely(unit_is_active(unit, builder), end, unit->nosanitize);
}

/* Counts some frames before an instruction. A call without a record, because its function is
 * switched off for example, has the runtime count. */
static void add_before(const struct unit *unit, LLVMValueRef instruction, LLVMValueRef own,
                       const struct inlined *inlined, const uint32_t *numbers, LLVMValueRef *values,
                       size_t count)
{
    struct bridge_branches branches = bridge_if_not_null(own, instruction, unit->nosanitize);
    LLVMBuilderRef active = unless_idle(unit, branches.otherwise);
    for (size_t i = 0; i < count; i++) {
        LLVMValueRef arguments[] = {inlined->descriptors[numbers[i] - 1], values[i]};
        add_to_record(unit, branches.then, own, numbers[i], values[i]);
        unit_count(unit, active, arguments);
    }
    LLVMDisposeBuilder(active);
    LLVMDisposeBuilder(branches.then);
    LLVMDisposeBuilder(branches.otherwise);
}

/* True if control may leave the function between the two, which are in one block, or anything may
 * be called that looks at what was counted. */
static bool may_leave_between(LLVMValueRef first, LLVMValueRef second)
{
    for (LLVMValueRef i = LLVMGetNextInstruction(first); i != second; i = LLVMGetNextInstruction(i))
        if (LLVMIsACallInst(i) && !LLVMIsAIntrinsicInst(i))
            return true;
    return false;
}

/* Counts what is inlined. Probes with nothing but plain instructions between them are counted
 * together, where the last one stands. */
static void count_probes(const struct unit *unit, LLVMBuilderRef builder,
                         const struct inlined *inlined, LLVMValueRef own)
{
    enum { MOST = 64 };
    uint32_t numbers[MOST];
    LLVMValueRef values[MOST], last = NULL;
    size_t count = 0;
    for (size_t i = 0; i < inlined->probe_count; i++) {
        LLVMValueRef probe = inlined->probes[i].probe;
        if (inlined->probes[i].frame == 0)
            continue;
        if (count > 0 &&
            (count == MOST || LLVMGetInstructionParent(last) != LLVMGetInstructionParent(probe) ||
             may_leave_between(last, probe))) {
            add_before(unit, last, own, inlined, numbers, values, count);
            count = 0;
        }
        LLVMPositionBuilderBefore(builder, probe);
        numbers[count] = inlined->probes[i].frame;
        values[count++] = probe_count(builder, probe);
        last = probe;
    }
    if (count > 0)
        add_before(unit, last, own, inlined, numbers, values, count);
}

/* The record of the call, where the builder stands; NULL if it has none. */
static LLVMValueRef load_record(const struct unit *unit, LLVMBuilderRef builder, LLVMValueRef own)
{
    LLVMValueRef index = LLVMConstInt(unit->int64, offsetof(struct profinst_node, record), false);
    LLVMTypeRef byte = LLVMInt8TypeInContext(unit->context);
    LLVMValueRef at = LLVMBuildGEP2(builder, byte, own, &index, 1, "");
    at = LLVMBuildBitCast(builder, at, LLVMPointerType(unit->pointer, 0), "");
    return emit_unsanitized(unit, LLVMBuildLoad2(builder, unit->pointer, at, ""));
}

void inlined_record(const struct unit *unit, LLVMBuilderRef builder, const struct inlined *inlined,
                    LLVMValueRef own)
{
    LLVMValueRef record = inlined->frame_count > 0 ? load_record(unit, builder, own) : NULL;
    for (size_t i = 0; inlined->framed && i < inlined->event_count; i++) {
        const struct flow_event *event = &inlined->events[i];
        const struct frame *from = event->place;
        LLVMPositionBuilderBefore(builder, event->instruction);
        if (event->must_say)
            shortcut_frame(unit, builder, own, from ? from->descriptor : NULL);
    }
    if (inlined->again) {
        LLVMValueRef less = LLVMConstInt(unit->int64, -1ULL, true);
        add_before(unit, LLVMGetNextInstruction(record), record, inlined, &inlined->again, &less,
                   1);
    }
    count_probes(unit, builder, inlined, record);
}

static void step_out_at(struct unit *unit, LLVMBuilderRef builder, LLVMValueRef former)
{
    if (!builder)
        return;
    unit_call_hook(unit, builder, HOOK_STEP_OUT, &former);
    LLVMDisposeBuilder(builder);
}

void inlined_report(struct unit *unit, const struct inlined *inlined)
{
    LLVMBuilderRef builder = LLVMCreateBuilderInContext(unit->context);
    for (size_t i = 0; i < inlined->probe_count; i++) {
        const struct frame *in = inlined->probes[i].in;
        if (!in)
            continue;
        LLVMValueRef probe = inlined->probes[i].probe;
        LLVMPositionBuilderBefore(builder, probe);
        LLVMValueRef arguments[] = {in->descriptor, probe_count(builder, probe)};
        unit_call_hook(unit, builder, HOOK_COUNT, arguments);
    }
    for (size_t i = 0; i < inlined->event_count; i++) {
        LLVMValueRef call = inlined->events[i].instruction;
        const struct frame *from = inlined->events[i].place;
        if (!from || bridge_is_last(call))
            continue; /* nothing may come behind it */
        LLVMValueRef descriptor = from->descriptor;
        LLVMPositionBuilderBefore(builder, call);
        LLVMValueRef former = unit_call_hook(unit, builder, HOOK_STEP_IN, &descriptor);
        step_out_at(unit, bridge_behind(call), former);
        if (LLVMIsAInvokeInst(call))
            step_out_at(unit, bridge_landing(call), former);
        else if (external_is(call))
            external_record_call(unit, call);
    }
    LLVMDisposeBuilder(builder);
}
