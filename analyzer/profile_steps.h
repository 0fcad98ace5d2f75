/* Steps of profile_open; see profile.h. */
#ifndef PROFINST_ANALYZER_PROFILE_STEPS_H
#define PROFINST_ANALYZER_PROFILE_STEPS_H

#include "image.h"
#include "profile.h"

/* Of a profile, all together: two years of a call each nanosecond. More is damage, and the sum of
 * less fits 64 bits, also over a hundred profiles. */
#define PROFILE_MOST_CALLS (UINT64_C(1) << 56)

/* FNV-1a over words: content is told apart, not protected. */
uint64_t profile_digest(const void *bytes, uint64_t size);

enum { PROFILE_LONGEST_NAME = 4096 };

/* A name as all of profinst knows it: one that is overlong is cut, and ends in a digest. */
const char *profile_copy_name(struct pool *pool, const char *name);

/* Objects, source files, functions, code and units. */
enum status profile_read_names(const struct image *image, struct profile *profile);

/* What was selected in units. Needs names. */
enum status profile_read_selections(const struct image *image, struct profile *profile);

/* The trees, with the calls of inlined frames as contexts of their own, which of them each thread
 * is in, and the durations. Needs names and threads. */
enum status profile_read_contexts(const struct image *image, struct profile *profile);

/* The contexts of inlined calls, found by their caller's context and their function. */
struct inlined_contexts {
    uint32_t *slots; /* index of a context and one; 0: free */
    size_t count, capacity;
};

/* A new context, which is to be filled in. */
profile_index profile_new_context(struct profile *profile);

/* The one of these two; it is made, without calls, if there is none. */
profile_index profile_inlined_context(struct profile *profile, struct inlined_contexts *known,
                                      profile_index parent, profile_index function);

/* Checks what can only be seen in the whole trees: recursion and chains. Marks what is nested. */
enum status profile_check_trees(const struct image *image, struct profile *profile);

/* The context that a reference names, among those that profile_read_contexts has `named`;
 * PROFILE_NONE: there is none. */
profile_index profile_find_context(const struct image *image, const profile_index *named,
                                   uint32_t reference);

/* The histograms of durations. Needs names, threads and contexts. */
enum status profile_read_durations(const struct image *image, struct profile *profile,
                                   const profile_index *named);

/* Divides the time of groups among their members and takes out what the profiler took: raw and
 * corrected ticks, and errors, of contexts and functions. Needs self_ticks settled. */
void profile_correct(struct profile *profile);

/* Gives each thread's current context the time up to the end, turns ticks into nanoseconds and sums
 * up the trees. Needs the checks done and end_ticks set. */
enum status profile_settle(const struct image *image, struct profile *profile);

#endif
