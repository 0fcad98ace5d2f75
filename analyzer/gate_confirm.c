#define _GNU_SOURCE
#include "gate_confirm.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gate_steps.h"
#include "launch.h"
#include "progress.h"
#include "run.h"
#include "scratch.h"

/* One of the two, and how it is run. */
struct version {
    const char *label; /* of the series: "baseline main" */
    char **arguments;  /* NULL behind the last */
    const char *input; /* file that it reads */
    const char *digest,
        *former_digest;   /* of the executable, now and in the series; NULL: unknown */
    struct series series; /* of the new runs */
};

struct confirming {
    struct gate *gate;
    struct database *database;
    struct version versions[SIDES];
    long long runs;   /* of each */
    const char *path; /* of the database of the new runs */
    struct pool pool;
};

static bool is_in_doubt(const struct gate_finding *finding)
{
    return finding->severity >= GATE_WARN && gate_varies(finding);
}

static size_t count_in_doubt(const struct gate *gate)
{
    size_t count = 0;
    for (size_t i = 0; i < gate->finding_count; i++)
        count += is_in_doubt(&gate->findings[i]);
    return count;
}

/* ---- how they are run ---------------------------------------------------------------------- */

static enum status read_texts(struct confirming *confirming, int64_t series, const char *sql,
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
        *text = pool_copy(&confirming->pool, database_text(&confirming->pool, row, 0));
    sqlite3_finalize(row);
    return status;
}

/* Each run reads it from the start. */
static const char *own_input(void)
{
    struct stat about;
    bool again = fstat(STDIN_FILENO, &about) == 0 && S_ISREG(about.st_mode);
    return again ? "/dev/stdin" : "/dev/null";
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
    enum status status = read_texts(confirming, side->series,
                                    "SELECT arguments FROM series WHERE id = ?", &arguments);
    if (status == STATUS_OK && !arguments)
        status = cannot_run(version, "it is no series, so nobody knows its arguments");
    if (status == STATUS_OK)
        status = set_arguments(confirming, version, arguments, program);
    if (status == STATUS_OK)
        status = read_texts(confirming, side->series,
                            "SELECT value FROM series_fact WHERE series_id = ? AND name = 'stdin'",
                            &version->input);
    if (status == STATUS_OK)
        status = read_texts(
            confirming, side->series,
            "SELECT value FROM series_fact WHERE series_id = ? AND name = 'binary.sha256'",
            &version->former_digest);
    if (!version->input)
        version->input = own_input();
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
                                        .own_progress = true};
    int exit_code;
    enum status status = run_program(&options, &version->series, &exit_code);
    if (status == STATUS_OK && launch_interrupted())
        status = fail(STATUS_INPUT, "cannot confirm", version->arguments[0],
                      "stopped by signal %d; run the check again", launch_interrupted());
    else if (status == STATUS_OK && exit_code != 0)
        status = fail(STATUS_INPUT, "cannot confirm", version->arguments[0],
                      "it failed when it was run again (exit code %d); run the check where the "
                      "program was run, or set failed-runs in [gate]",
                      exit_code);
    return status;
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

/* Two of the same, or the one in place of the other, would confirm nothing, and so dismiss all. */
static enum status check_programs(struct confirming *confirming)
{
    const struct version *before = &confirming->versions[BEFORE];
    const struct version *after = &confirming->versions[AFTER];
    const char *digests[SIDES];
    for (int i = 0; i < SIDES; i++)
        digests[i] = digest_of(&confirming->versions[i].series.facts);
    if (same(before->former_digest, after->former_digest))
        return STATUS_OK;
    if (same(digests[BEFORE], digests[AFTER]))
        return fail(STATUS_INPUT, "cannot confirm", after->arguments[0],
                    "it is the same program as %s; name the versions before and after",
                    before->arguments[0]);
    if (same(digests[BEFORE], after->former_digest) || same(digests[AFTER], before->former_digest))
        return fail(
            STATUS_INPUT, "cannot confirm", after->arguments[0],
            "the two are the wrong way round, as %s and %s have noted their checksums; name "
            "the version before first",
            before->label, after->label);
    for (int i = 0; i < SIDES; i++) {
        const struct version *version = &confirming->versions[i];
        if (version->former_digest && !same(digests[i], version->former_digest))
            gate_note(confirming->gate,
                      pool_format(&confirming->gate->pool, "%s is another build than that of %s.",
                                  version->arguments[0], version->label));
    }
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

static const struct gate_finding *find_again(const struct gate *again,
                                             const struct gate_finding *finding)
{
    for (size_t i = 0; i < again->finding_count; i++)
        if (gate_same(&again->findings[i], finding))
            return &again->findings[i];
    return NULL;
}

static void settle(struct gate *gate, const struct gate *again, long long runs)
{
    size_t all = 0, confirmed = 0;
    for (size_t i = 0; i < gate->finding_count; i++) {
        struct gate_finding *finding = &gate->findings[i];
        if (!is_in_doubt(finding))
            continue;
        const struct gate_finding *found = find_again(again, finding);
        finding->again = (struct gate_again){.runs = (size_t)runs,
                                             .confirmed = found && found->severity >= GATE_WARN,
                                             .before = found ? found->before : NAN,
                                             .after = found ? found->after : NAN,
                                             .ratio = found ? found->ratio : NAN,
                                             .low = found ? found->low : NAN,
                                             .high = found ? found->high : NAN,
                                             .p = found ? found->p : NAN};
        all++;
        confirmed += finding->again.confirmed;
        if (!finding->again.confirmed)
            finding->severity = GATE_NOTE;
        else if (found->severity < finding->severity)
            finding->severity = found->severity;
    }
    gate_note(gate,
              pool_format(&gate->pool,
                          "Both versions were run %lld times more, by turns: %zu of the %zu %s "
                          "of times %s again.",
                          runs, confirmed, all, all == 1 ? "finding" : "findings",
                          confirmed == 1 ? "was there" : "were there"));
    gate_settle(gate);
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
    if (status == STATUS_OK && !(comparison.has_times && comparison.same_ground))
        status = fail(STATUS_INPUT, "cannot confirm", confirming->versions[AFTER].arguments[0],
                      "its times cannot be compared with those of %s (%s); build both in the same "
                      "way",
                      confirming->versions[BEFORE].arguments[0],
                      comparison.warning_count > 0 ? comparison.warnings[0] : "a side has none");
    if (status == STATUS_OK)
        status = gate_judge(&again, database, today);
    if (status == STATUS_OK)
        settle(confirming->gate, &again, confirming->runs);
    gate_free(&again);
    compare_free(&comparison);
    return status;
}

static enum status judge(struct confirming *confirming, const char *today)
{
    struct sides sides = {.command = "check", .database = confirming->path};
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
    enum { LEAST_PAIRS = 5 };
    double wanted = fmax(config->values[CONFIG_GATE_CONFIRM_RUNS], LEAST_PAIRS);
    return (long long)fmax(wanted, config->values[CONFIG_GATE_LEAST_RUNS]);
}

enum status gate_confirm(struct gate *gate, struct database *database,
                         const char *const programs[SIDES], const char *today)
{
    struct confirming confirming = {
        .gate = gate, .database = database, .runs = runs_of(gate->config)};
    enum status status = STATUS_OK;
    if (count_in_doubt(gate) == 0)
        return STATUS_OK;
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
