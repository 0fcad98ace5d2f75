/* What histories say in words, alike in all formats. */
#include <math.h>
#include <string.h>

#include "history.h"
#include "text.h"

enum { COMMIT_WIDTH = 12 };

const char *history_moment(struct history *history, const struct history_point *point)
{
    return text_moment(&history->pool, point->started_unix_ns);
}

const char *history_what(const struct history *history)
{
    static const char *const names[] = {"self time",      "cumulative time", "calls",
                                        "time of a call", "p95 of a call",   "wall time"};
    return names[history->options.what];
}

const char *history_change(struct history *history, double before, double after)
{
    if (!(before > 0) || !isfinite(after))
        return "-";
    double percent = 100 * (after / before - 1);
    if (fabs(percent) >= 1e6)
        return pool_format(&history->pool, "%+.2g %%", percent);
    return pool_format(&history->pool, "%+.*f %%", percent < 999.95 ? 1 : 0, percent);
}

const char *history_confidence(struct history *history, const struct history_function *function,
                               const struct change_point *step)
{
    if (function->steps.exact)
        return "exact";
    if (step->p < 0.0001)
        return "> 99.99 %";
    /* Rounded down. */
    return pool_format(&history->pool, "%.2f %%", floor(10000 * (1 - step->p)) / 100);
}

const struct change_point *history_step_at(const struct history_function *function, size_t point)
{
    for (size_t i = 0; i < function->steps.count; i++)
        if (function->steps.steps[i].at == point)
            return &function->steps.steps[i];
    return NULL;
}

const char *history_commit(struct history *history, const struct history_point *point)
{
    if (!point->commit)
        return "-";
    const char *text = text_printable(&history->pool, point->commit);
    bool is_hash = strspn(text, "0123456789abcdef") == strlen(text);
    const char *brief = is_hash ? pool_format(&history->pool, "%.*s", COMMIT_WIDTH, text)
                                : text_cut(&history->pool, text, COMMIT_WIDTH);
    return point->dirty ? pool_format(&history->pool, "%s-dirty", brief) : brief;
}
