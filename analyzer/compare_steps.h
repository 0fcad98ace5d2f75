/* Part of compare.c: what its steps share. */
#ifndef PROFINST_ANALYZER_COMPARE_STEPS_H
#define PROFINST_ANALYZER_COMPARE_STEPS_H

#include "compare.h"
#include "places.h"

/* A function of one side. */
struct compare_row {
    int side;
    int64_t id; /* function.id */
    const char *name, *linkage_name;
    const char *module; /* "" of the program itself, so that it may be called otherwise */
    const char *module_name, *file;
    int64_t line;
    bool external, code_known;
    int64_t fingerprint;
    size_t match; /* index of the row of the other side; SIZE_MAX: none */
    bool moved;   /* the match stands elsewhere, or has another name */
};

/* What functions add up to, beside what the comparison tells. */
struct compare_sums {
    double called_ns, timed_calls, self_ns, raw_self_ns;
};

struct comparer {
    struct database *database;
    struct comparison *comparison;
    struct compare_row *rows;
    size_t row_count;
    struct places functions[SIDES];     /* by function.id, as indices of the comparison's */
    struct compare_sums (*sums)[SIDES]; /* by the comparison's functions */
};

/* Finds for each row the one that is the same function on the other side. */
void compare_match(struct compare_row *rows, size_t count);

/* Room for a value of each run, all 0. */
void compared_begin(struct comparison *comparison, struct compared *compared);

/* The index of a function; SIZE_MAX: a damaged database names one that is not there. */
static inline size_t compare_find(const struct comparer *comparer, int side, int64_t id)
{
    return places_find(&comparer->functions[side], id);
}

/* Reads these into the comparison, and their values. */
enum status compare_read_edges(struct comparer *comparer);
enum status compare_read_contexts(struct comparer *comparer);
enum status compare_read_durations(struct comparer *comparer);
enum status compare_read_warnings(struct comparer *comparer);
enum status compare_read_facts(struct comparer *comparer); /* part of these */

/* Adds a sentence, which is not copied. */
void compare_warn(struct comparison *comparison, const char *text);

/* Works out what there is to say of values that are there. */
void compare_judge_runs(struct comparison *comparison);
void compare_judge_functions(struct comparison *comparison);
void compare_judge_edges(struct comparison *comparison);
void compare_judge_contexts(struct comparison *comparison);

/* Finds the reasons, of functions and edges that are judged. */
void compare_find_reasons(struct comparison *comparison);

/* Put what matters most first. */
void compare_sort_functions(struct comparer *comparer);
void compare_sort_edges(struct comparison *comparison);
void compare_sort_contexts(struct comparison *comparison);

#endif
