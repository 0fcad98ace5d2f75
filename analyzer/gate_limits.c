/* Which limits hold for a quantity, by the general ones and the rules of the configuration. */
#include <math.h>

#include "gate_steps.h"

static void set(struct gate_quantity *quantity, enum gate_severity severity,
                struct gate_limit limit, const struct gate_rule *rule)
{
    quantity->limits[severity] = limit;
    quantity->rules[severity] = rule;
}

static void set_limit(struct gate_quantity *quantity, enum gate_severity severity, double growth,
                      const char *text)
{
    if (isinf(growth))
        return;
    set(quantity, severity, (struct gate_limit){.kind = GATE_GROWTH, .value = growth, .text = text},
        NULL);
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
        gate_judge_target(judging, quantity, rule);
        return;
    }
    for (int level = GATE_NOTE; level < GATE_SEVERITIES; level++)
        if (rule->limit.kind == GATE_NO_LIMIT && (!rule->severity || level == (int)severity))
            set(quantity, (enum gate_severity)level, (struct gate_limit){0}, NULL);
    if (rule->limit.kind != GATE_NO_LIMIT)
        set(quantity, severity, rule->limit, rule);
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

bool gate_has_limit(const struct gate_quantity *quantity)
{
    for (int severity = GATE_NOTE; severity < GATE_SEVERITIES; severity++)
        if (quantity->limits[severity].kind != GATE_NO_LIMIT)
            return true;
    return false;
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
    return gate_has_limit(quantity);
}

bool gate_is_by_rule(const struct gate_quantity *quantity)
{
    for (int severity = GATE_NOTE; severity < GATE_SEVERITIES; severity++)
        if (quantity->rules[severity])
            return true;
    return false;
}

void gate_keep_differences(struct gate_quantity *quantity)
{
    for (int severity = GATE_NOTE; severity < GATE_SEVERITIES; severity++)
        if (quantity->limits[severity].kind != GATE_DIFFERENCE)
            set(quantity, (enum gate_severity)severity, (struct gate_limit){0}, NULL);
}

void gate_keep_rules(struct gate_quantity *quantity)
{
    for (int severity = GATE_NOTE; severity < GATE_SEVERITIES; severity++)
        if (!quantity->rules[severity])
            set(quantity, (enum gate_severity)severity, (struct gate_limit){0}, NULL);
}
