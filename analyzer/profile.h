/* A profile in memory: decoded, checked and settled.
 *
 * What profile_open returns can be relied upon: every index is in range, parents stand before their
 * children, a chain of callers holds no function twice but for inlined calls, what is inlined has
 * no time of its own, no thread has more time than it lived, all calls and all lifetimes can be
 * summed up, strings end and are not overlong. */
#ifndef PROFINST_ANALYZER_PROFILE_H
#define PROFINST_ANALYZER_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "memory.h"
#include "profinst_format.h"

/* A place in one of the arrays of a profile. The file's own references are as wide. */
typedef uint32_t profile_index;

#define PROFILE_NONE UINT32_MAX

struct profile_function {
    const char *linkage_name;
    const char *name;     /* to show, from the source; NULL: none is given */
    profile_index object; /* PROFILE_NONE: external, not part of the build */
    profile_index source; /* PROFILE_NONE: unknown */
    uint32_t line;        /* 0: unknown */
    bool off;             /* switched off: its calls are not counted */
    int64_t raw_self_ns, self_error_ns, cumulative_error_ns; /* as of its contexts, together */
};

/* A call that is inlined into code. */
struct profile_frame {
    profile_index function; /* PROFILE_NONE: switched off */
    uint32_t caller; /* frame of the same code, from 1, that it stands in; 0: the code itself */
};

struct profile_code {
    profile_index function;
    uint32_t frame_count;
    size_t first_frame;
    bool inlined; /* part of its callers' code */
};

struct profile_thread {
    struct profinst_thread raw;
    profile_index root;    /* context; PROFILE_NONE while the thread has none yet */
    profile_index folded;  /* context: root of its folded contexts; PROFILE_NONE: it has none */
    profile_index current; /* context that raw.current names; PROFILE_NONE: none that was read */
    uint64_t lifetime_ticks;
    int64_t lifetime_ns;
    uint64_t raw_ticks; /* of its contexts together, and their making; the rest of its lifetime is
                           unattributed */
    int64_t raw_ns;
    uint64_t corrected_ticks; /* without what the profiler took */
    int64_t self_ns;
    uint64_t samples, hook_samples;
};

/* Where a caller's context calls a function, and has it inlined too, these are two. There may be
 * many millions, so one takes no more than a cache line. */
struct profile_context {
    uint32_t reference; /* 0: it was made of the counts of inlined frames */
    profile_index thread;
    profile_index function; /* PROFILE_NONE: root of the thread */
    profile_index parent;   /* PROFILE_NONE: root of the thread */
    profile_index host;     /* next context up that is not inlined, whose time this one's is;
                               PROFILE_NONE: this is not inlined */
    uint32_t depth;         /* functions in its chain; root: 0 */
    bool folded;            /* below a thread's second root: whoever called; or that root */
    bool nested;            /* below another of its function; one of the two is inlined */
    uint64_t calls;         /* without cross calls */
    uint64_t self_ticks;    /* as the process had it */
    int64_t self_ns;        /* without what the profiler took */
    int64_t cumulative_ns;  /* self_ns summed over the subtree */
};

/* Where the time of a context is not simply what the process had. */
struct profile_time {
    uint64_t raw_ticks;       /* its part of the time of its group: see profile_correct */
    uint64_t corrected_ticks; /* of that, without what the profiler took */
    int64_t raw_self_ns;
    int64_t self_error_ns, cumulative_error_ns; /* half of the 95 % interval; 0: it is exact */
};

/* What records say of a context that is not in its calls and its time. */
struct profile_timing {
    profile_index context;
    uint32_t samples, hook_samples; /* the latter are some of the former */
    bool counted;                   /* it gave the clock up */
    uint64_t timed_calls;           /* its calls then; 0: also of one that never had it */
    uint64_t timed_self;            /* ticks: its time then */
};

/* An octave of the histogram of the durations of calls. */
struct profile_octave {
    profile_index thread, function;
    profile_index context; /* PROFILE_NONE: of all contexts of the thread */
    uint32_t octave;
    uint64_t timed;           /* durations measured: no more than all `counts` */
    uint64_t least, greatest; /* ticks, within the octave */
    uint64_t counts[8];
};

/* Calls out of `caller` that lead across the tree to `target`: up to the caller itself or one above
 * it, or from one folded context to another. */
struct profile_cross_call {
    uint32_t reference;
    profile_index caller;
    profile_index target;
    uint64_t calls;
    uint64_t timed_calls; /* of those, when its record gave the clock up; otherwise 0 */
    bool counted;         /* it did: the calls lead to the target without a look at the clock */
};

/* What the plugin chose in a unit, still compressed, and as the file has it: see choice.h. */
struct profile_selection {
    profile_index object;
    uint32_t unit; /* id */
    uint32_t packed_size, unpacked_size;
    const uint8_t *packed;
};

struct profile {
    struct pool pool; /* the strings, and what is packed */
    const char *path; /* borrowed from the caller of profile_open */
    struct profinst_header header;
    uint64_t digest; /* of the file's bytes; tells two states of one profile apart */
    uint64_t calls;  /* of all records and frames, roots and cross calls too */

    const char **objects;
    const char **sources;
    struct profile_function *functions;
    struct profile_thread *threads;
    struct profile_code *codes;
    struct profile_frame *frames;
    struct profile_context *contexts;
    struct profile_cross_call *cross_calls;
    struct profile_time *times;     /* of each context; NULL: none of them has one */
    struct profile_timing *timings; /* in the order of the records */
    struct profile_octave *octaves;
    profile_index *units; /* the object of each, by id */
    struct profile_selection *selections;
    size_t object_count, source_count, function_count, thread_count, code_count, frame_count,
        context_count, cross_call_count, timing_count, octave_count, unit_count, selection_count;
    size_t object_capacity, source_capacity, function_capacity, thread_capacity, code_capacity,
        frame_capacity, context_capacity, cross_call_capacity, timing_capacity, octave_capacity,
        unit_capacity, selection_capacity;

    bool changing;           /* the process wrote to it while it was read */
    uint64_t end_ticks;      /* end of the process; or its latest event, if it did not end */
    int64_t duration_ns;     /* from the start to that */
    double ticks_per_second; /* 0: unknown, and then so are all times */
    double ns_per_tick;      /* 0 likewise */
    double event_ns;         /* what recording an entry or a return took; 0: unknown */
};

/* Reads, checks and settles. On failure the message is printed and nothing is owned. Only of
 * STATUS_UNMADE nothing is printed: the file is empty, or has zeros where its magic should be. So
 * is one that was being made when its process was killed, which had counted nothing in it. */
enum status profile_open(struct profile *profile, const char *path);
void profile_close(struct profile *profile);

#endif
