/* What is more than chance, and by how much. */
#include <math.h>
#include <stdlib.h>

#include "compare_steps.h"

/* Quantities of one kind that are tested together: each may be significant by chance, so the more
 * there are, the more each has to show. */
struct family {
    struct compared **members;
    size_t count, capacity;
};

static void join(struct family *family, struct compared *compared)
{
    family->members =
        memory_grow(family->members, &family->capacity, family->count, sizeof(struct compared *));
    family->members[family->count++] = compared;
}

static bool is_steady(const struct compared *compared, const struct sides *sides)
{
    for (int i = 0; i < SIDES; i++)
        for (size_t k = 1; k < sides->side[i].run_count; k++)
            if (compared->values[i][k] != compared->values[i][0])
                return false;
    return true;
}

static bool has_samples(const struct sides *sides)
{
    return sides->side[BEFORE].run_count > 1 && sides->side[AFTER].run_count > 1;
}

static void work_out(const struct comparison *comparison, struct compared *compared)
{
    const struct side *side = comparison->sides->side;
    for (int i = 0; i < SIDES; i++) {
        compared->figures[i] = statistics_of(compared->values[i], side[i].run_count);
        compared->error[i] = sqrt(compared->error[i]) / (double)side[i].run_count;
    }
    compared->contrast = statistics_contrast(compared->values[BEFORE], side[BEFORE].run_count,
                                             compared->values[AFTER], side[AFTER].run_count);
    compared->steady = is_steady(compared, comparison->sides);
}

/* Counts that never vary need no test: any difference is one. */
static void judge_count(const struct comparison *comparison, struct compared *compared,
                        struct family *family)
{
    work_out(comparison, compared);
    bool same = compared->values[BEFORE][0] == compared->values[AFTER][0];
    if (compared->steady)
        compared->verdict = same ? VERDICT_SAME : VERDICT_DIFFERENT;
    else if (has_samples(comparison->sides))
        join(family, compared);
    else
        compared->verdict = VERDICT_UNKNOWN;
}

static bool is_noticeable(const struct comparison *comparison, const struct compared *compared)
{
    for (int i = 0; i < SIDES; i++)
        if (compared->figures[i].mean > 0 &&
            compared->figures[i].mean >= COMPARE_NOTICEABLE * comparison->self_ns.figures[i].mean)
            return true;
    return false;
}

static void judge_time(const struct comparison *comparison, struct compared *compared,
                       struct family *family, bool tested)
{
    work_out(comparison, compared);
    bool same = compared->values[BEFORE][0] == compared->values[AFTER][0];
    if (!comparison->has_times || (compared->steady && same))
        compared->verdict = VERDICT_SAME;
    else if (!tested || !is_noticeable(comparison, compared))
        compared->verdict = VERDICT_NOISE;
    else if (!has_samples(comparison->sides))
        compared->verdict = VERDICT_UNKNOWN;
    else
        join(family, compared);
}

static void test(struct family *family)
{
    double *p = memory_array(family->count, sizeof *p);
    for (size_t i = 0; i < family->count; i++)
        p[i] = family->members[i]->contrast.p;
    statistics_holm(p, family->count);
    for (size_t i = 0; i < family->count; i++) {
        family->members[i]->adjusted_p = p[i];
        family->members[i]->verdict =
            p[i] < COMPARE_SIGNIFICANT ? VERDICT_DIFFERENT : VERDICT_NOISE;
    }
    free(p);
    free(family->members);
}

/* Each stands for itself. */
void compare_judge_runs(struct comparison *comparison)
{
    struct compared *times[] = {&comparison->self_ns, &comparison->wall_ns};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct family family = {0};
        judge_time(comparison, times[i], &family, true);
        test(&family);
    }
    struct family calls = {0};
    judge_count(comparison, &comparison->total_calls, &calls);
    test(&calls);
}

void compare_judge_functions(struct comparison *comparison)
{
    struct family calls = {0}, self = {0}, cumulative = {0};
    for (size_t i = 0; i < comparison->function_count; i++) {
        struct compared_function *function = &comparison->functions[i];
        judge_count(comparison, &function->calls, &calls);
        judge_time(comparison, &function->self_ns, &self, !function->below_noise);
        judge_time(comparison, &function->cumulative_ns, &cumulative, true);
    }
    test(&calls);
    test(&self);
    test(&cumulative);
}

void compare_judge_edges(struct comparison *comparison)
{
    struct family calls = {0}, cumulative = {0};
    for (size_t i = 0; i < comparison->edge_count; i++) {
        judge_count(comparison, &comparison->edges[i].calls, &calls);
        judge_time(comparison, &comparison->edges[i].cumulative_ns, &cumulative, true);
    }
    test(&calls);
    test(&cumulative);
}

void compare_judge_contexts(struct comparison *comparison)
{
    struct family calls = {0}, self = {0}, cumulative = {0};
    for (size_t i = 0; i < comparison->context_count; i++) {
        struct compared_context *context = &comparison->contexts[i];
        judge_count(comparison, &context->calls, &calls);
        judge_time(comparison, &context->self_ns, &self, true);
        judge_time(comparison, &context->cumulative_ns, &cumulative, true);
    }
    test(&calls);
    test(&self);
    test(&cumulative);
}
