/* How a program was built. */
#include <string.h>

#include "executable.h"
#include "once.h"
#include "series_facts.h"
#include "units.h"

static void put_known(struct series_facts *facts, const char *name, const char *value)
{
    if (value)
        series_facts_put(facts, name, value);
}

/* Rules that the user gave, each once, one a line, in the order in which the units have them. NULL:
 * none. */
static const char *rules_of(struct series_facts *facts, const struct unit_set *set)
{
    struct once once;
    once_begin(&once, "\n");
    for (size_t u = 0; u < set->count; u++) {
        const struct choice *choice = &set->units[u].choice;
        for (uint32_t r = 0; r < choice->rule_count; r++) {
            const struct profinst_choice_rule *rule = &choice->rules[r];
            if (rule->flags & PROFINST_RULE_GIVEN)
                once_add(&once, choice->text + rule->text);
        }
    }
    const char *rules = once_end(&once, &facts->pool);
    return rules ? pool_format(&facts->pool, "%s\n", rules) : NULL;
}

void series_facts_add_build(struct series_facts *facts, const struct profile *profile)
{
    struct executable executable = executable_read(&facts->pool, profile->header.program);
    put_known(facts, "binary.build_id", executable.build_id);
    put_known(facts, "binary.sha256", executable.digest);
    put_known(facts, "clang.version", executable.compiler);
    put_known(facts, "clang.flags", executable.flags);
    struct unit_set set;
    if (units_open(&set, profile, true) == STATUS_OK)
        put_known(facts, "plugin.rules", rules_of(facts, &set));
    units_close(&set);
}
