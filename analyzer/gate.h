/* The gate: judges a comparison by the rules of the configuration. docs/GATE.md has the reasons. */
#ifndef PROFINST_ANALYZER_GATE_H
#define PROFINST_ANALYZER_GATE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "compare.h"
#include "config.h"
#include "style.h"

/* What came of running both versions again, by turns. */
struct gate_again {
    size_t runs;                               /* of each; 0: nobody did that, and all else is 0 */
    bool confirmed, unknown;                   /* unknown: it could not be judged again */
    double before, after, ratio, low, high, p; /* as of a finding; NAN: unknown */
};

/* Something that is past a limit, or differs and is worth a word. */
struct gate_finding {
    enum gate_severity severity;
    enum gate_what what;
    const char *rule; /* "exact", "time", "new", or the name of a rule of the configuration */
    size_t function;  /* of the comparison; SIZE_MAX: none */
    const char *name; /* "parse", "main > parse", "program", "rule parser" */
    const char *linkage_name, *file; /* NULL: unknown, or none */
    int64_t line;                    /* 0: likewise */
    double before, after;            /* mean of the runs, of a target the median; NAN: unknown */
    struct gate_limit limit;
    bool together;           /* of several functions, by the rule */
    bool exact;              /* the number of calls is the same in all runs of a side */
    double ratio, low, high; /* of geometric means, and its 95 % confidence interval; NAN: none */
    bool beside_others;      /* these are of times beside those of the other functions */
    double p;                /* corrected for all that was judged so; NAN: none */
    const char *reason;      /* "called more, most by main"; "" */
    const struct gate_allow *allow; /* NULL: it is not allowed */
    size_t follows; /* of the comparison: the function whose own calls explain it; SIZE_MAX: none */
    struct gate_again again;
    double weight; /* how much of the whole program the difference is; the worst comes first */
};

struct gate {
    const struct config *config;
    struct comparison *comparison;
    bool confirms; /* what is not certain is found as well, as GATE_OFF, for gate_confirm to settle
                    */
    /* What this one is to confirm: of all that is tested, it tests what the other one has found,
     * and tells of that whatever comes of it (GATE_OFF: nothing). NULL: it is the first itself. */
    const struct gate *first;
    struct gate_finding *findings; /* the worst first */
    size_t finding_count, finding_capacity;
    size_t counts[GATE_SEVERITIES]; /* how many there are */
    const char **notes;             /* sentences: what was not judged, and why */
    size_t note_count, note_capacity;
    size_t judged[GATE_WHATS]; /* quantities, below their limits or past them */
    void **blocks;             /* of gate_room */
    size_t block_count, block_capacity;
    struct pool pool;
};

/* Takes runs that failed from the sides, or refuses them, as the configuration says. Comes before
 * the comparison. */
enum status gate_take_runs(const struct config *config, struct database *database,
                           struct sides *sides, struct gate *gate);

/* `today`: "2026-11-30". Zero the gate, set config and comparison. gate_free in any case. */
enum status gate_judge(struct gate *gate, struct database *database, const char *today);
void gate_free(struct gate *gate);

/* GATE_OFF: nothing to tell; of GATE_NOTE, nothing to act on either. */
enum gate_severity gate_verdict(const struct gate *gate);

/* Quantities that count calls, or that do not. */
size_t gate_judged(const struct gate *gate, bool counts);

/* "FAILED: 2 failures, 1 warning". In the pool. */
const char *gate_headline(struct pool *pool, const struct gate *gate);

/* Formats. `limit`: how many findings at most; 0: all. */
void gate_write_table(FILE *stream, struct gate *gate, size_t limit, const struct screen *screen);
void gate_write_markdown(FILE *stream, struct gate *gate);
void gate_write_json(FILE *stream, struct gate *gate);
void gate_write_github(FILE *stream, struct gate *gate, size_t limit);
void gate_write_junit(FILE *stream, struct gate *gate);

/* Parts of a finding as text, in the pool. */
const char *gate_subject(struct pool *pool, const struct gate_finding *finding); /* "calls of f" */
const char *gate_value(struct pool *pool, const struct gate_finding *finding, double value);
const char *gate_change(struct pool *pool, const struct gate_finding *finding); /* "+20.3 %" */
const char *gate_limit(const struct gate_finding *finding); /* "5 %"; "-": it has none */
const char *gate_certainty(struct pool *pool, const struct gate_finding *finding);
const char *gate_sentence(struct pool *pool, const struct gate_finding *finding);
const char *gate_why(struct pool *pool, const struct gate_finding *finding);

#endif
