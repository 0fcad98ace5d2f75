#include "suggest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "database.h"

/* While the processor waits for the clock it goes on with the program's own work, so that an event
 * makes a program slower by less than it takes where there is nothing else to do, which is how the
 * runtime measures it. docs/OVERHEAD.md has the programs that this figure comes from. */
static const double hidden_ns = 0.5;

/* An increment in memory that is at hand, and what its being there keeps the optimizer from. */
static const double inlined_call_ns = 2;

/* Shares of the program's own time: a function that has more itself, and more than recording it
 * costs, is never left out; each counts for at least so much insight, so that few are left out
 * rather than many; what saves less is not worth a line. */
static const double large = 0.1, least_insight = 0.001, least_saving = 0.00001;

enum { LONGEST_NAME = 4096 }; /* longer ones are cut in profiles, and match nothing */

static enum status failed(const char *why)
{
    return fail(STATUS_INPUT, "cannot suggest a filter", NULL, "%s", why);
}

/* What all processes together have: times, calls, and the mean cost of their events. */
static enum status query_processes(struct suggestion *suggestion, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(
        database,
        pool_format(
            &suggestion->pool,
            "SELECT total(iif(timing = 'counts', 0, lifetime_ns)), CAST(total(calls) AS INTEGER),"
            " CAST(total(inlined_calls) AS INTEGER),"
            " total(event_ns * calls) / total(iif(event_ns IS NULL, 0, calls))"
            " FROM processes"),
        &row);
    if (status != STATUS_OK)
        return status;
    status = database_step(database, row, &more);
    if (status == STATUS_OK && more) {
        suggestion->total_ns = sqlite3_column_double(row, 0);
        suggestion->calls = sqlite3_column_int64(row, 1);
        suggestion->inlined_calls = sqlite3_column_int64(row, 2);
        suggestion->event_ns = sqlite3_column_double(row, 3);
    }
    sqlite3_finalize(row);
    if (status != STATUS_OK)
        return status;
    if (suggestion->calls <= 0)
        return failed("no calls were recorded, so there is nothing to leave out; record a run of "
                      "the program with -fplugin=libprofinst.so");
    if (!(suggestion->total_ns > 0))
        return failed("its times are unknown; record a longer run, and not with "
                      "PROFINST_TIMING=counts");
    if (!(suggestion->event_ns > 0) || !isfinite(suggestion->event_ns))
        return failed("it does not say what recording a call cost; record the program again");
    return STATUS_OK;
}

/* Each call that is not inlined has two events. Of their cost one half is in the self time of the
 * function that is called, the other in that of its caller, or, where that one is inlined, of the
 * function that holds the caller's code; outside every function is 0. No function can have lost
 * more time than it has: a call that is left by a tail call has but one event. */
static const char sql[] =
    "WITH RECURSIVE"
    " mine AS (SELECT context.id AS id, context.parent_id AS parent_id,"
    "  ifnull(context.function_id, 0) AS function_id, context.inlined AS inlined,"
    "  context.calls AS calls, context.raw_self_ns AS self_ns FROM context"
    "  JOIN thread ON thread.id = context.thread_id"
    "  JOIN process ON process.id = thread.process_id),"
    " chain (id, up) AS ("
    "  SELECT id, parent_id FROM mine WHERE inlined"
    "  UNION ALL"
    "  SELECT chain.id, host.parent_id FROM chain JOIN context AS host ON host.id = chain.up"
    "  WHERE host.inlined),"
    " place (id, function_id) AS MATERIALIZED ("
    "  SELECT id, function_id FROM mine WHERE NOT inlined"
    "  UNION ALL"
    "  SELECT chain.id, ifnull(host.function_id, 0) FROM chain"
    "  JOIN context AS host ON host.id = chain.up WHERE NOT host.inlined),"
    " call (caller_id, callee_id, calls) AS ("
    "  SELECT place.function_id, mine.function_id, mine.calls FROM mine"
    "  JOIN place ON place.id = mine.parent_id WHERE NOT mine.inlined"
    "  UNION ALL"
    "  SELECT place.function_id, mine.function_id, cross_call.calls FROM cross_call"
    "  JOIN mine ON mine.id = cross_call.context_id"
    "  JOIN place ON place.id = cross_call.caller_context_id),"
    " edge (caller_id, callee_id, calls) AS MATERIALIZED ("
    "  SELECT caller_id, callee_id, total(calls) FROM call GROUP BY caller_id, callee_id),"
    " event (id, count) AS (SELECT id, total(calls) FROM ("
    "  SELECT caller_id AS id, calls FROM edge UNION ALL SELECT callee_id, calls FROM edge)"
    "  GROUP BY id),"
    " self (id, ns, inlined_calls) AS (SELECT function_id, total(self_ns),"
    "  total(iif(inlined, calls, 0)) FROM mine GROUP BY function_id),"
    /* What part of the events' cost is in the function's self time. */
    " part (id, part, lost_ns) AS MATERIALIZED (SELECT id, part, part * count * ?1 FROM ("
    "  SELECT event.id AS id, count, max(0.0, min(1.0, ifnull(self.ns / (count * ?1), 0))) AS part"
    "  FROM event JOIN self ON self.id = event.id)),"
    " saving (id, calls, ns) AS (SELECT callee_id, total(calls),"
    "  total(calls * ?1 * (callee.part + caller.part)) FROM edge"
    "  JOIN part AS callee ON callee.id = callee_id"
    "  JOIN part AS caller ON caller.id = caller_id GROUP BY callee_id)"
    " SELECT linkage_name, min(name),"
    "  CAST(total(ifnull(saving.calls, 0) + inlined_calls) AS INTEGER),"
    "  CAST(total(inlined_calls) AS INTEGER),"
    "  total(saving.ns) + total(inlined_calls * ?2),"
    "  total(self.ns - ifnull(part.lost_ns, 0)), max(external)"
    " FROM self JOIN function ON function.id = self.id"
    " LEFT JOIN saving ON saving.id = self.id LEFT JOIN part ON part.id = self.id"
    " GROUP BY linkage_name, external ORDER BY linkage_name, external";

static enum status query_functions(struct suggestion *suggestion, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status = database_prepare(database, sql, &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_double(row, 1, fmax(suggestion->event_ns - hidden_ns, hidden_ns));
    sqlite3_bind_double(row, 2, inlined_call_ns);
    size_t capacity = 0;
    while ((status = database_step(database, row, &more)) == STATUS_OK && more) {
        suggestion->functions = memory_grow(suggestion->functions, &capacity, suggestion->count,
                                            sizeof *suggestion->functions);
        suggestion->functions[suggestion->count++] = (struct suggest_function){
            .linkage_name = database_text(&suggestion->pool, row, 0),
            .name = database_text(&suggestion->pool, row, 1),
            .calls = sqlite3_column_int64(row, 2),
            .inlined_calls = sqlite3_column_int64(row, 3),
            .saving_ns = sqlite3_column_double(row, 4),
            .own_ns = sqlite3_column_double(row, 5),
            .external = sqlite3_column_int(row, 6),
        };
    }
    sqlite3_finalize(row);
    return status;
}

static void sum_up(struct suggestion *suggestion)
{
    for (size_t i = 0; i < suggestion->count; i++) {
        const struct suggest_function *function = &suggestion->functions[i];
        suggestion->before_ns += function->saving_ns;
        suggestion->external_ns += function->external ? function->saving_ns : 0;
    }
    suggestion->after_ns = suggestion->before_ns;
    suggestion->own_ns = suggestion->total_ns - suggestion->before_ns;
    if (!(suggestion->own_ns > 1))
        suggestion->own_ns = 1; /* nothing but calls, all of it hidden behind the clock */
}

bool suggest_is_large(const struct suggestion *suggestion, const struct suggest_function *function)
{
    return function->own_ns > large * suggestion->own_ns && function->own_ns > function->saving_ns;
}

bool suggest_reached(const struct suggestion *suggestion)
{
    return suggestion->after_ns <= suggestion->wanted * suggestion->own_ns;
}

static bool may_go(const struct suggestion *suggestion, const struct suggest_function *function)
{
    return !function->external && !suggest_is_large(suggestion, function) &&
           function->saving_ns > least_saving * suggestion->own_ns &&
           strlen(function->linkage_name) <= LONGEST_NAME;
}

static int by_names(const struct suggest_function *a, const struct suggest_function *b)
{
    int order = strcmp(a->linkage_name, b->linkage_name);
    return order ? order : a->external - b->external;
}

static int by_saving(const void *left, const void *right)
{
    const struct suggest_function *a = left, *b = right;
    if (a->saving_ns != b->saving_ns)
        return a->saving_ns > b->saving_ns ? -1 : 1;
    return by_names(a, b);
}

/* A function that may go, and what leaving it out saves for the insight that is lost. */
struct candidate {
    struct suggest_function *function;
    double worth;
};

static int by_worth(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->worth != b->worth)
        return a->worth > b->worth ? -1 : 1;
    return by_names(a->function, b->function);
}

static void leave_out(struct suggestion *suggestion, struct suggest_function *function, bool out)
{
    function->left_out = out;
    suggestion->after_ns += out ? -function->saving_ns : function->saving_ns;
    suggestion->left_out += out ? 1 : (size_t)-1;
}

/* The best ones until it is enough; then, from the last, those back that need not have gone. */
static void choose(struct suggestion *suggestion)
{
    struct candidate *candidates = memory_array(suggestion->count, sizeof *candidates);
    size_t count = 0, gone = 0;
    for (size_t i = 0; i < suggestion->count; i++) {
        struct suggest_function *function = &suggestion->functions[i];
        double insight = function->own_ns > 0 ? function->own_ns : 0;
        if (may_go(suggestion, function))
            candidates[count++] = (struct candidate){
                function, function->saving_ns / (insight + least_insight * suggestion->own_ns)};
    }
    qsort(candidates, count, sizeof *candidates, by_worth);
    while (gone < count && !suggest_reached(suggestion))
        leave_out(suggestion, candidates[gone++].function, true);
    bool enough = suggest_reached(suggestion);
    while (enough && gone-- > 0) {
        leave_out(suggestion, candidates[gone].function, false);
        if (!suggest_reached(suggestion))
            leave_out(suggestion, candidates[gone].function, true);
    }
    free(candidates);
}

enum status suggest_query(struct suggestion *suggestion, struct database *database, double wanted)
{
    *suggestion = (struct suggestion){.wanted = wanted};
    enum status status = query_processes(suggestion, database);
    if (status == STATUS_OK)
        status = query_functions(suggestion, database);
    if (status != STATUS_OK)
        return status;
    sum_up(suggestion);
    qsort(suggestion->functions, suggestion->count, sizeof *suggestion->functions, by_saving);
    choose(suggestion);
    return STATUS_OK;
}

void suggest_free(struct suggestion *suggestion)
{
    free(suggestion->functions);
    pool_free(&suggestion->pool);
}
