/* Steps of profile_open; see profile.h. */
#ifndef PROFINST_ANALYZER_PROFILE_TREE_H
#define PROFINST_ANALYZER_PROFILE_TREE_H

#include "image.h"
#include "profile.h"

/* Checks what can only be seen in the whole trees: roots, recursion, chains. */
enum status profile_check_trees(const struct image *image, struct profile *profile);

/* Gives each thread's current context the time up to the end, turns ticks into nanoseconds and sums
 * up the trees. Needs the checks done and end_ticks set. */
enum status profile_settle(const struct image *image, struct profile *profile);

#endif
