/* How pictures show what differs between two sides: in steps of its share of the whole, each with a
 * colour of its own, and in words. Text is in the pool, and printable. */
#ifndef PROFINST_ANALYZER_CHANGE_H
#define PROFINST_ANALYZER_CHANGE_H

#include "compare.h"

/* Steps each way: less is blue, more is red. */
enum { CHANGE_STEPS = 5, CHANGE_COLOURS = 2 * CHANGE_STEPS + 1 };

/* What differences are shares of: all self time before, or all calls. */
struct change_scale {
    bool of_calls; /* there are no times, or nobody asks for them */
    double whole;  /* nanoseconds or calls; 0: there was nothing */
};

struct change_scale change_scale_of(const struct comparison *comparison, bool of_calls);

/* The difference as a share of the whole; 0 of what is the same, or differs by chance. */
double change_share(const struct change_scale *scale, const struct compared *compared);

/* -CHANGE_STEPS to CHANGE_STEPS; 0: next to nothing, or see change_share. */
int change_step(const struct change_scale *scale, const struct compared *compared);

/* From which difference on the step is, for a legend: "-10 %", "less", "=", "more", "+0.3". */
const char *change_step_text(int step);

/* What steps are of: "self time, of all before"; "cumulative time, of all time before"; "calls, of
 * all before". */
const char *change_scale_text(const struct change_scale *scale, bool cumulative);

/* "lua: before.profinst → after.profinst". */
const char *change_title(struct pool *pool, const struct comparison *comparison);

/* Totals of both sides, and how much of their difference may be chance: "5 and 5 runs · self time
 * 1.20 s → 1.50 s (+25 % ±4) · calls 1,000 → 1,200 (+200)". */
const char *change_totals(struct pool *pool, const struct comparison *comparison);

/* NULL, or why colours of times may be those of chance. */
const char *change_doubt(const struct comparison *comparison, const struct change_scale *scale);

/* "new", "gone"; "" of what is on both sides. */
const char *change_presence(enum compare_presence presence);

/* "1.20 s → 1.50 s (+25 % ±4)", "1,000 → 1,200 (+200)"; of what is on one side only, its figure;
 * of calls that are the same, "1,000"; of no time, as calls that are all inlined have, "-". */
const char *change_time(struct pool *pool, const struct compared *compared,
                        enum compare_presence presence);
const char *change_calls(struct pool *pool, const struct compared *compared,
                         enum compare_presence presence);

#endif
