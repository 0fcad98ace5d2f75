/* What is known, and put up with until a day. */
#include <string.h>

#include "gate_steps.h"

static bool covers(const struct gate *gate, const struct gate_allow *allow,
                   const struct gate_finding *finding)
{
    bool calls = allow->what == GATE_CALLS && gate_unit(finding->what) == GATE_COUNT;
    if (allow->what >= 0 && allow->what != (int)finding->what && !calls)
        return false;
    if (!gate_scope_is_set(&allow->scope))
        return true;
    if (finding->function == GATE_NONE)
        return false;
    const struct compared_function *function = &gate->comparison->functions[finding->function];
    return gate_scope_fits(&allow->scope, function->name, function->linkage_name, function->file,
                           function->module);
}

static void apply(struct gate *gate, const struct gate_allow *allow)
{
    size_t used = 0;
    for (size_t i = 0; i < gate->finding_count; i++) {
        struct gate_finding *finding = &gate->findings[i];
        if (finding->severity == GATE_NOTE || !covers(gate, allow, finding))
            continue;
        finding->allow = allow;
        if (finding->severity == GATE_OFF)
            continue; /* not certain, and not to be */
        finding->severity = GATE_NOTE;
        used++;
    }
    if (used == 0)
        gate_note(gate, pool_format(&gate->pool, "[allow %s] allows nothing that was found.",
                                    allow->name));
}

/* Days of this form stand in the order of their text. */
void gate_apply_allows(struct gate *gate, const char *today)
{
    const struct gate_rules *rules = &gate->config->gate;
    for (size_t i = 0; i < rules->allow_count; i++) {
        const struct gate_allow *allow = &rules->allows[i];
        if (strcmp(allow->until, today) >= 0)
            apply(gate, allow);
        else
            gate_note(gate, pool_format(&gate->pool,
                                        "[allow %s] ended on %s and allows nothing any more: %s",
                                        allow->name, allow->until, allow->reason));
    }
}
