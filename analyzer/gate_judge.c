/* Judges one quantity: exactly, by a target, or by a test against chance. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"

/* Limits are met where they are reached, whatever the last bit of a product is. */
static const double slack = 1 + 1e-12;

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

static struct gate_finding describe(struct gate *gate, const struct gate_quantity *quantity,
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
    gate->findings[gate->finding_count] = describe(gate, quantity, severity);
    if (quantity->what == GATE_CALLS && quantity->function != GATE_NONE && !quantity->together &&
        severity > judging->calls[quantity->function])
        judging->calls[quantity->function] = severity;
    return &gate->findings[gate->finding_count++];
}

static bool is_past(const struct gate_limit *limit, double before, double after)
{
    switch (limit->kind) {
    case GATE_GROWTH:
        return after > before * (1 + limit->value) * slack;
    case GATE_DIFFERENCE:
        return after - before > limit->value * slack;
    case GATE_BELOW:
        return !(after < limit->value);
    case GATE_AT_MOST:
        return after > limit->value * slack;
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
static bool is_told(const struct gate_judging *judging, const struct gate_quantity *quantity,
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
    if (!is_told(judging, quantity, severity))
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
    gate_compare_pairs(&tests->quantities[tests->count++], quantity->compared->values,
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

/* Noise only adds time: of what has really become slower, the fastest run has, too. */
static double ratio_of_fastest(const struct compared *compared)
{
    double before = compared->figures[BEFORE].least;
    return before > 0 ? compared->figures[AFTER].least / before : INFINITY;
}

/* Of 0 there is no ratio: what grows from there is past the limit if its mean is, and past half of
 * it if all runs are. */
static bool is_more(const struct compared *compared, double difference)
{
    const struct statistics *before = &compared->figures[BEFORE];
    const struct statistics *after = &compared->figures[AFTER];
    return after->mean - before->mean > difference * slack &&
           after->least - before->mean > difference / 2;
}

/* The share of growth that the limit allows, of what it was before; NAN: it allows none such. */
static double growth_of(const struct gate_limit *limit, const struct compared *compared)
{
    return limit->kind == GATE_GROWTH       ? limit->value
           : limit->kind == GATE_DIFFERENCE ? limit->value / compared->figures[BEFORE].mean
                                            : NAN;
}

static bool grew_from_nothing(const struct gate_limit *limit, const struct compared *compared)
{
    return limit->kind == GATE_DIFFERENCE && !(compared->figures[BEFORE].least > 0);
}

/* Past the limit, and past half of it even where chance and noise are taken out. */
static bool is_slower(const struct gate_quantity *quantity, const struct gate_limit *limit)
{
    const struct compared *compared = quantity->compared;
    if (grew_from_nothing(limit, compared))
        return is_more(compared, limit->value);
    double growth = growth_of(limit, compared), surely = 1 + growth / 2;
    return quantity->contrast.ratio > (1 + growth) * slack && quantity->contrast.low > surely &&
           ratio_of_fastest(compared) > surely;
}

/* Each run is compared with the one beside it, so that half of the pairs may be disturbed. */
static bool is_slower_by_turns(const struct gate_quantity *quantity, const struct gate_limit *limit)
{
    const struct compared *compared = quantity->compared;
    if (grew_from_nothing(limit, compared))
        return is_more(compared, limit->value);
    double growth = growth_of(limit, compared);
    return quantity->pairs.ratio > (1 + growth) * slack &&
           ratio_of_fastest(compared) > 1 + growth / 2;
}

void gate_compare_pairs(struct gate_quantity *quantity, double *const values[SIDES],
                        const size_t counts[SIDES])
{
    size_t count = counts[BEFORE] < counts[AFTER] ? counts[BEFORE] : counts[AFTER];
    quantity->pairs = statistics_pairs(values[BEFORE], values[AFTER], count);
}

static bool is_faster(const struct gate_quantity *quantity, double growth)
{
    double least = 1 / (1 + growth);
    return quantity->contrast.ratio < least && quantity->contrast.high < 1 &&
           quantity->compared->contrast.ratio < least;
}

/* The worst of which the limit is passed; GATE_OFF: none. */
static enum gate_severity severity_of(const struct gate_judging *judging,
                                      const struct gate_quantity *quantity, double p)
{
    const struct config *config = judging->gate->config;
    if (!(p < config->values[CONFIG_GATE_SIGNIFICANCE]) ||
        !(fabs(quantity->contrast.effect) >= config->values[CONFIG_GATE_EFFECT]))
        return GATE_OFF;
    for (int level = GATE_FAIL; level > GATE_OFF; level--)
        if (is_slower(quantity, &quantity->limits[level]))
            return (enum gate_severity)level;
    return is_faster(quantity, config->values[CONFIG_GATE_TIME_WARN]) ? GATE_NOTE : GATE_OFF;
}

/* The same where both versions ran by turns, and there was good reason to suspect it before. */
static enum gate_severity severity_by_turns(const struct gate_quantity *quantity, double p)
{
    for (int level = GATE_FAIL; level > GATE_OFF && p < COMPARE_SIGNIFICANT; level--)
        if (is_slower_by_turns(quantity, &quantity->limits[level]))
            return (enum gate_severity)level;
    return GATE_OFF;
}

/* It may be past a limit, and runs by turns can tell. */
static bool is_suspected(const struct gate_quantity *quantity)
{
    const struct statistics *figures = quantity->compared->figures;
    double medians = figures[AFTER].median / figures[BEFORE].median;
    for (int level = GATE_FAIL; level > GATE_OFF; level--) {
        double half = 1 + growth_of(&quantity->limits[level], quantity->compared) / 2;
        if (fmax(quantity->contrast.ratio, medians) > half &&
            ratio_of_fastest(quantity->compared) > half)
            return true;
    }
    return false;
}

static void judge_test(struct gate_judging *judging, const struct gate_quantity *quantity, double p)
{
    const struct statistics_contrast *contrast = &quantity->contrast;
    const struct statistics_pairs *pairs = &quantity->pairs;
    bool by_turns = judging->gate->first;
    if (isnan(p))
        return;
    judging->gate->judged[quantity->what]++;
    enum gate_severity severity =
        by_turns ? severity_by_turns(quantity, p) : severity_of(judging, quantity, p);
    bool suspected = judging->gate->confirms && is_suspected(quantity);
    if (!by_turns && (severity != GATE_OFF ? is_told(judging, quantity, severity) : !suspected))
        return;
    struct gate_finding *finding = gate_add(judging, quantity, severity);
    finding->p = p;
    finding->ratio = by_turns ? pairs->ratio : contrast->ratio;
    finding->low = by_turns ? pairs->low : contrast->low;
    finding->high = by_turns ? pairs->high : contrast->high;
    finding->beside_others = quantity->beside_others;
}

/* Only what was in doubt the first time is tested the second. */
static bool is_asked(const struct gate_judging *judging, const struct gate_quantity *quantity)
{
    const struct gate *first = judging->gate->first;
    const struct gate_finding finding = describe(judging->gate, quantity, GATE_OFF);
    for (size_t i = 0; first && i < first->finding_count; i++)
        if (gate_is_in_doubt(&first->findings[i]) && gate_same(&first->findings[i], &finding))
            return true;
    return !first;
}

void gate_judge_tests(struct gate_judging *judging)
{
    struct gate_tests *tests = &judging->tests;
    double *p = memory_array(tests->count, sizeof *p);
    gate_compare_beside_others(judging);
    for (size_t i = 0; i < tests->count; i++) {
        const struct gate_quantity *quantity = &tests->quantities[i];
        double chance = judging->gate->first ? quantity->pairs.p : quantity->contrast.p;
        p[i] = is_asked(judging, quantity) ? chance : NAN;
    }
    statistics_holm(p, tests->count);
    for (size_t i = 0; i < tests->count; i++)
        judge_test(judging, &tests->quantities[i], p[i]);
    free(p);
}
