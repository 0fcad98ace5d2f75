#define _GNU_SOURCE
#include "gate_confirm.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gate_steps.h"
#include "launch.h"
#include "progress.h"
#include "run.h"
#include "scratch.h"

/* One of the two, and how it is run. */
struct version {
    const char *label;         /* of the series: "baseline main" */
    char **arguments;          /* NULL behind the last */
    const char *input;         /* file that it reads */
    const char *former_digest; /* of the executable, in the series; NULL: unknown */
    struct series series;      /* of the new runs */
};

struct confirming {
    struct gate *gate;
    struct database *database;
    struct version versions[SIDES];
    long long runs;   /* of each */
    const char *path; /* of the database of the new runs */
    struct pool pool;
};

static size_t count_in_doubt(const struct gate *gate)
{
    size_t count = 0;
    for (size_t i = 0; i < gate->finding_count; i++)
        count += gate_is_in_doubt(&gate->findings[i]);
    return count;
}

/* ---- how they are run ---------------------------------------------------------------------- */

static enum status read_text(struct confirming *confirming, int64_t series, const char *sql,
                             const char **text)
{
    sqlite3_stmt *row;
    bool found;
    enum status status = database_prepare(confirming->database, sql, &row);
    *text = NULL;
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int64(row, 1, series);
    status = database_step(confirming->database, row, &found);
    if (status == STATUS_OK && found)
        *text = database_text(&confirming->pool, row, 0);
    sqlite3_finalize(row);
    return status;
}

static enum status cannot_run(const struct version *version, const char *why)
{
    return fail(STATUS_INPUT, "cannot confirm", version->label,
                "%s; leave out --confirm, or compare series of 'profinst run'", why);
}

/* The program's name gives way to the one that somebody has named. */
static enum status set_arguments(struct confirming *confirming, struct version *version,
                                 const char *json, const char *program)
{
    json_t *array = json_loads(json, 0, NULL);
    size_t count = json_array_size(array);
    version->arguments = memory_array(count + 2, sizeof *version->arguments);
    version->arguments[0] = (char *)program;
    bool good = count > 0;
    for (size_t i = 1; good && i < count; i++) {
        const char *text = json_string_value(json_array_get(array, i));
        good = text != NULL;
        version->arguments[i] = text ? (char *)pool_copy(&confirming->pool, text) : NULL;
    }
    json_decref(array);
    if (good && strlen(json) < SERIES_LONGEST_ARGUMENTS)
        return STATUS_OK;
    return cannot_run(version, good ? "its arguments are too long to be all known"
                                    : "its arguments are not known");
}

static enum status read_version(struct confirming *confirming, int at, const char *program)
{
    const struct side *side = &confirming->gate->comparison->sides->side[at];
    struct version *version = &confirming->versions[at];
    const char *arguments;
    version->label = side->label;
    enum status status = read_text(confirming, side->series,
                                   "SELECT arguments FROM series WHERE id = ?", &arguments);
    if (status == STATUS_OK && !arguments)
        status = cannot_run(version, "it is no series, so nobody knows its arguments");
    if (status == STATUS_OK)
        status = set_arguments(confirming, version, arguments, program);
    if (status == STATUS_OK)
        status = read_text(confirming, side->series,
                           "SELECT value FROM series_fact WHERE series_id = ? AND name = 'stdin'",
                           &version->input);
    if (status == STATUS_OK)
        status = read_text(
            confirming, side->series,
            "SELECT value FROM series_fact WHERE series_id = ? AND name = 'binary.sha256'",
            &version->former_digest);
    if (!version->input)
        version->input = "/dev/null";
    return status;
}

/* ---- runs ---------------------------------------------------------------------------------- */

static enum status run_once(struct confirming *confirming, struct version *version, bool first)
{
    bool refuse =
        (int)confirming->gate->config->values[CONFIG_GATE_FAILED_RUNS] == FAILED_RUNS_REFUSE;
    const struct run_options options = {.arguments = version->arguments,
                                        .database = confirming->path,
                                        .input = version->input,
                                        .runs = 1,
                                        .warmup_runs = first ? 1 : 0,
                                        .discard_output = true,
                                        .ignore_failure = !refuse,
                                        .for_a_while = true};
    const char *program = version->arguments[0];
    int exit_code;
    enum status status = run_program(&options, &version->series, &exit_code);
    if (status != STATUS_OK)
        return status;
    if (launch_interrupted())
        return fail(STATUS_INPUT, "cannot confirm", program,
                    "stopped by signal %d; run the check again", launch_interrupted());
    if (exit_code == RUN_NOT_EXECUTABLE || exit_code == RUN_NOT_FOUND)
        return STATUS_INPUT; /* that has been told */
    if (exit_code != 0)
        return fail(STATUS_INPUT, "cannot confirm", program,
                    "it failed when it was run again (exit code %d); run the check where the "
                    "program was run, or set failed-runs in [gate]",
                    exit_code);
    return version->series.id
               ? STATUS_OK
               : fail(STATUS_INPUT, "cannot confirm", program,
                      "it left no profile when it was run again; run the check where "
                      "the program was run");
}

static bool same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static const char *digest_of(const struct series_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++)
        if (strcmp(facts->items[i].name, "binary.sha256") == 0)
            return facts->items[i].value;
    return NULL;
}

static bool code_changed(const struct comparison *comparison)
{
    for (size_t i = 0; i < comparison->function_count; i++)
        if (comparison->functions[i].code == CODE_CHANGED)
            return true;
    return false;
}

/* Two of the same, or the one in place of the other, would confirm nothing, and so dismiss all. A
 * former version may have been built anew; the one in question is at hand. */
static enum status check_programs(struct confirming *confirming)
{
    const struct version *before = &confirming->versions[BEFORE];
    const struct version *after = &confirming->versions[AFTER];
    const char *old = digest_of(&before->series.facts), *new = digest_of(&after->series.facts);
    struct gate *gate = confirming->gate;
    if (same(old, new) &&
        (!same(before->former_digest, after->former_digest) || code_changed(gate->comparison)))
        return fail(STATUS_INPUT, "cannot confirm", after->arguments[0],
                    "it is the same program as %s, and the series are of two; name the versions "
                    "before and after, or scripts that start each with its libraries",
                    before->arguments[0]);
    if (after->former_digest && new && !same(new, after->former_digest))
        return fail(STATUS_INPUT, "cannot confirm", after->arguments[0],
                    "it is another build than that of %s; name that one, behind the version before",
                    after->label);
    if (before->former_digest && old && !same(old, before->former_digest))
        gate_note(gate, pool_format(&gate->pool, "%s is another build than that of %s.",
                                    before->arguments[0], before->label));
    return STATUS_OK;
}

/* Who is first takes turns, too, so that what changes steadily is no difference between the two. */
static enum status run_by_turns(struct confirming *confirming)
{
    enum status status = STATUS_OK;
    progress_begin_parts("Running both again", (uint64_t)(SIDES * (confirming->runs + 1)));
    for (long long i = 0; status == STATUS_OK && i < SIDES * confirming->runs; i++) {
        int pair = (int)(i / 2 % 2), at = (int)(i % 2) ^ pair;
        status = run_once(confirming, &confirming->versions[at], i < SIDES);
        if (status == STATUS_OK && i == AFTER)
            status = check_programs(confirming);
    }
    progress_end();
    return status;
}

static enum status begin_series(struct version *version)
{
    version->series.arguments = version->arguments;
    series_facts_add_machine(&version->series.facts);
    series_facts_add_settings(&version->series.facts);
    return series_begin(&version->series);
}

/* ---- verdicts ------------------------------------------------------------------------------ */

/* Another directory, environment or input shows in what is called. */
static enum status check_work(const struct confirming *confirming, const struct comparison *again)
{
    const struct compared *then = &confirming->gate->comparison->total_calls;
    const struct compared *now = &again->total_calls;
    for (int i = 0; i < SIDES && then->steady && now->steady; i++)
        if (then->values[i][0] != now->values[i][0])
            return fail(STATUS_INPUT, "cannot confirm", confirming->versions[i].arguments[0],
                        "it does other work than in %s, %.0f calls in place of %.0f; run the check "
                        "where the program was run, with the same input",
                        confirming->versions[i].label, now->values[i][0], then->values[i][0]);
    return STATUS_OK;
}

static size_t fewest_runs(const struct sides *sides)
{
    size_t before = sides->side[BEFORE].run_count, after = sides->side[AFTER].run_count;
    return before < after ? before : after;
}

static enum status judge_again(struct confirming *confirming, struct sides *sides,
                               struct database *database, const char *today)
{
    struct comparison comparison = {0};
    struct gate again = {
        .config = confirming->gate->config, .comparison = &comparison, .first = confirming->gate};
    enum status status = gate_take_runs(again.config, database, sides, &again);
    if (status == STATUS_OK)
        status = compare(database, sides, &comparison);
    if (status == STATUS_OK)
        status = check_work(confirming, &comparison);
    if (status == STATUS_OK && !(comparison.has_times && comparison.same_ground))
        status =
            fail(STATUS_INPUT, "cannot confirm", confirming->versions[AFTER].arguments[0],
                 "its times cannot be compared with those of %s: the builds differ, or one has "
                 "none; build both in the same way",
                 confirming->versions[BEFORE].arguments[0]);
    size_t runs = fewest_runs(sides);
    if (status == STATUS_OK && (double)runs < again.config->values[CONFIG_GATE_LEAST_RUNS])
        status = fail(STATUS_INPUT, "cannot confirm", confirming->versions[AFTER].arguments[0],
                      "only %zu runs of a version did not fail; mend it", runs);
    if (status == STATUS_OK)
        status = gate_judge(&again, database, today);
    if (status == STATUS_OK)
        gate_settle_doubts(confirming->gate, &again, runs);
    gate_free(&again);
    compare_free(&comparison);
    return status;
}

static enum status judge(struct confirming *confirming, const char *today)
{
    struct sides sides = {.command = "check",
                          .database = confirming->path,
                          .contexts = confirming->gate->comparison->has_contexts};
    struct database database;
    for (int i = 0; i < SIDES; i++)
        sides.side[i].text = pool_format(&confirming->pool, "series:%lld",
                                         (long long)confirming->versions[i].series.id);
    enum status status = sides_open(&sides, &database);
    if (status != STATUS_OK)
        return status;
    status = judge_again(confirming, &sides, &database, today);
    sides_close(&sides, &database);
    return status;
}

static enum status run_and_judge(struct confirming *confirming, const char *today)
{
    const char *folder;
    launch_begin(); /* from here on, nothing stays behind */
    enum status status = scratch_make(&confirming->pool, "profinst-check", &folder);
    confirming->path = pool_format(&confirming->pool, "%s/again.db", folder ? folder : "");
    for (int i = 0; status == STATUS_OK && i < SIDES; i++)
        status = begin_series(&confirming->versions[i]);
    if (status == STATUS_OK)
        status = run_by_turns(confirming);
    if (status == STATUS_OK)
        status = judge(confirming, today);
    scratch_remove(folder);
    launch_end();
    return status;
}

/* Fewer runs than the configuration wants of a series would not be judged, and of fewer pairs than
 * these none would be significant. */
static long long runs_of(const struct config *config)
{
    enum { LEAST_PAIRS = 10 };
    double wanted = fmax(config->values[CONFIG_GATE_CONFIRM_RUNS], LEAST_PAIRS);
    return (long long)fmax(wanted, config->values[CONFIG_GATE_LEAST_RUNS]);
}

enum status gate_confirm(struct gate *gate, struct database *database,
                         const char *const programs[SIDES], const char *today)
{
    struct confirming confirming = {
        .gate = gate, .database = database, .runs = runs_of(gate->config)};
    enum status status = STATUS_OK;
    if (count_in_doubt(gate) == 0) {
        gate_end_doubts(gate);
        return STATUS_OK;
    }
    for (int i = 0; status == STATUS_OK && i < SIDES; i++)
        status = read_version(&confirming, i, programs[i]);
    if (status == STATUS_OK)
        status = run_and_judge(&confirming, today);
    for (int i = 0; i < SIDES; i++) {
        free(confirming.versions[i].arguments);
        series_facts_free(&confirming.versions[i].series.facts);
    }
    pool_free(&confirming.pool);
    return status;
}
