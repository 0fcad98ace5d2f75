/* Rules of advice that look at how much time goes into one kind of work. */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "advice_rules.h"

/* Functions of one kind and their time, which is nobody else's among them. */
struct kind {
    size_t *functions; /* the most time first */
    double *ns;        /* by function; of estimates what is sure */
    size_t count;
    double sum_ns;
};

static int by_time(const void *left, const void *right, void *context)
{
    const double *ns = context;
    size_t a = *(const size_t *)left, b = *(const size_t *)right;
    return ns[a] != ns[b] ? (ns[a] > ns[b] ? -1 : 1) : (a > b) - (a < b);
}

static struct kind kind_begin(const struct facts *facts)
{
    return (struct kind){memory_array(facts->function_count, sizeof(size_t)),
                         memory_array(facts->function_count, sizeof(double)), 0, 0};
}

static void kind_add(struct kind *kind, size_t function, double ns)
{
    if (!(ns > 0))
        return;
    kind->ns[function] = ns;
    kind->functions[kind->count++] = function;
    kind->sum_ns += ns;
}

/* "read 31.0 %, write 12.5 % and 3 others" */
static const char *shares_of(struct advice_search *search, const struct kind *kind)
{
    enum { MOST_NAMED = 3 };
    struct pool *pool = &search->list->pool;
    const char *text = "";
    size_t named = 0;
    for (size_t i = 0; i < kind->count && i < MOST_NAMED; i++) {
        size_t function = kind->functions[i];
        if (i > 0 && kind->ns[function] < kind->sum_ns / 100)
            break;
        named++;
        text = pool_format(
            pool, "%s%s%s %s", text, i ? ", " : "", advice_name(search, function),
            advice_value(pool, ADVICE_SHARE, advice_share(search, kind->ns[function], 0)));
    }
    if (named == kind->count)
        return text;
    return pool_format(pool, "%s and %zu %s", text, kind->count - named,
                       kind->count - named == 1 ? "other" : "others");
}

/* Advice about the kind if it has enough of the time. Ends it. */
static void kind_judge(struct advice_search *search, struct kind *kind, enum config_key key,
                       const char *where)
{
    struct pool *pool = &search->list->pool;
    if (kind->count > 0)
        qsort_r(kind->functions, kind->count, sizeof *kind->functions, by_time, kind->ns);
    double share = advice_share(search, kind->sum_ns, 0);
    if (kind->count > 0 && share >= advice_threshold(search, key)) {
        struct advice *advice = advice_add(
            search, kind->functions[0], kind->sum_ns, 0, "%s at least %s of the time: %s.", where,
            advice_value(pool, ADVICE_SHARE, share), shares_of(search, kind));
        advice_number(advice, ADVICE_COUNT, "functions", "functions", (double)kind->count);
        advice_number(advice, ADVICE_NS, "time_ns", "time, at least", kind->sum_ns);
        advice_number(advice, ADVICE_SHARE, "share", "share of the time", share);
    }
    free(kind->functions);
    free(kind->ns);
}

void advice_find_allocation(struct advice_search *search)
{
    struct kind kind = kind_begin(search->facts);
    for (size_t i = 0; i < search->facts->function_count; i++) {
        const struct fact_function *function = &search->facts->functions[i];
        struct pool pool = {0};
        if (function->deed == DEED_MEMORY || names_is_allocation(&pool, function->name))
            kind_add(&kind, i, facts_sure_self(function));
        pool_free(&pool);
    }
    kind_judge(search, &kind, CONFIG_ALLOCATION_SHARE, "Allocating and freeing memory takes");
}

void advice_find_waiting(struct advice_search *search)
{
    struct kind kind = kind_begin(search->facts);
    for (size_t i = 0; i < search->facts->function_count; i++) {
        const struct fact_function *function = &search->facts->functions[i];
        if (function->deed == DEED_INPUT_OUTPUT || function->deed == DEED_WAIT ||
            function->deed == DEED_LOCK)
            kind_add(&kind, i, facts_sure_self(function));
    }
    kind_judge(search, &kind, CONFIG_WAITING_SHARE, "Input, output and waiting take");
}

/* Marks all that functions of the set lead to, by whatever chains. Without recursion: a program
 * that calls deeply would need the stack. */
static void mark_reached(const struct facts *facts, const bool *set, bool *reached)
{
    size_t *waiting = memory_array(facts->function_count, sizeof *waiting);
    size_t count = 0;
    for (size_t i = 0; i < facts->function_count; i++)
        if (set[i])
            waiting[count++] = i;
    while (count > 0) {
        size_t from = waiting[--count];
        for (size_t i = 0; i < facts->functions[from].callee_count; i++) {
            size_t to = facts->edges[facts->functions[from].first_callee + i].callee;
            if (!reached[to] && !set[to]) /* so each comes in once at most */
                waiting[count++] = to;
            reached[to] = true;
        }
    }
    free(waiting);
}

/* A function's time in calls by those which no function of the set leads to: so none of it is in
 * the time of another one of the set. Calls by nobody are among them. */
static double outermost_ns(const struct facts *facts, size_t index, const bool *set,
                           const bool *reached)
{
    const struct fact_function *function = &facts->functions[index];
    double ns = function->cumulative_ns;
    for (size_t i = 0; i < function->caller_count; i++) {
        const struct fact_edge *edge = &facts->edges[facts->to[function->first_caller + i]];
        if (set[edge->caller] || reached[edge->caller])
            ns -= edge->cumulative_ns;
    }
    return facts_sure(function, ns > 0 ? ns : 0);
}

/* Where they lead to each other, as in an interpreter, that is little; of one of them all its time
 * is sure. */
static void keep_largest(const struct facts *facts, const bool *set, struct kind *kind)
{
    size_t largest = FACTS_NONE;
    double largest_ns = kind->sum_ns;
    for (size_t i = 0; i < facts->function_count; i++) {
        double ns =
            set[i] ? facts_sure(&facts->functions[i], facts->functions[i].cumulative_ns) : 0;
        if (ns > largest_ns) {
            largest = i;
            largest_ns = ns;
        }
    }
    if (largest == FACTS_NONE)
        return;
    kind->count = 0;
    kind->sum_ns = 0;
    kind_add(kind, largest, largest_ns);
}

void advice_find_serialization(struct advice_search *search)
{
    const struct facts *facts = search->facts;
    bool *set = memory_array(facts->function_count, sizeof *set);
    bool *reached = memory_array(facts->function_count, sizeof *reached);
    for (size_t i = 0; i < facts->function_count; i++) {
        struct pool pool = {0};
        set[i] = names_is_serialization(&pool, facts->functions[i].name);
        pool_free(&pool);
    }
    mark_reached(facts, set, reached);
    struct kind kind = kind_begin(facts);
    for (size_t i = 0; i < facts->function_count; i++)
        if (set[i])
            kind_add(&kind, i, outermost_ns(facts, i, set, reached));
    keep_largest(facts, set, &kind);
    kind_judge(search, &kind, CONFIG_SERIALIZATION_SHARE,
               "Turning data into text or bytes, or back, takes");
    free(set);
    free(reached);
}
