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

struct gate_finding *gate_add(struct gate_judging *judging, const struct gate_quantity *quantity,
                              enum gate_severity severity)
{
    struct gate *gate = judging->gate;
    gate->findings = memory_grow(gate->findings, &gate->finding_capacity, gate->finding_count,
                                 sizeof *gate->findings);
    struct gate_finding *finding = &gate->findings[gate->finding_count++];
    *finding = (struct gate_finding){.severity = severity,
                                     .what = quantity->what,
                                     .rule = quantity->rules[severity],
                                     .function = quantity->function,
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
    if (!finding->rule)
        finding->rule = gate_unit(quantity->what) == GATE_COUNT ? "exact" : "time";
    if (quantity->compared) {
        finding->before = quantity->compared->figures[BEFORE].mean;
        finding->after = quantity->compared->figures[AFTER].mean;
        finding->exact = gate_unit(quantity->what) == GATE_COUNT && quantity->compared->steady;
        double difference = fabs(finding->after - finding->before);
        finding->weight = difference > 0 && quantity->whole > 0 ? difference / quantity->whole : 0;
    }
    if (quantity->function == GATE_NONE || quantity->together)
        return finding;
    const struct compared_function *function = &gate->comparison->functions[quantity->function];
    finding->linkage_name = function->linkage_name;
    finding->file = function->file;
    finding->line = function->line;
    if (quantity->what != GATE_EDGES && quantity->what != GATE_CONTEXTS)
        finding->reason = compare_explain(&gate->pool, gate->comparison, function);
    if (quantity->what == GATE_CALLS && severity > judging->calls[quantity->function])
        judging->calls[quantity->function] = severity;
    return finding;
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

/* Whatever it was before. Runs are many values of one thing: the one in the middle counts. */
static void judge_target(struct gate_judging *judging, const struct gate_quantity *quantity,
                         const struct gate_rule *rule)
{
    struct gate_quantity judged = *quantity;
    enum gate_severity severity = rule->severity ? rule->severity : GATE_FAIL;
    double value = quantity->compared->figures[AFTER].median;
    bool time = gate_unit(quantity->what) != GATE_COUNT;
    if (isnan(value) || (time && !judging->times_after))
        return;
    judging->gate->judged[quantity->what]++;
    if (!is_past(&rule->limit, 0, value))
        return;
    judged.limits[severity] = rule->limit;
    judged.rules[severity] = rule->name;
    struct gate_finding *finding = gate_add(judging, &judged, severity);
    finding->before = quantity->compared->figures[BEFORE].median;
    finding->after = value;
}

static void set_limit(struct gate_quantity *quantity, enum gate_severity severity, double growth,
                      const char *text)
{
    if (isinf(growth))
        return;
    quantity->limits[severity] =
        (struct gate_limit){.kind = GATE_GROWTH, .value = growth, .text = text};
}

static void set_standard(struct gate_judging *judging, struct gate_quantity *quantity)
{
    const struct config *config = judging->gate->config;
    bool exact = gate_unit(quantity->what) == GATE_COUNT;
    enum config_key warn = exact ? CONFIG_GATE_EXACT_WARN : CONFIG_GATE_TIME_WARN;
    enum config_key failure = exact ? CONFIG_GATE_EXACT_FAIL : CONFIG_GATE_TIME_FAIL;
    if (!exact && quantity->what != GATE_SELF && quantity->what != GATE_WALL)
        return;
    struct pool *pool = &judging->gate->pool;
    set_limit(quantity, GATE_WARN, config->values[warn],
              config_text(pool, warn, config->values[warn]));
    set_limit(quantity, GATE_FAIL, config->values[failure],
              config_text(pool, failure, config->values[failure]));
}

static void apply(struct gate_judging *judging, struct gate_quantity *quantity,
                  const struct gate_rule *rule)
{
    enum gate_severity severity = rule->severity ? rule->severity : GATE_FAIL;
    if (rule->limit.kind == GATE_BELOW || rule->limit.kind == GATE_AT_MOST) {
        judge_target(judging, quantity, rule);
        return;
    }
    for (int level = GATE_NOTE; level < GATE_SEVERITIES; level++)
        if (rule->limit.kind == GATE_NO_LIMIT && (!rule->severity || level == (int)severity))
            quantity->limits[level] = (struct gate_limit){0};
    if (rule->limit.kind == GATE_NO_LIMIT)
        return;
    quantity->limits[severity] = rule->limit;
    quantity->rules[severity] = rule->name;
    quantity->by_rule = true;
}

/* How often a function may be called holds for whoever calls it, unless there is a rule for that.
 */
static bool is_about(const struct gate_rule *rule, enum gate_what what)
{
    bool target = rule->limit.kind == GATE_BELOW || rule->limit.kind == GATE_AT_MOST;
    return rule->what == (int)what ||
           (rule->what == GATE_CALLS && gate_unit(what) == GATE_COUNT && !target);
}

static bool applies(const struct gate_judging *judging, const struct gate_quantity *quantity,
                    const struct gate_rule *rule)
{
    if (quantity->only)
        return rule == quantity->only;
    if (rule->together || !is_about(rule, quantity->what))
        return false;
    if (quantity->function == GATE_NONE)
        return true;
    const struct compared_function *function =
        &judging->gate->comparison->functions[quantity->function];
    return gate_scope_fits(&rule->scope, function->name, function->linkage_name, function->file,
                           function->module);
}

bool gate_limits(struct gate_judging *judging, struct gate_quantity *quantity)
{
    const struct gate_rules *rules = &judging->gate->config->gate;
    if (!quantity->only)
        set_standard(judging, quantity);
    for (size_t i = 0; i < rules->rule_count; i++)
        if (applies(judging, quantity, &rules->rules[i])) {
            judging->fitted[i] = true;
            apply(judging, quantity, &rules->rules[i]);
        }
    for (int severity = GATE_NOTE; severity < GATE_SEVERITIES; severity++)
        if (quantity->limits[severity].kind != GATE_NO_LIMIT)
            return true;
    return false;
}

/* What is told of the function that is called is not told of its edges again, nor of the program.
 */
static bool is_told(const struct gate_judging *judging, const struct gate_quantity *quantity,
                    enum gate_severity severity)
{
    return quantity->what == GATE_EDGES && judging->calls[quantity->function] >= severity;
}

/* Any change is told, as a note at least. */
static void judge_exactly(struct gate_judging *judging, const struct gate_quantity *quantity)
{
    double before = quantity->compared->figures[BEFORE].mean;
    double after = quantity->compared->figures[AFTER].mean;
    judging->gate->judged[quantity->what]++;
    if (before == after || isnan(before) || isnan(after))
        return;
    enum gate_severity severity = past(quantity, before, after);
    severity = severity == GATE_OFF ? GATE_NOTE : severity;
    if (!is_told(judging, quantity, severity))
        gate_add(judging, quantity, severity);
}

/* Whether it has enough of the time for noise not to be most of it. */
static bool is_large(const struct gate_judging *judging, const struct gate_quantity *quantity)
{
    double floor = judging->gate->config->values[CONFIG_GATE_FLOOR];
    if (quantity->what != GATE_SELF || quantity->by_rule)
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
    tests->quantities[tests->count++].contrast = quantity->compared->contrast;
}

void gate_judge_quantity(struct gate_judging *judging, struct gate_quantity *quantity)
{
    bool count = gate_unit(quantity->what) == GATE_COUNT;
    bool whole = quantity->presence == IN_BOTH || quantity->what == GATE_EDGES ||
                 quantity->what == GATE_CONTEXTS;
    if (!whole && !(count && quantity->limits[GATE_FAIL].kind == GATE_DIFFERENCE))
        return; /* there is nothing that it could have grown from */
    if (count && quantity->compared->steady) {
        judge_exactly(judging, quantity);
    } else if (count && !quantity->by_rule) {
        if (judging->left.unsteady++ == 0)
            judging->left.unsteady_name =
                gate_subject(&judging->gate->pool,
                             &(struct gate_finding){.what = quantity->what,
                                                    .name = name_of(judging->gate, quantity)});
    } else if (judging->enough_runs && (count || judging->times) && is_large(judging, quantity)) {
        keep(judging, quantity);
    }
}

/* Noise only adds time: of what has really become slower, the fastest run has, too. */
static double ratio_of_fastest(const struct compared *compared)
{
    double before = compared->figures[BEFORE].least;
    return before > 0 ? compared->figures[AFTER].least / before : INFINITY;
}

/* Past the limit, and past half of it even where chance and noise are taken out. */
static bool is_slower(const struct gate_quantity *quantity, const struct gate_limit *limit)
{
    const struct compared *compared = quantity->compared;
    double before = compared->figures[BEFORE].mean, growth = limit->value;
    if (limit->kind == GATE_DIFFERENCE)
        growth = before > 0 ? limit->value / before : 0;
    else if (limit->kind != GATE_GROWTH)
        return false;
    double surely = 1 + growth / 2;
    return quantity->contrast.ratio > (1 + growth) * slack && quantity->contrast.low > surely &&
           ratio_of_fastest(compared) > surely;
}

static bool is_faster(const struct gate_quantity *quantity, double growth)
{
    double least = 1 / (1 + growth);
    return quantity->contrast.ratio < least && quantity->contrast.high < 1 &&
           quantity->compared->contrast.ratio < least;
}

static void judge_test(struct gate_judging *judging, const struct gate_quantity *quantity, double p)
{
    const struct config *config = judging->gate->config;
    const struct statistics_contrast *contrast = &quantity->contrast;
    enum gate_severity severity = GATE_OFF;
    judging->gate->judged[quantity->what]++;
    if (!(p < config->values[CONFIG_GATE_SIGNIFICANCE]) ||
        !(fabs(contrast->effect) >= config->values[CONFIG_GATE_EFFECT]))
        return;
    for (int level = GATE_FAIL; level > GATE_OFF && severity == GATE_OFF; level--)
        if (is_slower(quantity, &quantity->limits[level]))
            severity = (enum gate_severity)level;
    if (severity == GATE_OFF && is_faster(quantity, config->values[CONFIG_GATE_TIME_WARN]))
        severity = GATE_NOTE;
    if (severity == GATE_OFF || is_told(judging, quantity, severity))
        return;
    struct gate_finding *finding = gate_add(judging, quantity, severity);
    finding->p = p;
    finding->ratio = contrast->ratio;
    finding->beside_others = quantity->beside_others;
    finding->low = contrast->low;
    finding->high = contrast->high;
}

void gate_judge_tests(struct gate_judging *judging)
{
    struct gate_tests *tests = &judging->tests;
    double *p = memory_array(tests->count, sizeof *p);
    gate_compare_beside_others(judging);
    for (size_t i = 0; i < tests->count; i++)
        p[i] = tests->quantities[i].contrast.p;
    statistics_holm(p, tests->count);
    for (size_t i = 0; i < tests->count; i++)
        judge_test(judging, &tests->quantities[i], p[i]);
    free(p);
}
