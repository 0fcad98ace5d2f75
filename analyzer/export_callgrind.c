/* The format of callgrind: functions, and what the calls from each to each cost, inclusive.
 *
 * KCachegrind and callgrind_annotate take what the calls into a function cost for its inclusive
 * cost. That is how edges add up here, recursion included: a recursive call costs nothing, its time
 * is in the call that was running already. So what comes from no edge, the start of threads, must
 * be a call as well: it comes from a function that stands for the time outside. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "export_totals.h"

/* Calls that took time and were not counted: they began before their process was forked, or are
 * past the limit of contexts. The format has none without a count, so they have a caller that says
 * it. */
#define UNCOUNTED "(uncounted)"
#define UNKNOWN "???" /* as callgrind has it */

/* A name is written once, with its number, which stands for it from then on. */
struct names {
    const char **texts; /* by function */
    size_t *numbers;    /* the first function with the same */
    bool *written;      /* by number */
};

struct callgrind {
    FILE *stream;
    struct pool pool;
    const struct export_totals *totals;
    size_t count; /* of functions, and of those that stand for something else behind them */
    struct names functions, files, modules;
};

enum { OUTSIDE, UNATTRIBUTED, COUNTLESS, OTHERS }; /* behind the functions */
static const char *const others[OTHERS] = {EXPORT_OUTSIDE, EXPORT_UNATTRIBUTED, UNCOUNTED};

/* Takes over the texts. */
static struct names names_of(const char **texts, size_t count)
{
    return (struct names){texts, export_number(texts, count), memory_array(count, sizeof(bool))};
}

static void names_free(struct names *names)
{
    free(names->texts);
    free(names->numbers);
    free(names->written);
}

static void write_name(struct callgrind *callgrind, const char *key, struct names *names,
                       size_t function)
{
    size_t number = names->numbers[function];
    fprintf(callgrind->stream, "%s=(%zu)", key, number + 1);
    if (!names->written[number])
        fprintf(callgrind->stream, " %s", names->texts[number]);
    fputc('\n', callgrind->stream);
    names->written[number] = true;
}

/* Tools tell functions apart by name, file and module. Those that differ in something else only get
 * it into their name. */
static void tell_apart(struct callgrind *callgrind, const char **names, const char *const *files,
                       const char *const *modules)
{
    const struct export_function *functions = callgrind->totals->functions;
    size_t count = callgrind->totals->function_count;
    const char **keys = memory_array(count, sizeof *keys);
    bool *shared = memory_array(count, sizeof *shared);
    for (size_t i = 0; i < count; i++)
        keys[i] = pool_format(&callgrind->pool, "%s\n%s\n%s", names[i], files[i], modules[i]);
    size_t *numbers = export_number(keys, count);
    for (size_t i = 0; i < count; i++)
        if (numbers[i] != i)
            shared[i] = shared[numbers[i]] = true;
    for (size_t i = 0; i < count; i++)
        if (shared[i])
            names[i] = pool_format(&callgrind->pool, "%s [%s:%" PRId64 "]", names[i],
                                   export_name(&callgrind->pool, functions[i].linkage_name, ""),
                                   functions[i].line);
    free(keys);
    free(numbers);
    free(shared);
}

static const char *known_name(struct pool *pool, const char *name)
{
    return name ? export_name(pool, name, "") : UNKNOWN;
}

static void make_names(struct callgrind *callgrind)
{
    const struct export_totals *totals = callgrind->totals;
    const char **names = memory_array(callgrind->count, sizeof *names);
    const char **files = memory_array(callgrind->count, sizeof *files);
    const char **modules = memory_array(callgrind->count, sizeof *modules);
    for (size_t i = 0; i < totals->function_count; i++) {
        const struct export_function *function = &totals->functions[i];
        names[i] = export_name(&callgrind->pool, function->name, "");
        files[i] = known_name(&callgrind->pool, function->file);
        modules[i] = known_name(&callgrind->pool, function->module);
    }
    for (size_t i = 0; i < OTHERS; i++) {
        names[totals->function_count + i] = others[i];
        files[totals->function_count + i] = modules[totals->function_count + i] = UNKNOWN;
    }
    tell_apart(callgrind, names, files, modules);
    callgrind->functions = names_of(names, callgrind->count);
    for (size_t i = 0; i < callgrind->count; i++)
        callgrind->functions.numbers[i] = i; /* one of the same name elsewhere is another one */
    callgrind->files = names_of(files, callgrind->count);
    callgrind->modules = names_of(modules, callgrind->count);
}

/* Costs are the events that the header names: time, where there is one, and calls. */
static void write_costs(const struct callgrind *callgrind, int64_t ns, int64_t calls)
{
    if (callgrind->totals->times.known)
        fprintf(callgrind->stream, "%" PRId64 " ", ns);
    fprintf(callgrind->stream, "%" PRId64 "\n", calls);
}

static int64_t line_of(const struct callgrind *callgrind, size_t function)
{
    const struct export_totals *totals = callgrind->totals;
    return function < totals->function_count ? totals->functions[function].line : 0;
}

static void begin_function(struct callgrind *callgrind, size_t function, int64_t self_ns,
                           int64_t calls)
{
    fputc('\n', callgrind->stream);
    write_name(callgrind, "ob", &callgrind->modules, function);
    write_name(callgrind, "fl", &callgrind->files, function);
    write_name(callgrind, "fn", &callgrind->functions, function);
    fprintf(callgrind->stream, "%" PRId64 " ", line_of(callgrind, function));
    write_costs(callgrind, self_ns, calls);
}

/* A call is at the line of its caller: where exactly it is made is not known. */
static void write_calls(struct callgrind *callgrind, size_t caller, size_t callee, int64_t calls,
                        int64_t cumulative_ns)
{
    write_name(callgrind, "cob", &callgrind->modules, callee);
    write_name(callgrind, "cfi", &callgrind->files, callee);
    write_name(callgrind, "cfn", &callgrind->functions, callee);
    fprintf(callgrind->stream, "calls=%" PRId64 " %" PRId64 "\n%" PRId64 " ", calls ? calls : 1,
            line_of(callgrind, callee), line_of(callgrind, caller));
    write_costs(callgrind, cumulative_ns, calls);
}

static void write_functions(struct callgrind *callgrind)
{
    const struct export_totals *totals = callgrind->totals;
    size_t edge = 0;
    for (size_t i = 0; i < totals->function_count; i++) {
        begin_function(callgrind, i, totals->functions[i].self_ns, totals->functions[i].calls);
        for (; edge < totals->edge_count && totals->edges[edge].caller == i; edge++)
            write_calls(callgrind, i, totals->edges[edge].callee, totals->edges[edge].calls,
                        totals->edges[edge].cumulative_ns);
    }
}

/* What calls the functions that no function calls: `counted`, or not. */
static void write_callers(struct callgrind *callgrind, size_t other, int64_t self_ns, bool counted)
{
    const struct export_totals *totals = callgrind->totals;
    size_t caller = totals->function_count + other;
    bool begun = self_ns > 0;
    if (begun)
        begin_function(callgrind, caller, self_ns, 0);
    for (size_t i = 0; i < totals->function_count; i++) {
        const struct export_function *function = &totals->functions[i];
        if (counted != (function->uncalled > 0) || (!counted && function->uncalled_ns == 0))
            continue;
        if (!begun)
            begin_function(callgrind, caller, 0, 0);
        begun = true;
        write_calls(callgrind, caller, i, function->uncalled, function->uncalled_ns);
    }
}

static enum status write_programs(struct callgrind *callgrind, struct database *database)
{
    sqlite3_stmt *row;
    bool more;
    enum status status =
        database_prepare(database, "SELECT DISTINCT program FROM processes ORDER BY program", &row);
    const char *before = "cmd: ";
    while (status == STATUS_OK && (status = database_step(database, row, &more)) == STATUS_OK &&
           more) {
        const char *program = database_text(&callgrind->pool, row, 0);
        fprintf(callgrind->stream, "%s%s", before, export_name(&callgrind->pool, program, ""));
        before = ", ";
    }
    sqlite3_finalize(row);
    if (*before == ',')
        fputc('\n', callgrind->stream);
    return status;
}

static void write_totals(struct callgrind *callgrind)
{
    const struct export_totals *totals = callgrind->totals;
    int64_t ns = database_sum(totals->times.outside_ns, totals->times.unattributed_ns), calls = 0;
    for (size_t i = 0; i < totals->function_count; i++) {
        ns = database_sum(ns, totals->functions[i].self_ns);
        calls = database_sum(calls, totals->functions[i].calls);
    }
    fputs("\ntotals: ", callgrind->stream);
    write_costs(callgrind, ns, calls);
}

enum status export_callgrind(FILE *stream, struct database *database)
{
    struct export_totals totals;
    enum status status = export_query_totals(&totals, database);
    struct callgrind callgrind = {
        .stream = stream, .totals = &totals, .count = totals.function_count + OTHERS};
    fputs("# callgrind format\nversion: 1\ncreator: profinst\n", stream);
    if (status == STATUS_OK)
        status = write_programs(&callgrind, database);
    if (status == STATUS_OK) {
        fprintf(stream,
                "positions: line\nevent: ns : Time in nanoseconds\nevent: calls : Calls\n"
                "events: %scalls\n",
                totals.times.known ? "ns " : "");
        make_names(&callgrind);
        write_callers(&callgrind, OUTSIDE, totals.times.outside_ns, true);
        write_callers(&callgrind, COUNTLESS, 0, false);
        if (totals.times.unattributed_ns > 0)
            begin_function(&callgrind, totals.function_count + UNATTRIBUTED,
                           totals.times.unattributed_ns, 0);
        write_functions(&callgrind);
        write_totals(&callgrind);
        names_free(&callgrind.functions);
        names_free(&callgrind.files);
        names_free(&callgrind.modules);
    }
    pool_free(&callgrind.pool);
    export_totals_free(&totals);
    return status;
}
