/* Forward over the blocks, until nothing changes: where the thread is at the end of a block it is
 * at the start of those that follow. */
#include "flow.h"
#include <stdint.h>
#include <stdlib.h>

/* Besides places: not reached yet, and different on different ways. */
static const char never, several;

struct block {
    LLVMBasicBlockRef block;
    struct flow_event *events;
    size_t count;
    const void *start;
};

struct flow {
    struct block *blocks; /* by address */
    size_t count;
};

static int compare(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const struct block *)a)->block;
    uintptr_t right = (uintptr_t)((const struct block *)b)->block;
    return (left > right) - (left < right);
}

static struct flow make_flow(LLVMValueRef function, struct flow_event *events, size_t count)
{
    struct flow flow = {calloc(LLVMCountBasicBlocks(function), sizeof *flow.blocks), 0};
    if (!flow.blocks)
        abort(); /* as LLVM does */
    for (LLVMBasicBlockRef b = LLVMGetFirstBasicBlock(function); b; b = LLVMGetNextBasicBlock(b)) {
        struct block *block = &flow.blocks[flow.count++];
        *block = (struct block){b, events, 0, &never};
        for (; count > 0 && LLVMGetInstructionParent(events->instruction) == b; events++, count--)
            block->count++;
    }
    flow.blocks[0].start = NULL;
    qsort(flow.blocks, flow.count, sizeof *flow.blocks, compare);
    return flow;
}

/* Goes through the block's events; returns where the thread is behind them. */
static const void *pass(const struct block *block)
{
    const void *place = block->start;
    for (size_t i = 0; i < block->count; i++) {
        struct flow_event *event = &block->events[i];
        event->must_say = event->call && event->place != place;
        place = event->place;
    }
    return place;
}

/* True if that changed the start of a block behind. */
static bool hand_on(const struct flow *flow, const struct block *from)
{
    const void *place = pass(from);
    LLVMValueRef end = LLVMGetBasicBlockTerminator(from->block);
    bool changed = false;
    for (unsigned i = 0; i < LLVMGetNumSuccessors(end); i++) {
        struct block key = {.block = LLVMGetSuccessor(end, i)};
        struct block *to = bsearch(&key, flow->blocks, flow->count, sizeof key, compare);
        const void *start = to->start == &never || to->start == place ? place : &several;
        changed = changed || start != to->start;
        to->start = start;
    }
    return changed;
}

void flow_settle(LLVMValueRef function, struct flow_event *events, size_t count)
{
    struct flow flow = make_flow(function, events, count);
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < flow.count; i++)
            if (flow.blocks[i].start != &never)
                changed = hand_on(&flow, &flow.blocks[i]) || changed;
    }
    free(flow.blocks);
}
