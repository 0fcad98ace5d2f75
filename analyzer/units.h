/* What the plugin noted in all units of a profile, held against the functions of the profile. */
#ifndef PROFINST_ANALYZER_UNITS_H
#define PROFINST_ANALYZER_UNITS_H

#include "choice.h"
#include "profile.h"

struct unit {
    struct choice choice;
    profile_index object;
    profile_index
        *functions;    /* of the profile, by index of the choice; PROFILE_NONE: never called */
    uint32_t *by_name; /* indexes of the choice, by linkage name */
    struct unit_long_text *long_texts;
    size_t long_count, long_capacity;
};

struct unit_set {
    struct pool pool;
    const struct profile *profile;
    struct unit *units;
    size_t count;
    bool quiet;
    bool all_tell; /* every unit of the profile has its sites here */

    struct unit_name *names; /* functions of the profile, by linkage name, object, file and line */
    uint32_t *flags;         /* of functions */
    struct unit_choice *choices; /* what was decided about linkage names, by these */
    size_t choice_count, choice_capacity;
};

/* Fails only if a selection of the profile is damaged, and says so unless `quiet`. units_close in
 * any case. */
enum status units_open(struct unit_set *set, const struct profile *profile, bool quiet);
void units_close(struct unit_set *set);

/* A string of the unit as the profile's names are: cut if it is overlong. */
const char *units_text(const struct unit *unit, uint32_t offset);

/* Index of the unit's function; UINT32_MAX: there is none. */
uint32_t units_local(const struct unit *unit, const char *name);

/* Whether calls of the function count, if there are any. */
bool units_measures(const struct unit_set *set, const struct unit *unit, uint32_t index);

/* The same of a name, in any unit. UNITS_LEFT_OUT: units define it, and none measures it. */
enum units_decision { UNITS_UNKNOWN, UNITS_LEFT_OUT, UNITS_MEASURED };
enum units_decision units_decided(const struct unit_set *set, const char *linkage_name);

/* PROFINST_SITE_ELSEWHERE if a function of the profile may be called from elsewhere than selected
 * functions by its name, with PROFINST_SITE_HANDLER if it may be a signal handler. */
uint32_t units_flags(const struct unit_set *set, profile_index function);

#endif
