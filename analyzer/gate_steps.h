/* Between the steps of judging: what is judged, by which limits. */
#ifndef PROFINST_ANALYZER_GATE_STEPS_H
#define PROFINST_ANALYZER_GATE_STEPS_H

#include "gate.h"

#define GATE_NONE SIZE_MAX

/* Shares are much less than what statistics take for nothing. */
#define GATE_UNIT_OF_SHARES 1e9

/* Something with a value in each run, and the limits that hold for it. */
struct gate_quantity {
    enum gate_what what;
    const struct compared *compared;
    size_t function; /* of the comparison: the one in whose scope it is; GATE_NONE: whole program */
    const char *name; /* as of a finding; NULL: the path of `context` */
    const struct compared_context *context;
    enum compare_presence presence;
    bool together; /* of several functions, by the rule `only` */
    const struct gate_rule *only;
    double whole; /* of the program, in the same unit, for its weight */
    /* Limits by severity, and the rules that set them, NULL: none; of what is past several, the
     * worst counts. */
    struct gate_limit limits[GATE_SEVERITIES];
    const struct gate_rule *rules[GATE_SEVERITIES];
    struct statistics_contrast contrast; /* what is tested; and where runs took turns: */
    struct statistics_pairs pairs;
    const struct gate_finding *doubt; /* then: what was found of it before */
    bool beside_others; /* of times that are taken beside those of the other functions */
};

/* Quantities whose verdict needs all of them, because it is corrected for how many there are. */
struct gate_tests {
    struct gate_quantity *quantities;
    size_t count, capacity;
};

/* What was left alone, to be told at the end. */
struct gate_left {
    size_t unsteady;
    const char *unsteady_name; /* the first */
};

/* What a rule asks for, and nobody knows. */
struct gate_unknown {
    size_t count;
    const char *name; /* the first */
};

struct gate_judging {
    struct gate *gate;
    struct gate_tests tests;
    struct gate_left left;
    enum gate_severity *calls;    /* of each function: what was found of its calls */
    bool *fitted;                 /* of each rule: something is in its scope */
    struct gate_unknown *unknown; /* likewise */
    bool times, times_after;      /* they can be compared; there are some */
    bool enough_runs;             /* for times */
};

/* Limits for the quantity; false: there is none. Targets are judged at once. */
bool gate_limits(struct gate_judging *judging, struct gate_quantity *quantity);
bool gate_has_limit(const struct gate_quantity *quantity);

/* A rule of the configuration wants it judged, however small or unsteady it is. */
bool gate_is_by_rule(const struct gate_quantity *quantity);

/* Of the limits, those alone that hold where it was nothing before: of nothing there is no share to
 * grow by. Or those of rules: the general ones of what is exact say nothing of what varies. */
void gate_keep_differences(struct gate_quantity *quantity);
void gate_keep_rules(struct gate_quantity *quantity);

/* Holds it against the limit of the rule, whatever it was before. */
void gate_judge_target(struct gate_judging *judging, const struct gate_quantity *quantity,
                       const struct gate_rule *rule);

/* Judges it, or keeps it for gate_judge_tests. */
void gate_judge_quantity(struct gate_judging *judging, struct gate_quantity *quantity);
void gate_judge_tests(struct gate_judging *judging);

/* Where runs took turns: those of one number are a pair. */
void gate_compare_pairs(const struct gate_judging *judging, struct gate_quantity *quantity,
                        double *const values[SIDES], const size_t counts[SIDES]);

/* Of self times that are tested: takes out what all functions have in common. */
void gate_compare_beside_others(struct gate_judging *judging);

/* Percentiles, averages and shares of each run, and time before main, of which comparisons know
 * nothing: judged only where rules ask for them. */
enum status gate_judge_runs(struct gate_judging *judging, struct database *database);

/* Limits are met where they are reached, whatever the last bit of a product is. */
#define GATE_SLACK (1 + 1e-12)

/* The calls of the function that an edge leads to are told of as badly already. */
bool gate_is_told(const struct gate_judging *judging, const struct gate_quantity *quantity,
                  enum gate_severity severity);

/* A finding of the quantity, and a new one. */
struct gate_finding gate_describe(struct gate *gate, const struct gate_quantity *quantity,
                                  enum gate_severity severity);
struct gate_finding *gate_add(struct gate_judging *judging, const struct gate_quantity *quantity,
                              enum gate_severity severity);
void gate_note(struct gate *gate, const char *text);

/* Zeroed room for numbers and structures, which pools, being for text, do not align. Lives as long
 * as the gate. */
void *gate_room(struct gate *gate, size_t count, size_t size);

/* What chance may be the reason of: times, and numbers of calls that vary. */
bool gate_is_in_doubt(const struct gate_finding *finding);

/* The same quantity, held against the same kind of limit; against targets, that of the same rule.
 */
bool gate_same(const struct gate_finding *a, const struct gate_finding *b);

/* Takes over what another gate has found of them, so many runs of each version later. */
void gate_settle_doubts(struct gate *gate, const struct gate *again, size_t runs);

/* What is neither certain nor confirmed is no finding. */
void gate_end_doubts(struct gate *gate);

/* Sorts and counts them once more. */
void gate_settle(struct gate *gate);

/* What is put up with becomes a note. */
void gate_apply_allows(struct gate *gate, const char *today);

#endif
