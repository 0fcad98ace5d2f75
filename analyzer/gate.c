/* Goes through all that a comparison holds, and tells what was found. */
#include "gate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"
#include "text.h"

void gate_note(struct gate *gate, const char *text)
{
    gate->notes =
        memory_grow(gate->notes, &gate->note_capacity, gate->note_count, sizeof *gate->notes);
    gate->notes[gate->note_count++] = text;
}

void *gate_room(struct gate *gate, size_t count, size_t size)
{
    gate->blocks =
        memory_grow(gate->blocks, &gate->block_capacity, gate->block_count, sizeof *gate->blocks);
    return gate->blocks[gate->block_count++] = memory_array(count, size);
}

static double mean(const struct compared *compared, int side)
{
    double value = compared->figures[side].mean;
    return isnan(value) ? 0 : value;
}

static double larger(const struct compared *compared)
{
    return fmax(mean(compared, BEFORE), mean(compared, AFTER));
}

static void judge(struct gate_judging *judging, struct gate_quantity quantity)
{
    if (gate_limits(judging, &quantity))
        gate_judge_quantity(judging, &quantity);
}

/* One that was not called before, or is not any more, is told once, by its calls: not again if it
 * is past the limit of a rule that is as bad. */
static void judge_presence(struct gate_judging *judging, const struct gate_quantity *quantity)
{
    enum gate_severity severity = GATE_NOTE;
    if (quantity->presence == ONLY_AFTER)
        severity = (enum gate_severity)judging->gate->config->values[CONFIG_GATE_NEW_FUNCTIONS];
    if (judging->calls[quantity->function] >= severity)
        return;
    struct gate_finding *finding = gate_add(judging, quantity, severity);
    finding->rule = "new";
    finding->limit = (struct gate_limit){0};
}

static void judge_functions(struct gate_judging *judging)
{
    struct comparison *comparison = judging->gate->comparison;
    double calls = larger(&comparison->total_calls);
    double self_ns = larger(&comparison->self_ns);
    for (size_t i = 0; i < comparison->function_count; i++) {
        const struct compared_function *function = &comparison->functions[i];
        struct gate_quantity quantity = {
            .function = i, .name = function->name, .presence = function->presence, .whole = calls};
        quantity.what = GATE_CALLS;
        quantity.compared = &function->calls;
        judge(judging, quantity);
        if (function->presence != IN_BOTH)
            judge_presence(judging, &quantity);
        quantity.whole = self_ns;
        quantity.what = GATE_SELF;
        quantity.compared = &function->self_ns;
        judge(judging, quantity);
        quantity.what = GATE_CUMULATIVE;
        quantity.compared = &function->cumulative_ns;
        judge(judging, quantity);
    }
}

/* Edges of functions that are new or gone are part of that. */
static void judge_edges(struct gate_judging *judging)
{
    struct comparison *comparison = judging->gate->comparison;
    for (size_t i = 0; i < comparison->edge_count; i++) {
        const struct compared_edge *edge = &comparison->edges[i];
        const struct compared_function *caller = &comparison->functions[edge->caller];
        const struct compared_function *callee = &comparison->functions[edge->callee];
        if (edge->presence != IN_BOTH &&
            (caller->presence != IN_BOTH || callee->presence != IN_BOTH))
            continue;
        const char *name = pool_format(&judging->gate->pool, "%s > %s", caller->name, callee->name);
        judge(judging, (struct gate_quantity){.what = GATE_EDGES,
                                              .compared = &edge->calls,
                                              .function = edge->callee,
                                              .name = name,
                                              .presence = edge->presence,
                                              .whole = larger(&comparison->total_calls)});
    }
}

/* A chain that did not exist because one of its functions did not. */
static bool hangs_on_presence(const struct comparison *comparison,
                              const struct compared_context *context)
{
    if (context->presence == IN_BOTH)
        return false;
    while (comparison->functions[context->function].presence == IN_BOTH) {
        if (context->parent == SIZE_MAX)
            return false;
        context = &comparison->contexts[context->parent];
    }
    return true;
}

static void judge_contexts(struct gate_judging *judging)
{
    struct comparison *comparison = judging->gate->comparison;
    for (size_t i = 0; i < comparison->context_count; i++) {
        const struct compared_context *context = &comparison->contexts[i];
        if (!hangs_on_presence(comparison, context))
            judge(judging, (struct gate_quantity){.what = GATE_CONTEXTS,
                                                  .compared = &context->calls,
                                                  .function = context->function,
                                                  .context = context,
                                                  .presence = context->presence,
                                                  .whole = larger(&comparison->total_calls)});
    }
}

static void judge_wall(struct gate_judging *judging)
{
    struct comparison *comparison = judging->gate->comparison;
    judge(judging, (struct gate_quantity){.what = GATE_WALL,
                                          .compared = &comparison->wall_ns,
                                          .function = GATE_NONE,
                                          .name = "the program",
                                          .whole = larger(&comparison->wall_ns)});
}

/* What can be judged of times. */
static void look_at_times(struct gate_judging *judging)
{
    const struct comparison *comparison = judging->gate->comparison;
    double least = judging->gate->config->values[CONFIG_GATE_LEAST_RUNS];
    judging->times = comparison->has_times && comparison->same_ground;
    judging->times_after = comparison->self_ns.figures[AFTER].mean > 0;
    judging->enough_runs = (double)comparison->sides->side[BEFORE].run_count >= least &&
                           (double)comparison->sides->side[AFTER].run_count >= least;
}

/* What a rule is for may have got another name: then nothing would watch it any more. */
static void tell_unfitted(struct gate_judging *judging)
{
    struct gate *gate = judging->gate;
    for (size_t i = 0; i < gate->config->gate.rule_count; i++) {
        const struct gate_rule *rule = &gate->config->gate.rules[i];
        if (judging->fitted[i])
            continue;
        struct gate_quantity quantity = {.what = (enum gate_what)rule->what,
                                         .function = GATE_NONE,
                                         .name = pool_format(&gate->pool, "rule %s", rule->name)};
        struct gate_finding *finding = gate_add(judging, &quantity, GATE_WARN);
        finding->rule = rule->name;
        finding->limit = rule->limit;
        finding->reason = "nothing fits it";
    }
}

/* What is not known is not good, either. */
static void tell_unknown(struct gate *gate, const struct gate_rule *rule,
                         const struct gate_unknown *unknown)
{
    if (unknown->count == 0)
        return;
    const char *what = unknown->count == 1
                           ? unknown->name
                           : pool_format(&gate->pool, "%zu quantities (%s and others)",
                                         unknown->count, unknown->name);
    gate_note(gate, pool_format(&gate->pool,
                                "[rule %s]: %s %s not judged: too few runs tell anything of %s.",
                                rule->name, what, unknown->count == 1 ? "is" : "are",
                                unknown->count == 1 ? "it" : "them"));
}

static void tell_what_was_left(struct gate_judging *judging)
{
    struct gate *gate = judging->gate;
    const struct gate_left *left = &judging->left;
    const struct side *sides = gate->comparison->sides->side;
    for (size_t i = 0; i < gate->config->gate.rule_count; i++)
        tell_unknown(gate, &gate->config->gate.rules[i], &judging->unknown[i]);
    if (left->unsteady > 0)
        gate_note(gate, pool_format(&gate->pool, "%zu %s from run to run, so %s not judged: %s%s.",
                                    left->unsteady,
                                    left->unsteady == 1 ? "number of calls varies"
                                                        : "numbers of calls vary",
                                    left->unsteady == 1 ? "it is" : "they are", left->unsteady_name,
                                    left->unsteady == 1 ? "" : " and others"));
    if (!gate->comparison->has_times)
        gate_note(gate, "Times are not compared: a side has none.");
    else if (!gate->comparison->same_ground)
        gate_note(gate, "Times are not compared: the two sides are of different machines or "
                        "builds.");
    else if (!judging->enough_runs)
        gate_note(gate, pool_format(
                            &gate->pool,
                            "Times are not compared: there are %zu %s before and %zu "
                            "after, and each side needs %.0f.",
                            sides[BEFORE].run_count, sides[BEFORE].run_count == 1 ? "run" : "runs",
                            sides[AFTER].run_count, gate->config->values[CONFIG_GATE_LEAST_RUNS]));
}

/* A function that is called more because its caller is, is no finding of its own; worse ones come
 * first all the same. */
static void find_causes(struct gate_judging *judging)
{
    struct gate *gate = judging->gate;
    for (size_t i = 0; i < gate->finding_count; i++) {
        struct gate_finding *finding = &gate->findings[i];
        if (finding->what != GATE_CALLS || finding->function == GATE_NONE ||
            !(finding->after > finding->before))
            continue;
        size_t caller = gate->comparison->functions[finding->function].caller;
        if (caller < gate->comparison->function_count && caller != finding->function &&
            judging->calls[caller] >= GATE_WARN)
            finding->follows = caller;
    }
}

static int worst_first(const void *left, const void *right)
{
    const struct gate_finding *a = left, *b = right;
    if (a->severity != b->severity)
        return a->severity < b->severity ? 1 : -1;
    bool a_follows = a->follows != GATE_NONE, b_follows = b->follows != GATE_NONE;
    if (a_follows != b_follows)
        return a_follows - b_follows;
    if (a->weight != b->weight)
        return a->weight < b->weight ? 1 : -1;
    if (a->what != b->what)
        return a->what < b->what ? -1 : 1;
    int by_name = strcmp(a->name, b->name);
    return by_name ? by_name : (a->function > b->function) - (a->function < b->function);
}

void gate_settle(struct gate *gate)
{
    size_t kept = 0;
    for (size_t i = 0; i < gate->finding_count; i++)
        if (gate->findings[i].severity != GATE_OFF || gate->first || gate->confirms)
            gate->findings[kept++] = gate->findings[i];
    gate->finding_count = kept;
    if (gate->finding_count > 0)
        qsort(gate->findings, gate->finding_count, sizeof *gate->findings, worst_first);
    memset(gate->counts, 0, sizeof gate->counts);
    for (size_t i = 0; i < gate->finding_count; i++)
        gate->counts[gate->findings[i].severity]++;
}

enum status gate_judge(struct gate *gate, struct database *database, const char *today)
{
    struct gate_judging judging = {.gate = gate};
    judging.calls = memory_array(gate->comparison->function_count, sizeof *judging.calls);
    judging.fitted = memory_array(gate->config->gate.rule_count, sizeof *judging.fitted);
    judging.unknown = memory_array(gate->config->gate.rule_count, sizeof *judging.unknown);
    look_at_times(&judging);
    judge_functions(&judging);
    judge_wall(&judging);
    judge_edges(&judging);
    judge_contexts(&judging);
    enum status status = gate_judge_runs(&judging, database);
    if (status == STATUS_OK) {
        gate_judge_tests(&judging);
        tell_unfitted(&judging);
        find_causes(&judging);
        gate_apply_allows(gate, today);
        tell_what_was_left(&judging);
        gate_settle(gate);
    }
    free(judging.calls);
    free(judging.fitted);
    free(judging.unknown);
    free(judging.tests.quantities);
    return status;
}

bool gate_is_in_doubt(const struct gate_finding *finding)
{
    bool varies = gate_unit(finding->what) != GATE_COUNT || !isnan(finding->p);
    return varies && finding->severity != GATE_NOTE && !finding->allow && !isnan(finding->after);
}

static bool is_target(const struct gate_limit *limit)
{
    return limit->kind == GATE_BELOW || limit->kind == GATE_AT_MOST;
}

static const char *file_of(const struct gate_finding *finding)
{
    return finding->file ? text_base_name(finding->file) : "";
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

bool gate_same(const struct gate_finding *a, const struct gate_finding *b)
{
    bool target = is_target(&a->limit);
    if (a->what != b->what || a->together != b->together || target != is_target(&b->limit) ||
        ((target || a->together) && strcmp(a->rule, b->rule) != 0))
        return false;
    return a->together || (strcmp(a->name, b->name) == 0 && strcmp(file_of(a), file_of(b)) == 0 &&
                           same_text(a->linkage_name, b->linkage_name));
}

enum gate_severity gate_verdict(const struct gate *gate)
{
    for (int severity = GATE_FAIL; severity > GATE_OFF; severity--)
        if (gate->counts[severity] > 0)
            return (enum gate_severity)severity;
    return GATE_OFF;
}

size_t gate_judged(const struct gate *gate, bool counts)
{
    size_t sum = 0;
    for (int what = 0; what < GATE_WHATS; what++)
        sum += (gate_unit((enum gate_what)what) == GATE_COUNT) == counts ? gate->judged[what] : 0;
    return sum;
}

void gate_free(struct gate *gate)
{
    for (size_t i = 0; i < gate->block_count; i++)
        free(gate->blocks[i]);
    free(gate->blocks);
    free(gate->findings);
    free(gate->notes);
    pool_free(&gate->pool);
}
