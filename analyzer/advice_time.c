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
        static const char at_callers[] = "Begin with those who call it (--callers=FUNCTION): "
                                         "nothing that is gained elsewhere can "
                                         "be much beside it.";
        double share = advice_share(search, function->self_ns, 0);
        struct advice *advice = advice_add(
            search, i, function->self_ns, 0, "%s alone has %s of the time, without what it calls.",
            advice_name(search, i), advice_value(&search->list->pool, ADVICE_SHARE, share));
        advice->remedy = function->external ? at_callers : advice->remedy;
        advice_number(advice, ADVICE_NS, "self_ns", "self time", function->self_ns);
        if (function->self_error_ns > 0)
            advice_number(advice, ADVICE_NS, "self_error_ns", "give or take",
                          function->self_error_ns);
        advice_number(advice, ADVICE_SHARE, "self_share", "share of the time", share);
        advice_number(advice, ADVICE_COUNT, "calls", "calls", function->calls);
    }
}

/* Whether it fits the rule. */
static bool has_one_caller(const struct advice_search *search, const struct fact_edge *edge)
{
    const struct fact_function *callee = &search->facts->functions[edge->callee];
    double calls = facts_outer_calls(edge->calls, edge->inlined_calls, edge->recursive_calls);
    double all = facts_outer_calls(callee->calls, callee->inlined_calls, callee->recursive_calls);
    double sure = advice_share(search, facts_sure(callee, edge->cumulative_ns), 0);
    return sure > 0 && sure >= advice_threshold(search, CONFIG_ONE_CALLER_SHARE) &&
           edge->cumulative_ns >=
               callee->cumulative_ns * advice_threshold(search, CONFIG_ONE_CALLER_TIME) &&
           calls >= advice_threshold(search, CONFIG_ONE_CALLER_LEAST) && calls < all &&
           calls <= all * advice_threshold(search, CONFIG_ONE_CALLER_CALLS);
}

/* Whether the caller is such a function itself, for the same time: then it begins further up. */
static bool begins_above(const struct advice_search *search, const struct fact_edge *edge)
{
    const struct facts *facts = search->facts;
    const struct fact_function *caller = &facts->functions[edge->caller];
    for (size_t i = 0; i < caller->caller_count; i++) {
        const struct fact_edge *above = &facts->edges[facts->to[caller->first_caller + i]];
        bool holds = above->cumulative_ns > edge->cumulative_ns ||
                     (above->cumulative_ns == edge->cumulative_ns && above < edge);
        if (holds && has_one_caller(search, above))
            return true;
    }
    return false;
}

static void tell_one_caller(struct advice_search *search, const struct fact_edge *edge)
{
    struct pool *pool = &search->list->pool;
    const struct fact_function *callee = &search->facts->functions[edge->callee];
    double calls = facts_outer_calls(edge->calls, edge->inlined_calls, edge->recursive_calls);
    double all = facts_outer_calls(callee->calls, callee->inlined_calls, callee->recursive_calls);
    double here = edge->cumulative_ns / calls;
    double elsewhere_ns = callee->cumulative_ns - edge->cumulative_ns;
    double elsewhere = elsewhere_ns > 0 ? elsewhere_ns / (all - calls) : 0;
    struct advice *advice =
        advice_add(search, edge->callee, edge->cumulative_ns, 0,
                   "%s spends %s of its time in %s of its %s calls, those that %s makes: %s each, "
                   "elsewhere %s.",
                   advice_name(search, edge->callee),
                   advice_value(pool, ADVICE_SHARE, edge->cumulative_ns / callee->cumulative_ns),
                   advice_value(pool, ADVICE_COUNT, calls), advice_value(pool, ADVICE_COUNT, all),
                   advice_name(search, edge->caller), advice_value(pool, ADVICE_NS, here),
                   advice_value(pool, ADVICE_NS, elsewhere));
    advice_number(advice, ADVICE_NS, "cumulative_ns", "time from there", edge->cumulative_ns);
    advice_number(advice, ADVICE_SHARE, "share", "share of the time",
                  advice_share(search, edge->cumulative_ns, 0));
    advice_number(advice, ADVICE_COUNT, "calls", "calls from there", calls);
    advice_number(advice, ADVICE_COUNT, "other_calls", "other calls", all - calls);
    advice_number(advice, ADVICE_NS, "average_ns", "time of a call from there", here);
    advice_number(advice, ADVICE_NS, "other_average_ns", "of another", elsewhere);
}

void advice_find_one_caller(struct advice_search *search)
{
    for (size_t i = 0; i < search->facts->edge_count; i++) {
        const struct fact_edge *edge = &search->facts->edges[i];
        if (has_one_caller(search, edge) && !begins_above(search, edge))
            tell_one_caller(search, edge);
    }
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
