/* Rules of advice that look at how many calls there are. */
#include <string.h>

#include "advice_rules.h"

/* Of a function that was running when the process was forked there may be no call, but one. */
static double per_call(double sum, double calls)
{
    return sum / (calls > 1 ? calls : 1);
}

/* The caller, other than itself, that makes the most calls which were not inlined. */
static const struct fact_edge *busiest_caller(const struct facts *facts,
                                              const struct fact_function *function)
{
    const struct fact_edge *busiest = NULL;
    for (size_t i = 0; i < function->caller_count; i++) {
        const struct fact_edge *edge = &facts->edges[facts->to[function->first_caller + i]];
        if (edge->caller != edge->callee &&
            (!busiest ||
             edge->calls - edge->inlined_calls > busiest->calls - busiest->inlined_calls))
            busiest = edge;
    }
    return busiest;
}

/* Its own time where it is sure, and what a call costs: moving arguments, jumping there and back,
 * and what the optimizer cannot do across it. That is part of the caller's time, and in nobody's
 * error bar. */
static double cost_of_calls(struct advice_search *search, const struct fact_function *function,
                            double calls, double part)
{
    double ns =
        facts_sure_self(function) * part + calls * advice_threshold(search, CONFIG_HOT_SMALL_COST);
    return ns < search->facts->total_ns ? ns : search->facts->total_ns;
}

void advice_find_hot_small(struct advice_search *search)
{
    struct pool *pool = &search->list->pool;
    for (size_t i = 0; i < search->facts->function_count; i++) {
        const struct fact_function *function = &search->facts->functions[i];
        const struct fact_edge *edge = busiest_caller(search->facts, function);
        double all = function->calls - function->inlined_calls;
        double calls = edge ? edge->calls - edge->inlined_calls : 0;
        double at_most = per_call(function->self_ns + function->self_error_ns, all);
        if (function->external || calls < advice_threshold(search, CONFIG_HOT_SMALL_CALLS) ||
            at_most > advice_threshold(search, CONFIG_HOT_SMALL_SELF))
            continue;
        double at_stake = cost_of_calls(search, function, calls, calls / all);
        if (advice_share(search, at_stake, 0) < advice_threshold(search, CONFIG_HOT_SMALL_SHARE))
            continue;
        struct advice *advice = advice_add(
            search, i, at_stake, 0, "%s takes %s or less a call, and %s calls it %s times.",
            advice_name(search, i), advice_value(pool, ADVICE_NS, at_most),
            advice_name(search, edge->caller), advice_value(pool, ADVICE_COUNT, calls));
        advice_number(advice, ADVICE_COUNT, "calls", "calls from there", calls);
        advice_number(advice, ADVICE_SHARE, "share_of_calls", "of all its calls", calls / all);
        advice_number(advice, ADVICE_NS, "self_per_call_ns", "self time of a call, at most",
                      at_most);
        advice_number(advice, ADVICE_NS, "cost_ns", "they cost about", at_stake);
        advice_number(advice, ADVICE_SHARE, "share", "share of the time",
                      advice_share(search, at_stake, 0));
    }
}

static const char *deed_remedy(enum deed deed)
{
    deed = deed == DEED_ROW ? DEED_STATEMENT : deed;
    static const char *const remedies[DEEDS] = {
        [DEED_INPUT_OUTPUT] = "Move more with each call: a larger buffer, readv or writev, one "
                              "fsync for many writes.",
        [DEED_WAIT] = "Wait once for all of it, or for several at once.",
        [DEED_LOCK] = "Take the lock once around the loop, or gather the results and hand them "
                      "over together.",
        [DEED_MEMORY] =
            "Allocate once before the loop and use it again, reserve what is needed, or "
            "take it from an arena.",
        [DEED_STATEMENT] = "Let one statement do it for many rows, or put the loop into one "
                           "transaction and prepare the statement before it.",
    };
    return remedies[deed];
}

/* A loop of a caller, and what is called in it: `deed` by the callee itself, or by `within`, which
 * it calls. */
struct loop {
    const struct fact_edge *edge;
    size_t within; /* FACTS_NONE: the callee itself */
    enum deed deed;
    double ns, calls; /* in what does the deed; of estimates what is sure */
};

static bool is_worse(const struct advice_search *search, const struct loop *a, const struct loop *b)
{
    return !b->edge ||
           advice_share(search, a->ns, a->calls) > advice_share(search, b->ns, b->calls);
}

/* What of an edge's time is sure to be in calls that come by way of `above`: what the other callers
 * cannot have had. */
static double ns_by_way_of(const struct facts *facts, const struct fact_edge *edge,
                           const struct fact_edge *above)
{
    const struct fact_function *function = &facts->functions[above->callee];
    double others = function->cumulative_ns - above->cumulative_ns;
    double sure = edge->cumulative_ns - (others > 0 ? others : 0);
    return sure > 0 ? sure : 0;
}

/* The worst that the callee of an edge does in each call by calling something else. */
static struct loop look_within(const struct advice_search *search, const struct fact_edge *edge)
{
    const struct facts *facts = search->facts;
    const struct fact_function *callee = &facts->functions[edge->callee];
    struct loop worst = {0};
    for (size_t i = 0; i < callee->callee_count; i++) {
        const struct fact_edge *below = &facts->edges[callee->first_callee + i];
        const struct fact_function *function = &facts->functions[below->callee];
        struct loop loop = {.edge = edge, .within = below->callee, .deed = function->deed};
        double each = per_call(below->calls, callee->calls);
        if (loop.deed == DEED_NONE || each < 1 ||
            each >= advice_threshold(search, CONFIG_LOOP_CALL_CALLS)) /* a loop of its own */
            continue;
        loop.ns = facts_sure(function, ns_by_way_of(facts, below, edge));
        loop.calls = edge->calls; /* at least */
        if (is_worse(search, &loop, &worst))
            worst = loop;
    }
    return worst;
}

static struct loop look_at(const struct advice_search *search, const struct fact_edge *edge)
{
    const struct fact_function *callee = &search->facts->functions[edge->callee];
    if (callee->deed == DEED_ROW) /* one statement has many, and that is as it should be */
        return (struct loop){0};
    if (callee->deed == DEED_NONE)
        return look_within(search, edge);
    return (struct loop){edge, FACTS_NONE, callee->deed, facts_sure(callee, edge->cumulative_ns),
                         edge->calls};
}

static void tell_loop(struct advice_search *search, const struct loop *loop, double times)
{
    struct pool *pool = &search->list->pool;
    const struct fact_edge *edge = loop->edge;
    const char *within =
        loop->within == FACTS_NONE
            ? ""
            : pool_format(pool, ", which call %s", advice_name(search, loop->within));
    struct advice *advice = advice_add(
        search, edge->caller, loop->ns, loop->calls,
        "A call of %s makes %s calls of %s on average%s.", advice_name(search, edge->caller),
        advice_value(pool, ADVICE_FACTOR, times), advice_name(search, edge->callee), within);
    advice->remedy = deed_remedy(loop->deed);
    advice_number(advice, ADVICE_FACTOR, "calls_per_call", "calls in each call", times);
    advice_number(advice, ADVICE_COUNT, "calls", "calls in all", edge->calls);
    if (search->facts->has_times)
        advice_number(advice, ADVICE_NS, "cumulative_ns", "time, at least", loop->ns);
    advice_number(advice, ADVICE_SHARE, "share",
                  search->facts->has_times ? "share of the time" : "share of all calls",
                  advice_share(search, loop->ns, loop->calls));
}

/* Of each caller the worst loop. */
void advice_find_loop_call(struct advice_search *search)
{
    const struct facts *facts = search->facts;
    for (size_t i = 0; i < facts->function_count; i++) {
        const struct fact_function *caller = &facts->functions[i];
        struct loop worst = {0};
        for (size_t j = 0; j < caller->callee_count; j++) {
            const struct fact_edge *edge = &facts->edges[caller->first_callee + j];
            if (edge->caller == edge->callee ||
                per_call(edge->calls, caller->calls) <
                    advice_threshold(search, CONFIG_LOOP_CALL_CALLS))
                continue;
            struct loop loop = look_at(search, edge);
            if (loop.edge && is_worse(search, &loop, &worst))
                worst = loop;
        }
        if (worst.edge && advice_share(search, worst.ns, worst.calls) >=
                              advice_threshold(search, CONFIG_LOOP_CALL_SHARE))
            tell_loop(search, &worst, per_call(worst.edge->calls, caller->calls));
    }
}

/* Its calls of itself; NULL: there are none. */
static const struct fact_edge *calls_of_itself(const struct facts *facts, size_t index)
{
    const struct fact_function *function = &facts->functions[index];
    for (size_t i = 0; i < function->callee_count; i++)
        if (facts->edges[function->first_callee + i].callee == index)
            return &facts->edges[function->first_callee + i];
    return NULL;
}

void advice_find_recursion(struct advice_search *search)
{
    struct pool *pool = &search->list->pool;
    for (size_t i = 0; i < search->facts->function_count; i++) {
        const struct fact_function *function = &search->facts->functions[i];
        const struct fact_edge *edge = calls_of_itself(search->facts, i);
        double outer = function->calls - function->recursive_calls;
        double times = edge ? per_call(edge->calls, outer) : 0;
        double sure = facts_sure(function, function->cumulative_ns);
        if (!edge || times < advice_threshold(search, CONFIG_RECURSION_CALLS) ||
            advice_share(search, sure, function->calls) <
                advice_threshold(search, CONFIG_RECURSION_SHARE))
            continue;
        struct advice *advice =
            advice_add(search, i, function->cumulative_ns, function->calls,
                       "A call of %s from outside leads to %s calls of itself on average.",
                       advice_name(search, i), advice_value(pool, ADVICE_FACTOR, times));
        advice_number(advice, ADVICE_COUNT, "outer_calls", "calls from outside", outer);
        advice_number(advice, ADVICE_COUNT, "recursive_calls", "calls of itself", edge->calls);
        advice_number(advice, ADVICE_FACTOR, "calls_per_call", "of these for each", times);
        if (search->facts->has_times)
            advice_number(advice, ADVICE_NS, "cumulative_ns", "cumulative time",
                          function->cumulative_ns);
        advice_number(advice, ADVICE_SHARE, "share",
                      search->facts->has_times ? "share of the time" : "share of all calls",
                      advice_share(search, function->cumulative_ns, function->calls));
    }
}
