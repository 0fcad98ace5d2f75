/* Figures and their differences as text. */
#include <math.h>

#include "diff.h"
#include "text.h"

const char *diff_time(struct pool *pool, const struct compared *compared, int side)
{
    return text_duration(pool, compared_whole(compared->figures[side].mean));
}

const char *diff_count(struct pool *pool, const struct compared *compared, int side)
{
    const char *count = text_count(pool, compared_whole(compared->figures[side].mean));
    bool varies = compared->figures[side].least != compared->figures[side].greatest;
    return varies ? pool_format(pool, "≈ %s", count) : count;
}

static enum style style_of(const struct compared *compared)
{
    if (compared->verdict != VERDICT_DIFFERENT)
        return compared->verdict == VERDICT_UNKNOWN ? STYLE_PLAIN : STYLE_MUTED;
    return compared_difference(compared) > 0 ? STYLE_WORSE : STYLE_BETTER;
}

/* With as many digits as tell something. */
static const char *percent(struct pool *pool, double ratio)
{
    double change = 100 * (ratio - 1);
    if (ratio >= 99.95)
        return pool_format(pool, "× %s", text_short_count(pool, compared_whole(ratio)));
    if (ratio >= 10)
        return pool_format(pool, "× %.1f", ratio);
    return pool_format(pool, fabs(change) < 9.95 ? "%+.1f %%" : "%+.0f %%", change);
}

/* Half of the interval of the ratio, in percent; 0: there is none to speak of. */
static double half_interval(const struct compared *compared)
{
    const struct statistics_contrast *contrast = &compared->contrast;
    if (compared->verdict == VERDICT_DIFFERENT)
        return 50 * (contrast->high - contrast->low);
    double before = compared->error[BEFORE] / compared->figures[BEFORE].mean;
    double after = compared->error[AFTER] / compared->figures[AFTER].mean;
    return 100 * contrast->ratio * hypot(before, after);
}

struct grid_cell diff_time_change(struct pool *pool, const struct compared *compared)
{
    struct grid_cell cell = {.text = "-", .style = style_of(compared)};
    bool both = compared->figures[BEFORE].mean > 0 && compared->figures[AFTER].mean > 0;
    if (compared->verdict == VERDICT_SAME || compared->verdict == VERDICT_NOISE) {
        cell.text = compared->verdict == VERDICT_SAME ? "=" : "~";
        return cell;
    }
    if (!both) {
        cell.text = compared->figures[BEFORE].mean > 0 ? "to none" : "from none";
        return cell;
    }
    const char *change = percent(pool, compared->contrast.ratio);
    double half = half_interval(compared);
    const char *mark = compared->verdict == VERDICT_UNKNOWN ? " ?" : "";
    if (half >= 0.05 && compared->contrast.ratio < 10)
        cell.text =
            pool_format(pool, half < 9.95 ? "%s ±%.1f%s" : "%s ±%.0f%s", change, half, mark);
    else
        cell.text = pool_format(pool, "%s%s", change, mark);
    cell.brief = pool_format(pool, "%s%s", change, mark);
    return cell;
}

struct grid_cell diff_count_change(struct pool *pool, const struct compared *compared)
{
    struct grid_cell cell = {.text = "=", .style = style_of(compared)};
    if (compared->verdict == VERDICT_NOISE)
        cell.text = "~";
    if (compared->verdict == VERDICT_SAME || compared->verdict == VERDICT_NOISE)
        return cell;
    int64_t difference = compared_whole(compared_difference(compared));
    const char *sign = difference > 0 ? "+" : "";
    const char *mark = compared->verdict == VERDICT_UNKNOWN ? " ?" : "";
    cell.text = pool_format(pool, "%s%s%s", sign, text_count(pool, difference), mark);
    cell.brief = pool_format(pool, "%s%s%s", sign, text_short_count(pool, difference), mark);
    return cell;
}
