#include "gate_rules.h"

#include <stdlib.h>
#include <string.h>

#include "../plugin/pattern.h"
#include "text.h"

const char *const gate_severity_names[] = {"off", "note", "warn", "fail", NULL};

const char *const gate_what_names[] = {"calls",   "edges",   "contexts", "self", "cumulative",
                                       "average", "p50",     "p95",      "p99",  "self-share",
                                       "wall",    "startup", NULL};

enum gate_unit gate_unit(enum gate_what what)
{
    return what <= GATE_CONTEXTS ? GATE_COUNT : what == GATE_SELF_SHARE ? GATE_SHARE : GATE_TIME;
}

static void free_scope(struct gate_scope *scope)
{
    for (int part = 0; part < GATE_PARTS; part++)
        if (scope->patterns[part])
            pattern_free(scope->patterns[part]);
}

void gate_rules_free(struct gate_rules *rules)
{
    for (size_t i = 0; i < rules->rule_count; i++)
        free_scope(&rules->rules[i].scope);
    for (size_t i = 0; i < rules->allow_count; i++)
        free_scope(&rules->allows[i].scope);
    free(rules->rules);
    free(rules->allows);
    *rules = (struct gate_rules){0};
}

const char *gate_scope_set(struct pool *pool, struct gate_scope *scope, enum gate_scope_part part,
                           const char *text)
{
    scope->texts[part] = text;
    if (pattern_is_literal(text, PATTERN_GIVEN))
        return NULL;
    char *problem = NULL;
    scope->patterns[part] = pattern_make(text, PATTERN_GIVEN, &problem);
    if (scope->patterns[part])
        return NULL;
    const char *why = pool_copy(pool, problem);
    free(problem);
    return why;
}

bool gate_scope_is_set(const struct gate_scope *scope)
{
    for (int part = 0; part < GATE_PARTS; part++)
        if (scope->texts[part])
            return true;
    return false;
}

static bool fits(const struct gate_scope *scope, enum gate_scope_part part, const char *text)
{
    return scope->patterns[part] ? pattern_matches(scope->patterns[part], text)
                                 : strcmp(scope->texts[part], text) == 0;
}

/* As it stands, without its parameters, without its namespaces too, or as linkage name. */
static bool fits_function(const struct gate_scope *scope, const char *name,
                          const char *linkage_name)
{
    struct pool pool = {0};
    const char *bare = text_bare_name(&pool, name);
    bool found = fits(scope, GATE_FUNCTION, name) || fits(scope, GATE_FUNCTION, bare) ||
                 fits(scope, GATE_FUNCTION, text_last_name(bare)) ||
                 (linkage_name && fits(scope, GATE_FUNCTION, linkage_name));
    pool_free(&pool);
    return found;
}

/* The whole path, or what stands behind one of its slashes. */
static bool fits_path(const struct gate_scope *scope, enum gate_scope_part part, const char *path)
{
    if (!path)
        return false;
    bool found = fits(scope, part, path);
    for (const char *slash = strchr(path, '/'); slash && !found; slash = strchr(slash + 1, '/'))
        found = fits(scope, part, slash + 1);
    return found;
}

bool gate_scope_fits(const struct gate_scope *scope, const char *name, const char *linkage_name,
                     const char *file, const char *module)
{
    return (!scope->texts[GATE_FUNCTION] || fits_function(scope, name, linkage_name)) &&
           (!scope->texts[GATE_FILE] || fits_path(scope, GATE_FILE, file)) &&
           (!scope->texts[GATE_MODULE] || fits_path(scope, GATE_MODULE, module));
}
