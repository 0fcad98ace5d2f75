/* What the contexts of a profile add up to: by thread, by function, and by caller and callee. */
#ifndef PROFINST_ANALYZER_TOTALS_H
#define PROFINST_ANALYZER_TOTALS_H

#include "profile.h"

/* Of a function, or of the calls from one to another. As the columns of the view `functions`. */
struct total {
    uint64_t calls, inlined_calls, recursive_calls;
    int64_t self_ns, cumulative_ns, called_ns;
};

struct edge_total {
    profile_index caller, callee; /* functions */
    struct total total;
};

struct thread_total {
    uint64_t calls, inlined_calls, folded_calls;
    int64_t outside_ns, folded_ns, self_ns;
};

/* By the profile's indexes. */
struct totals {
    struct thread_total *threads;
    struct total *functions;
    struct edge_total *edges; /* of each pair one, by caller and callee */
    size_t edge_count;
};

struct totals totals_of(const struct profile *profile);
void totals_free(struct totals *totals);

#endif
