/* Rules of advice that look at shares of the time. */
#include "advice_rules.h"

void advice_find_dominant(struct advice_search *search)
{
    const struct facts *facts = search->facts;
    for (size_t i = 0; i < facts->function_count; i++) {
        const struct fact_function *function = &facts->functions[i];
        double sure = advice_share(search, facts_sure_self(function), 0);
        if (sure < advice_threshold(search, CONFIG_DOMINANT_SHARE))
            continue;
        double share = advice_share(search, function->self_ns, 0);
        struct advice *advice = advice_add(
            search, i, function->self_ns, 0, "%s alone has %s of the time, without what it calls.",
            advice_name(search, i), advice_value(&search->list->pool, ADVICE_SHARE, share));
        advice_number(advice, ADVICE_NS, "self_ns", "self time", function->self_ns);
        advice_number(advice, ADVICE_NS, "self_error_ns", "its error", function->self_error_ns);
        advice_number(advice, ADVICE_SHARE, "self_share", "share of the time", share);
        advice_number(advice, ADVICE_COUNT, "calls", "calls", function->calls);
    }
}

/* Calls with a time of their own, and how long one took. */
static double average(double ns, double calls)
{
    return calls > 0 ? ns / calls : 0;
}

static void judge_caller(struct advice_search *search, const struct fact_edge *edge)
{
    const struct fact_function *callee = &search->facts->functions[edge->callee];
    double calls = facts_outer_calls(edge->calls, edge->inlined_calls, edge->recursive_calls);
    double all = facts_outer_calls(callee->calls, callee->inlined_calls, callee->recursive_calls);
    double sure = advice_share(search, facts_sure(callee, edge->cumulative_ns), 0);
    double part = edge->cumulative_ns / callee->cumulative_ns; /* a number if `sure` is not 0 */
    if (!(sure > 0) || sure < advice_threshold(search, CONFIG_ONE_CALLER_SHARE) ||
        part < advice_threshold(search, CONFIG_ONE_CALLER_TIME) ||
        calls < advice_threshold(search, CONFIG_ONE_CALLER_LEAST) ||
        calls > all * advice_threshold(search, CONFIG_ONE_CALLER_CALLS))
        return;
    struct pool *pool = &search->list->pool;
    double elsewhere = average(callee->cumulative_ns - edge->cumulative_ns, all - calls);
    struct advice *advice = advice_add(
        search, edge->callee, edge->cumulative_ns, 0,
        "%s spends %s of its time in the %s of its calls that %s makes: %s each, elsewhere %s.",
        advice_name(search, edge->callee), advice_value(pool, ADVICE_SHARE, part),
        advice_value(pool, ADVICE_SHARE, calls / all), advice_name(search, edge->caller),
        advice_value(pool, ADVICE_NS, average(edge->cumulative_ns, calls)),
        advice_value(pool, ADVICE_NS, elsewhere));
    advice_number(advice, ADVICE_NS, "cumulative_ns", "time from there", edge->cumulative_ns);
    advice_number(advice, ADVICE_SHARE, "share", "share of the time",
                  advice_share(search, edge->cumulative_ns, 0));
    advice_number(advice, ADVICE_COUNT, "calls", "calls from there", calls);
    advice_number(advice, ADVICE_COUNT, "other_calls", "other calls", all - calls);
    advice_number(advice, ADVICE_NS, "average_ns", "time of a call from there",
                  average(edge->cumulative_ns, calls));
    advice_number(advice, ADVICE_NS, "other_average_ns", "of another", elsewhere);
}

void advice_find_one_caller(struct advice_search *search)
{
    for (size_t i = 0; i < search->facts->edge_count; i++)
        judge_caller(search, &search->facts->edges[i]);
}

/* What the slowest hundredth of the calls took longer than half of them do, at least; as far as it
 * can be in the function itself: a function that calls now one thing and now another has the tail
 * of these, and is not told. Calls of a recursion are long or short by where they stand in it,
 * which tells nothing. */
static double tail_ns(struct advice_search *search, const struct fact_function *function)
{
    double calls = function->calls - function->inlined_calls;
    double least_ratio = advice_threshold(search, CONFIG_LONG_TAIL_RATIO);
    if (!function->has_percentiles || function->recursive_calls > 0 ||
        function->measured_calls < advice_threshold(search, CONFIG_LONG_TAIL_CALLS) ||
        function->p99_ns < least_ratio * (function->p50_ns > 1 ? function->p50_ns : 1))
        return 0;
    double ns = calls / 100 * (function->p99_ns - function->p50_ns);
    double self_ns = facts_sure_self(function);
    return ns < self_ns ? ns : self_ns;
}

void advice_find_long_tail(struct advice_search *search)
{
    struct pool *pool = &search->list->pool;
    for (size_t i = 0; i < search->facts->function_count; i++) {
        const struct fact_function *function = &search->facts->functions[i];
        double at_stake = tail_ns(search, function);
        if (!(at_stake > 0) ||
            advice_share(search, at_stake, 0) < advice_threshold(search, CONFIG_LONG_TAIL_SHARE))
            continue;
        struct advice *advice = advice_add(
            search, i, at_stake, 0,
            "Most calls of %s are quick, but one in a hundred takes %s or more, and half of them "
            "%s or less.",
            advice_name(search, i), advice_value(pool, ADVICE_NS, function->p99_ns),
            advice_value(pool, ADVICE_NS, function->p50_ns));
        advice_number(advice, ADVICE_NS, "p50_ns", "p50", function->p50_ns);
        advice_number(advice, ADVICE_NS, "p99_ns", "p99", function->p99_ns);
        advice_number(advice, ADVICE_COUNT, "measured_calls", "calls measured",
                      function->measured_calls);
        advice_number(advice, ADVICE_NS, "tail_ns", "time of the slow ones beyond that", at_stake);
        advice_number(advice, ADVICE_SHARE, "share", "share of the time",
                      advice_share(search, at_stake, 0));
    }
}
