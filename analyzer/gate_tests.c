/* Judges what varies, all of it together: by a test against chance, or by runs that took turns. */
#include <math.h>
#include <stdlib.h>

#include "gate_steps.h"

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
    return after->mean - before->mean > difference * GATE_SLACK &&
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
    return quantity->contrast.ratio > (1 + growth) * GATE_SLACK &&
           quantity->contrast.low > surely && ratio_of_fastest(compared) > surely;
}

/* Each run is compared with the one beside it, so that half of the pairs may be disturbed. */
static bool is_slower_by_turns(const struct gate_quantity *quantity, const struct gate_limit *limit)
{
    const struct compared *compared = quantity->compared;
    if (grew_from_nothing(limit, compared))
        return is_more(compared, limit->value);
    double growth = growth_of(limit, compared);
    return quantity->pairs.ratio > (1 + growth) * GATE_SLACK &&
           ratio_of_fastest(compared) > 1 + growth / 2;
}

void gate_compare_pairs(const struct gate_judging *judging, struct gate_quantity *quantity,
                        double *const values[SIDES], const size_t counts[SIDES])
{
    if (!judging->gate->first)
        return;
    size_t count = counts[BEFORE] < counts[AFTER] ? counts[BEFORE] : counts[AFTER];
    double unit = gate_unit(quantity->what) == GATE_SHARE ? GATE_UNIT_OF_SHARES : 1;
    double *scaled[SIDES];
    for (int side = 0; side < SIDES; side++) {
        scaled[side] = memory_array(count, sizeof *scaled[side]);
        for (size_t i = 0; i < count; i++)
            scaled[side][i] = values[side][i] * unit;
    }
    quantity->pairs = statistics_pairs(scaled[BEFORE], scaled[AFTER], count);
    free(scaled[BEFORE]);
    free(scaled[AFTER]);
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

/* The same where both versions ran by turns. What was certain before has only to be there again. */
static enum gate_severity severity_by_turns(const struct gate_judging *judging,
                                            const struct gate_quantity *quantity, double p)
{
    bool certain = quantity->doubt->severity != GATE_OFF;
    double chance =
        certain ? COMPARE_SIGNIFICANT : judging->gate->config->values[CONFIG_GATE_SIGNIFICANCE];
    for (int level = GATE_FAIL; level > GATE_OFF && p < chance; level--)
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
        by_turns ? severity_by_turns(judging, quantity, p) : severity_of(judging, quantity, p);
    bool suspected = judging->gate->confirms && is_suspected(quantity);
    if (!by_turns &&
        (severity != GATE_OFF ? gate_is_told(judging, quantity, severity) : !suspected))
        return;
    struct gate_finding *finding = gate_add(judging, quantity, severity);
    finding->p = p;
    finding->ratio = by_turns ? pairs->ratio : contrast->ratio;
    finding->low = by_turns ? pairs->low : contrast->low;
    finding->high = by_turns ? pairs->high : contrast->high;
    finding->beside_others = quantity->beside_others;
}

/* Only what was in doubt the first time is tested the second. */
static const struct gate_finding *find_doubt(const struct gate_judging *judging,
                                             const struct gate_quantity *quantity)
{
    const struct gate *first = judging->gate->first;
    const struct gate_finding finding = gate_describe(judging->gate, quantity, GATE_OFF);
    for (size_t i = 0; i < first->finding_count; i++)
        if (gate_is_in_doubt(&first->findings[i]) && gate_same(&first->findings[i], &finding))
            return &first->findings[i];
    return NULL;
}

/* Of those that were not certain the probabilities are corrected for how many they are. */
static void judge_by_turns(struct gate_judging *judging)
{
    struct gate_tests *tests = &judging->tests;
    double *p = memory_array(tests->count, sizeof *p);
    for (size_t i = 0; i < tests->count; i++) {
        struct gate_quantity *quantity = &tests->quantities[i];
        quantity->doubt = find_doubt(judging, quantity);
        bool uncertain = quantity->doubt && quantity->doubt->severity == GATE_OFF;
        p[i] = uncertain ? quantity->pairs.p : NAN;
    }
    statistics_holm(p, tests->count);
    for (size_t i = 0; i < tests->count; i++) {
        const struct gate_quantity *quantity = &tests->quantities[i];
        if (quantity->doubt)
            judge_test(judging, quantity, isnan(p[i]) ? quantity->pairs.p : p[i]);
    }
    free(p);
}

void gate_judge_tests(struct gate_judging *judging)
{
    struct gate_tests *tests = &judging->tests;
    gate_compare_beside_others(judging);
    if (judging->gate->first) {
        judge_by_turns(judging);
        return;
    }
    double *p = memory_array(tests->count, sizeof *p);
    for (size_t i = 0; i < tests->count; i++)
        p[i] = tests->quantities[i].contrast.p;
    statistics_holm(p, tests->count);
    for (size_t i = 0; i < tests->count; i++)
        judge_test(judging, &tests->quantities[i], p[i]);
    free(p);
}
