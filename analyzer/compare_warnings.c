/* What makes two sides hard to compare, as far as profiles and series know. */
#include <stdlib.h>
#include <string.h>

#include "compare_steps.h"
#include "json.h"
#include "text.h"

/* What there is to know of a side. */
struct ground {
    const char *program, *arguments; /* of the process that began first */
    const char *timing;              /* "auto", "exact", "counts"; NULL: not all have the same */
    bool has_clock;
    double lost_calls;
    int64_t programs, lists_of_arguments, folded; /* how many differ, and are folded */
};

void compare_warn(struct comparison *comparison, const char *text)
{
    size_t capacity = comparison->warning_count;
    comparison->warnings = memory_grow(comparison->warnings, &capacity, comparison->warning_count,
                                       sizeof *comparison->warnings);
    comparison->warnings[comparison->warning_count++] = text;
}

static const char ground_of_side[] =
    "WITH chosen AS (SELECT process.* FROM temp.compare_process AS listed"
    "  JOIN process ON process.id = listed.process_id WHERE listed.side = ?1),"
    "first AS (SELECT program, arguments FROM (SELECT program, arguments, row_number()"
    "  OVER (PARTITION BY run_id ORDER BY started_unix_ns, id) AS place FROM chosen)"
    "  WHERE place = 1)"
    "SELECT (SELECT program FROM chosen ORDER BY started_unix_ns, id LIMIT 1),"
    " (SELECT arguments FROM chosen ORDER BY started_unix_ns, id LIMIT 1),"
    " iif(min(timing) = max(timing), min(timing), NULL), count(ticks_per_second) = count(*),"
    " total(lost_calls), (SELECT count(DISTINCT program) FROM first),"
    " (SELECT count(DISTINCT arguments) FROM first),"
    " (SELECT count(*) FROM thread JOIN thread_total ON thread_total.thread_id = thread.id"
    "  WHERE thread.process_id IN (SELECT id FROM chosen) AND folded_calls > 0)"
    " FROM chosen";

static enum status read_ground(struct comparer *comparer, int side, struct ground *ground)
{
    struct pool *pool = &comparer->comparison->pool;
    sqlite3_stmt *row;
    bool found;
    enum status status = database_prepare(comparer->database, ground_of_side, &row);
    if (status != STATUS_OK)
        return status;
    sqlite3_bind_int(row, 1, side);
    status = database_step(comparer->database, row, &found);
    if (status == STATUS_OK)
        *ground = (struct ground){
            .program = database_text(pool, row, 0),
            .arguments = database_text(pool, row, 1),
            .timing = database_known_text(pool, row, 2),
            .has_clock = sqlite3_column_int(row, 3),
            .lost_calls = sqlite3_column_double(row, 4),
            .programs = sqlite3_column_int64(row, 5),
            .lists_of_arguments = sqlite3_column_int64(row, 6),
            .folded = sqlite3_column_int64(row, 7),
        };
    sqlite3_finalize(row);
    return status;
}

/* Behind the program's own name, which may be another path. */
static bool same_arguments(const char *a, const char *b)
{
    json_error_t error;
    json_t *left = json_loads(a, 0, &error), *right = json_loads(b, 0, &error);
    bool same = json_array_size(left) == json_array_size(right);
    for (size_t i = 1; same && i < json_array_size(left); i++)
        same = json_equal(json_array_get(left, i), json_array_get(right, i));
    json_decref(left);
    json_decref(right);
    return same;
}

static void warn_of_programs(struct comparison *comparison, const struct ground *grounds)
{
    const struct ground *before = &grounds[BEFORE], *after = &grounds[AFTER];
    const char *names[SIDES] = {text_base_name(before->program), text_base_name(after->program)};
    if (strcmp(names[BEFORE], names[AFTER]) != 0)
        compare_warn(comparison, pool_format(&comparison->pool,
                                             "The programs have other names: %s before, %s "
                                             "after.",
                                             names[BEFORE], names[AFTER]));
    if (before->programs > 1 || after->programs > 1)
        compare_warn(comparison, "Runs of one side are of several programs.");
    if (before->lists_of_arguments > 1 || after->lists_of_arguments > 1)
        compare_warn(comparison, "Runs of one side had different arguments.");
    else if (!same_arguments(before->arguments, after->arguments))
        compare_warn(comparison, "The programs had different arguments.");
}

static void warn_of_times(struct comparison *comparison, const struct ground *grounds)
{
    const char *before = grounds[BEFORE].timing, *after = grounds[AFTER].timing;
    for (int i = 0; i < SIDES; i++)
        comparison->has_times &=
            grounds[i].has_clock && grounds[i].timing && strcmp(grounds[i].timing, "counts") != 0;
    if (!before || !after)
        compare_warn(comparison,
                     "Runs of one side were timed in different ways (PROFINST_TIMING).");
    else if (strcmp(before, after) != 0)
        compare_warn(comparison,
                     pool_format(&comparison->pool,
                                 "Times were taken in different ways (PROFINST_TIMING): "
                                 "%s before, %s after.",
                                 before, after));
}

static void warn_of_side(struct comparison *comparison, int i, const struct ground *ground)
{
    static const char *const when[] = {"before", "after"};
    struct pool *pool = &comparison->pool;
    size_t left_out = comparison->sides->side[i].left_out;
    if (ground->lost_calls > 0)
        compare_warn(comparison, pool_format(pool, "Calls could not be recorded (%s): %.0f.",
                                             when[i], ground->lost_calls));
    if (ground->folded > 0)
        compare_warn(comparison,
                     pool_format(pool,
                                 "There were more contexts than PROFINST_MAX_CONTEXTS (%s): "
                                 "cumulative times lack what is folded.",
                                 when[i]));
    if (left_out > 0)
        compare_warn(comparison,
                     pool_format(pool,
                                 "Runs that left no profile, or were ended by a signal, are left "
                                 "out (%s): %zu.",
                                 when[i], left_out));
}

enum status compare_read_warnings(struct comparer *comparer)
{
    struct comparison *comparison = comparer->comparison;
    struct ground grounds[SIDES];
    enum status status = STATUS_OK;
    for (int i = 0; status == STATUS_OK && i < SIDES; i++)
        status = read_ground(comparer, i, &grounds[i]);
    if (status != STATUS_OK)
        return status;
    for (int i = 0; i < SIDES; i++)
        comparison->program[i] = grounds[i].program;
    warn_of_programs(comparison, grounds);
    warn_of_times(comparison, grounds);
    for (int i = 0; i < SIDES; i++)
        warn_of_side(comparison, i, &grounds[i]);
    return compare_read_facts(comparer);
}
