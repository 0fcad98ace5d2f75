#include "change.h"

#include <math.h>
#include <string.h>

#include "diff.h"
#include "text.h"

/* Where the steps begin: what is shown as 0.0 % is none. Most functions have small shares, so that
 * the scale climbs fast. */
static const double least[CHANGE_STEPS] = {0.0005, 0.003, 0.01, 0.03, 0.1};

struct change_scale change_scale_of(const struct comparison *comparison, bool of_calls)
{
    struct change_scale scale = {.of_calls = of_calls || !comparison->has_times};
    const struct compared *all = scale.of_calls ? &comparison->total_calls : &comparison->self_ns;
    scale.whole = all->figures[BEFORE].mean;
    return scale;
}

double change_share(const struct change_scale *scale, const struct compared *compared)
{
    if (!compared_may_differ(compared))
        return 0;
    double difference = compared_difference(compared);
    /* Where there was nothing, anything is much. */
    return scale->whole > 0 ? difference / scale->whole : difference > 0 ? 1 : 0;
}

int change_step(const struct change_scale *scale, const struct compared *compared)
{
    double share = change_share(scale, compared);
    int step = CHANGE_STEPS;
    while (step > 0 && fabs(share) < least[step - 1])
        step--;
    return share > 0 ? step : -step;
}

const char *change_step_text(int step)
{
    static const char *const texts[CHANGE_COLOURS] = {
        "-10 %", "-3", "-1", "-0.3", "less", "=", "more", "+0.3", "+1", "+3", "+10 %",
    };
    return texts[step + CHANGE_STEPS];
}

const char *change_scale_text(const struct change_scale *scale, bool cumulative)
{
    return scale->of_calls ? "calls, of all before"
           : cumulative    ? "cumulative time, of all time before"
                           : "self time, of all before";
}

const char *change_title(struct pool *pool, const struct comparison *comparison)
{
    const struct side *side = comparison->sides->side;
    const char *program = comparison->program[AFTER];
    const char *sides = pool_format(pool, "%s → %s", text_printable(pool, side[BEFORE].label),
                                    text_printable(pool, side[AFTER].label));
    return program
               ? pool_format(pool, "%s: %s", text_printable(pool, text_base_name(program)), sides)
               : sides;
}

static const char *runs(struct pool *pool, const struct sides *sides)
{
    size_t before = sides->side[BEFORE].run_count, after = sides->side[AFTER].run_count;
    if (before == 1 && after == 1)
        return "one run each";
    return pool_format(pool, "%zu and %zu runs", before, after);
}

const char *change_totals(struct pool *pool, const struct comparison *comparison)
{
    const char *calls = change_calls(pool, &comparison->total_calls, IN_BOTH);
    const char *count = runs(pool, comparison->sides);
    if (!comparison->has_times)
        return pool_format(pool, "%s · calls %s · times are not known of both", count, calls);
    return pool_format(pool, "%s · self time %s · calls %s", count,
                       change_time(pool, &comparison->self_ns, IN_BOTH), calls);
}

const char *change_doubt(const struct comparison *comparison, const struct change_scale *scale)
{
    const struct side *side = comparison->sides->side;
    bool one = side[BEFORE].run_count == 1 || side[AFTER].run_count == 1;
    return one && !scale->of_calls
               ? "a side has one run only: what differs in times (?) may be chance"
               : NULL;
}

const char *change_presence(enum compare_presence presence)
{
    return presence == ONLY_AFTER ? "new" : presence == ONLY_BEFORE ? "gone" : "";
}

static const char *pair(struct pool *pool, const char *before, const char *after,
                        struct grid_cell change)
{
    return pool_format(pool, "%s → %s (%s)", before, after, change.text);
}

static bool is_none(const struct compared *time, int side)
{
    return time->figures[side].mean == 0;
}

static const char *time_of(struct pool *pool, const struct compared *time, int side)
{
    return is_none(time, side) ? "-" : diff_time(pool, time, side);
}

const char *change_time(struct pool *pool, const struct compared *compared,
                        enum compare_presence presence)
{
    const char *before = time_of(pool, compared, BEFORE), *after = time_of(pool, compared, AFTER);
    if (presence != IN_BOTH)
        return presence == ONLY_BEFORE ? before : after;
    return is_none(compared, BEFORE) && is_none(compared, AFTER)
               ? before
               : pair(pool, before, after, diff_time_change(pool, compared));
}

const char *change_calls(struct pool *pool, const struct compared *compared,
                         enum compare_presence presence)
{
    if (presence != IN_BOTH || compared->verdict == VERDICT_SAME)
        return diff_count(pool, compared, presence == ONLY_BEFORE ? BEFORE : AFTER);
    return pair(pool, diff_count(pool, compared, BEFORE), diff_count(pool, compared, AFTER),
                diff_count_change(pool, compared));
}
