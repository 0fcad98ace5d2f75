/* What a sample tells: whose it is, and how much time it stands for. */
#define _GNU_SOURCE
#include "call.h"
#include "clock.h"
#include "ranges.h"
#include "sample.h"
#include "system.h"
#include "timing.h"
#include <sys/resource.h>

static bool is_profilers(uintptr_t program_counter)
{
    extern const char __start_profinst_hooks[], __stop_profinst_hooks[];
    return program_counter - (uintptr_t)__start_profinst_hooks <
           (uintptr_t)(__stop_profinst_hooks - __start_profinst_hooks);
}

/* At its first and last instructions a function is not, or not any more, where the thread is. */
static struct profinst_context *context_of(struct profinst__node *node,
                                           const struct profinst_function *function)
{
    for (size_t i = 0; i < PROFINST_CALLEES; i++)
        if (function &&
            profinst__marked(node->seen.callees[i]->function) == profinst__marked(function))
            return profinst__node(node->seen.callees[i])->host;
    return node->host;
}

/* Samples are of processor time in user code. How much of the clock's time each stands for depends
 * on how often others have the processor, and on how long a sample takes. */
static void note_usage(struct profinst__thread *thread, uint32_t weight)
{
    struct rusage usage;
    struct profinst__usage before = thread->usage;
    if (profinst__system.getrusage(RUSAGE_THREAD, &usage) != 0)
        return;
    thread->usage = (struct profinst__usage){profinst__monotonic_ns(),
                                             profinst__in_ns(usage.ru_stime), usage.ru_nvcsw};
    uint64_t passed = thread->usage.ns - before.ns;
    uint64_t kernel = thread->usage.kernel_ns - before.kernel_ns;
    if (!before.ns || thread->usage.waits != before.waits)
        return;
    thread->row->sampled += weight;
    thread->row->sampled_ns += passed > kernel ? passed - kernel : 0;
}

/* Where a sample falls, the next call is timed: the longer calls take in all, the more of them. */
bool profinst__sample_taken(uintptr_t program_counter, uint32_t weight)
{
    enum { LEVELS = 4 };
    struct profinst__state *state = &profinst__state;
    struct profinst__node *node = profinst__where(state);
    if (!node)
        return false;
    note_usage(state->thread, weight);
    struct profinst__range range = profinst__range_of(program_counter);
    bool in_hook = state->here.node == &profinst__closed.seen || range.profilers ||
                   is_profilers(program_counter);
    struct profinst_context *context = in_hook ? node->host : context_of(node, range.function);
    bool needed = in_hook || node->counted || context != node->host;
    context->samples += weight;
    context->hook_samples += in_hook ? weight : 0;
    state->thread->row->samples_taken++;
    state->thread->row->sample_squares += (uint64_t)weight * weight;
    for (int i = 0; i < LEVELS && node; i++, node = node->caller)
        profinst__timing_want(node);
    return needed;
}
