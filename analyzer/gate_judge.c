/* Judges one quantity: exactly, by a target, or by a test against chance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"

/* Paths are long, and told of few. */
static const char *name_of(struct gate *gate, const struct gate_quantity *quantity)
{
    return quantity->context ? compare_path(&gate->pool, gate->comparison, quantity->context)
                             : quantity->name;
}

static const char *subject_of(struct gate *gate, const struct gate_quantity *quantity)
{
    const struct gate_finding finding = {.what = quantity->what, .name = name_of(gate, quantity)};
    return gate_subject(&gate->pool, &finding);
}

struct gate_finding gate_describe(struct gate *gate, const struct gate_quantity *quantity,
                                  enum gate_severity severity)
{
    const struct gate_rule *rule =
        quantity->rules[severity] ? quantity->rules[severity] : quantity->only;
    bool count = gate_unit(quantity->what) == GATE_COUNT;
    struct gate_finding finding = {.severity = severity,
                                   .what = quantity->what,
                                   .rule = rule    ? rule->name
                                           : count ? "exact"
                                                   : "time",
                                   .function = quantity->function,
                                   .together = quantity->together,
                                   .name = name_of(gate, quantity),
                                   .before = NAN,
                                   .after = NAN,
                                   .limit = quantity->limits[severity],
                                   .ratio = NAN,
                                   .low = NAN,
                                   .high = NAN,
                                   .p = NAN,
                                   .reason = "",
                                   .follows = GATE_NONE};
    if (quantity->compared) {
        finding.before = quantity->compared->figures[BEFORE].mean;
        finding.after = quantity->compared->figures[AFTER].mean;
        finding.exact = count && quantity->compared->steady;
        double difference = fabs(finding.after - finding.before);
        finding.weight = difference > 0 && quantity->whole > 0 ? difference / quantity->whole : 0;
    }
    if (quantity->function == GATE_NONE || quantity->together)
        return finding;
    const struct compared_function *function = &gate->comparison->functions[quantity->function];
    finding.linkage_name = function->linkage_name;
    finding.file = function->file;
    finding.line = function->line;
    if (quantity->what != GATE_EDGES && quantity->what != GATE_CONTEXTS)
        finding.reason = compare_explain(&gate->pool, gate->comparison, function);
    return finding;
}

struct gate_finding *gate_add(struct gate_judging *judging, const struct gate_quantity *quantity,
                              enum gate_severity severity)
{
    struct gate *gate = judging->gate;
    gate->findings = memory_grow(gate->findings, &gate->finding_capacity, gate->finding_count,
                                 sizeof *gate->findings);
    gate->findings[gate->finding_count] = gate_describe(gate, quantity, severity);
    if (quantity->what == GATE_CALLS && quantity->function != GATE_NONE && !quantity->together &&
        severity > judging->calls[quantity->function])
        judging->calls[quantity->function] = severity;
    return &gate->findings[gate->finding_count++];
}

static bool is_past(const struct gate_limit *limit, double before, double after)
{
    switch (limit->kind) {
    case GATE_GROWTH:
        return after > before * (1 + limit->value) * GATE_SLACK;
    case GATE_DIFFERENCE:
        return after - before > limit->value * GATE_SLACK;
    case GATE_BELOW:
        return !(after < limit->value);
    case GATE_AT_MOST:
        return after > limit->value * GATE_SLACK;
    case GATE_NO_LIMIT:
        break;
    }
    return false;
}

/* The worst of which the limit is passed; GATE_OFF: none. */
static enum gate_severity past(const struct gate_quantity *quantity, double before, double after)
{
    for (int severity = GATE_FAIL; severity > GATE_OFF; severity--)
        if (is_past(&quantity->limits[severity], before, after))
            return (enum gate_severity)severity;
    return GATE_OFF;
}

static void leave_unknown(struct gate_judging *judging, const struct gate_quantity *quantity,
                          const struct gate_rule *rule)
{
    struct gate *gate = judging->gate;
    struct gate_unknown *unknown = &judging->unknown[rule - gate->config->gate.rules];
    if (unknown->count++ == 0)
        unknown->name = subject_of(gate, quantity);
}

/* Runs are many values of one thing: the one in the middle counts. */
void gate_judge_target(struct gate_judging *judging, const struct gate_quantity *quantity,
                       const struct gate_rule *rule)
{
    struct gate_quantity judged = *quantity;
    enum gate_severity severity = rule->severity ? rule->severity : GATE_FAIL;
    double value = quantity->compared->figures[AFTER].median;
    bool time = gate_unit(quantity->what) != GATE_COUNT;
    if (quantity->presence == ONLY_BEFORE)
        return; /* it has gone, and that is told */
    if (isnan(value) || (time && !judging->times_after)) {
        leave_unknown(judging, quantity, rule);
        return;
    }
    judging->gate->judged[quantity->what]++;
    if (!is_past(&rule->limit, 0, value)) {
        if (!judging->gate->first)
            return;
        severity = GATE_OFF;
    }
    judged.limits[severity] = rule->limit;
    judged.rules[severity] = rule;
    struct gate_finding *finding = gate_add(judging, &judged, severity);
    finding->before = quantity->compared->figures[BEFORE].median;
    finding->after = value;
}

/* Edges and chains that are new between known functions have grown from 0. */
static bool is_in_both(const struct gate_quantity *quantity)
{
    return quantity->presence == IN_BOTH || quantity->what == GATE_EDGES ||
           quantity->what == GATE_CONTEXTS;
}

/* What is told of the function that is called is not told of its edges again, nor of the program.
 */
bool gate_is_told(const struct gate_judging *judging, const struct gate_quantity *quantity,
                  enum gate_severity severity)
{
    return quantity->what == GATE_EDGES && judging->calls[quantity->function] >= severity;
}

/* Any change is told, as a note at least; that something is new or gone is one that is told
 * elsewhere. */
static void judge_exactly(struct gate_judging *judging, const struct gate_quantity *quantity,
                          double before, double after)
{
    if (isnan(before) || isnan(after))
        return;
    judging->gate->judged[quantity->what]++;
    enum gate_severity severity = past(quantity, before, after);
    if (before == after || (severity == GATE_OFF && !is_in_both(quantity)))
        return;
    severity = severity == GATE_OFF ? GATE_NOTE : severity;
    if (!gate_is_told(judging, quantity, severity))
        gate_add(judging, quantity, severity);
}

/* Whether it has enough of the time for noise not to be most of it. */
static bool is_large(const struct gate_judging *judging, const struct gate_quantity *quantity)
{
    double floor = judging->gate->config->values[CONFIG_GATE_FLOOR];
    if (quantity->what != GATE_SELF || gate_is_by_rule(quantity))
        return true;
    if (judging->gate->comparison->functions[quantity->function].below_noise)
        return false;
    for (int side = 0; side < SIDES; side++)
        if (quantity->compared->figures[side].mean >=
            floor * judging->gate->comparison->self_ns.figures[side].mean)
            return true;
    return false;
}

static void keep(struct gate_judging *judging, const struct gate_quantity *quantity)
{
    struct gate_tests *tests = &judging->tests;
    tests->quantities =
        memory_grow(tests->quantities, &tests->capacity, tests->count, sizeof *tests->quantities);
    tests->quantities[tests->count] = *quantity;
    tests->quantities[tests->count].contrast = quantity->compared->contrast;
    gate_compare_pairs(judging, &tests->quantities[tests->count++], quantity->compared->values,
                       (const size_t[]){quantity->compared->figures[BEFORE].count,
                                        quantity->compared->figures[AFTER].count});
}

/* It never varied before, and now always is more than that. Of a few runs chance could be the
 * reason: if they are the same in half of the cases, one time in 16 of two and two. */
static bool is_surely_more(const struct gate_judging *judging, const struct compared *compared)
{
    const struct statistics *figures = compared->figures;
    return judging->enough_runs && figures[BEFORE].least == figures[BEFORE].greatest &&
           figures[AFTER].least > figures[BEFORE].greatest;
}

static void judge_unsteady(struct gate_judging *judging, const struct gate_quantity *quantity)
{
    const struct compared *compared = quantity->compared;
    if (is_surely_more(judging, compared))
        judge_exactly(judging, quantity, compared->figures[BEFORE].greatest,
                      compared->figures[AFTER].least);
    else if (judging->left.unsteady++ == 0)
        judging->left.unsteady_name = subject_of(judging->gate, quantity);
}

/* Runs in which it is unknown tell nothing. */
static bool is_known(const struct gate_judging *judging, const struct compared *compared)
{
    double least = judging->gate->config->values[CONFIG_GATE_LEAST_RUNS];
    return (double)compared->figures[BEFORE].count >= least &&
           (double)compared->figures[AFTER].count >= least && !isnan(compared->contrast.p);
}

static void judge_by_test(struct gate_judging *judging, const struct gate_quantity *quantity)
{
    bool count = gate_unit(quantity->what) == GATE_COUNT;
    if (!count && !(judging->times && judging->enough_runs))
        return; /* of no time, and that is told */
    if (!is_known(judging, quantity->compared)) {
        for (int severity = GATE_NOTE; severity < GATE_SEVERITIES; severity++)
            if (quantity->rules[severity])
                leave_unknown(judging, quantity, quantity->rules[severity]);
    } else if (is_large(judging, quantity)) {
        keep(judging, quantity);
    }
}

void gate_judge_quantity(struct gate_judging *judging, struct gate_quantity *quantity)
{
    const struct compared *compared = quantity->compared;
    bool count = gate_unit(quantity->what) == GATE_COUNT;
    if (!is_in_both(quantity))
        gate_keep_differences(quantity);
    if (!gate_has_limit(quantity) || (!count && !is_in_both(quantity)))
        return;
    if (count && compared->steady) {
        judge_exactly(judging, quantity, compared->figures[BEFORE].mean,
                      compared->figures[AFTER].mean);
    } else if (count && !gate_is_by_rule(quantity)) {
        judge_unsteady(judging, quantity);
    } else {
        if (count)
            gate_keep_rules(quantity);
        judge_by_test(judging, quantity);
    }
}
