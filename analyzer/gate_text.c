/* Findings in words. */
#include <math.h>
#include <string.h>

#include "gate_steps.h"
#include "text.h"

static const char *whole_or_not(struct pool *pool, double value)
{
    if (value == floor(value) && fabs(value) < 9e15)
        return text_count(pool, (int64_t)value);
    return pool_format(pool, "%.1f", value);
}

const char *gate_value(struct pool *pool, const struct gate_finding *finding, double value)
{
    if (isnan(value))
        return "-";
    switch (gate_unit(finding->what)) {
    case GATE_COUNT:
        return whole_or_not(pool, value);
    case GATE_TIME:
        return text_duration(pool, (int64_t)fmin(value + 0.5, 9e18));
    case GATE_SHARE:
        break;
    }
    return pool_format(pool, "%.1f %%", 100 * value);
}

const char *gate_change(struct pool *pool, const struct gate_finding *finding)
{
    if (isnan(finding->before) || isnan(finding->after))
        return "-";
    if (finding->before == finding->after)
        return "none";
    if (finding->before == 0)
        return "new";
    if (finding->after == 0)
        return "gone";
    double percent = 100 * (finding->after / finding->before - 1);
    int decimals = fabs(percent) < 0.095 ? 3 : fabs(percent) < 0.95 ? 2 : 1;
    return pool_format(pool, "%+.*f %%", decimals, percent);
}

const char *gate_limit(const struct gate_finding *finding)
{
    return finding->limit.text ? finding->limit.text : "-";
}

const char *gate_certainty(struct pool *pool, const struct gate_finding *finding)
{
    if (!isnan(finding->p))
        return finding->p < 0.0001 ? "p < 0.0001" : pool_format(pool, "p = %.4f", finding->p);
    return finding->exact ? "exact" : "-";
}

const char *gate_subject(struct pool *pool, const struct gate_finding *finding)
{
    static const char *const words[GATE_WHATS] = {
        "calls", "calls", "calls",      "self time", "cumulative time", "average time", "p50",
        "p95",   "p99",   "self share", "time",      "time before main"};
    return pool_format(pool, "%s of %s", words[finding->what], finding->name);
}

static const char *again(struct pool *pool, const struct gate_finding *finding)
{
    const struct gate_again *again = &finding->again;
    if (again->unknown)
        return pool_format(pool, "%zu runs of each, by turns, could not be judged", again->runs);
    const char *text = pool_format(pool, "%sconfirmed by %zu runs of each, by turns",
                                   again->confirmed ? "" : "not ", again->runs);
    if (!isnan(again->ratio))
        return pool_format(pool, "%s: %+.1f %%", text, 100 * (again->ratio - 1));
    return isnan(again->after)
               ? text
               : pool_format(pool, "%s: %s", text, gate_value(pool, finding, again->after));
}

const char *gate_why(struct pool *pool, const struct gate_finding *finding)
{
    if (finding->allow)
        return pool_format(pool, "allowed until %s: %s", finding->allow->until,
                           finding->allow->reason);
    if (finding->again.runs == 0)
        return finding->reason;
    return *finding->reason ? pool_format(pool, "%s, %s", finding->reason, again(pool, finding))
                            : again(pool, finding);
}

const char *gate_sentence(struct pool *pool, const struct gate_finding *finding)
{
    const char *text = gate_subject(pool, finding);
    if (!isnan(finding->before) && !isnan(finding->after))
        text =
            pool_format(pool, "%s: %s → %s (%s)", text, gate_value(pool, finding, finding->before),
                        gate_value(pool, finding, finding->after), gate_change(pool, finding));
    if (!isnan(finding->p))
        text = pool_format(pool, "%s, %s%+.1f %% (95 %% interval %+.1f %% to %+.1f %%), %s", text,
                           finding->beside_others ? "beside the other functions " : "",
                           100 * (finding->ratio - 1), 100 * (finding->low - 1),
                           100 * (finding->high - 1), gate_certainty(pool, finding));
    if (finding->limit.text)
        text = pool_format(pool, "%s, limit %s", text, finding->limit.text);
    const char *why = gate_why(pool, finding);
    return *why ? pool_format(pool, "%s; %s", text, why) : text;
}

static const char *number_of(struct pool *pool, size_t count, const char *one, const char *many)
{
    return pool_format(pool, "%zu %s", count, count == 1 ? one : many);
}

const char *gate_headline(struct pool *pool, const struct gate *gate)
{
    const size_t *counts = gate->counts;
    const char *warnings = number_of(pool, counts[GATE_WARN], "warning", "warnings");
    if (counts[GATE_FAIL] > 0)
        return pool_format(pool, "FAILED: %s, %s",
                           number_of(pool, counts[GATE_FAIL], "failure", "failures"), warnings);
    if (counts[GATE_WARN] > 0)
        return pool_format(pool, "passed with %s", warnings);
    return "passed";
}
