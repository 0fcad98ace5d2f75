/* The profile file: what the runtime writes and the analyzer reads. docs/FORMAT.md tells the same
 * as prose. Everything is in the byte order of the machine that wrote it.
 *
 *   header | chunk | chunk | ...        each starting at a multiple of the writer's page size
 *
 * The runtime maps the file and updates it in place, so it is complete at every moment: nothing is
 * buffered, and a process that dies leaves what it had counted. Space is only ever appended.
 *
 * A reader must bound every offset by the file's size, and must refuse what it does not know: a
 * higher `version`, or a bit of `features` without a name below. */
#ifndef PROFINST_FORMAT_H
#define PROFINST_FORMAT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define PROFINST_MAGIC "PROFINST" /* eight bytes, no terminator */
#define PROFINST_FORMAT_VERSION 5u
#define PROFINST_BYTE_ORDER 0x01020304u

/* Bits of `features`. */
#define PROFINST_FEATURE_FOLDED 1u /* there are folded contexts: see struct profinst_thread */
#define PROFINST_FEATURES PROFINST_FEATURE_FOLDED /* every bit that this version knows */

/* What one tick of the clock is. */
enum profinst_clock {
    PROFINST_CLOCK_TSC = 1,       /* x86 time stamp counter, invariant */
    PROFINST_CLOCK_CNTVCT = 2,    /* aarch64 virtual counter */
    PROFINST_CLOCK_MONOTONIC = 3, /* CLOCK_MONOTONIC, one tick is one nanosecond */
};

/* What the process took time from. Calls are always counted, all of them. */
enum profinst_timing {
    PROFINST_TIMING_EXACT = 1,  /* the clock, at every call and return */
    PROFINST_TIMING_AUTO = 2,   /* the clock where calls are long, samples below: see
                                   struct profinst_context */
    PROFINST_TIMING_COUNTS = 3, /* nothing: there are no times */
    PROFINST_TIMING_OFF = 4,    /* nothing is recorded: there is no profile */
};
#define PROFINST_TIMING_NAMES                                                                      \
    {                                                                                              \
        "", "exact", "auto", "counts", "off"                                                       \
    }

/* What recording adds to a call, measured when the process started: in 1/1024 of a tick, of the
 * clock, 0 if not measured. `inside` is in the time of the function that is called, `outside` in
 * its caller's. */
struct profinst_cost {
    uint32_t inside, outside;
};

/* The same moment on both clocks. Two of them convert ticks to nanoseconds. */
struct profinst_clock_pair {
    uint64_t ticks;
    uint64_t monotonic_ns; /* CLOCK_MONOTONIC */
};

/* What the process has used of the machine, the profiler's work included. */
struct profinst_usage {
    uint64_t user_ns, system_ns; /* processor time of all its threads; both 0: unknown */
    uint64_t peak_bytes; /* the most memory that was resident. Programs have that of the one whose
                            place they took (exec) as their least: only more than at the start is
                            the process's own */
};

struct profinst_header {
    char magic[8];
    uint32_t version;
    uint32_t byte_order;
    uint32_t header_size;   /* bytes: where the first chunk starts */
    uint32_t features;      /* mask of what a reader must know to read this file right */
    uint8_t profile_id[16]; /* random; no two profiles share it */
    uint8_t run_id[16];     /* random; a forked child has its parent's */
    uint64_t size;          /* bytes in use: the end of the last chunk */
    uint32_t process_id;
    uint32_t parent_process_id;
    uint32_t clock; /* enum profinst_clock */
    uint32_t ended; /* 1 once the process went through exit; 0: still running, killed, or _exit */
    struct profinst_clock_pair start;    /* when the runtime was attached, or the process forked */
    struct profinst_clock_pair pairs[2]; /* the newest is pairs[latest]: see profinst_latest() */
    uint32_t latest;                     /* 0 or 1; of a process that ended it is the end */
    uint32_t event_cost; /* what recording an entry or a return took in the process, measured when
                            it started: in 1/1024 of a tick; 0: not measured. The call of the hook
                            and the reading of the clock are in it; registers that hooked code
                            saves, and contexts that are not in the cache, are not */
    uint64_t start_unix_ns; /* CLOCK_REALTIME at start */
    uint64_t lost_calls;    /* calls that could not be recorded */
    uint32_t timing;        /* enum profinst_timing */
    uint32_t sample_ns;     /* processor time between two samples of a thread; 0: none are taken */
    struct profinst_cost timed;   /* of a call that the clock is read for */
    struct profinst_cost counted; /* of one that is only counted */
    struct profinst_usage start_usage;
    struct profinst_usage usages[2]; /* at the moments of `pairs` */
    char program[1024];              /* path of the executable, NUL-terminated */
    uint32_t arguments_size;         /* bytes used in `arguments`, at most its size */
    uint32_t arguments_cut;          /* 1: the command line was longer */
    char arguments[2048];            /* argv, each string NUL-terminated, argv[0] first */
};

/* Killed in the middle of noting a pair, a process leaves the one before. */
static inline struct profinst_clock_pair profinst_latest(const struct profinst_header *header)
{
    return header->pairs[header->latest & 1];
}

static inline struct profinst_usage profinst_latest_usage(const struct profinst_header *header)
{
    return header->usages[header->latest & 1];
}

enum profinst_chunk_kind {
    PROFINST_CHUNK_NAMES = 1,      /* entries: objects, source files, functions, code, units */
    PROFINST_CHUNK_THREADS = 2,    /* struct profinst_thread, one after another */
    PROFINST_CHUNK_CONTEXTS = 3,   /* struct profinst_context, one after another, of one thread */
    PROFINST_CHUNK_SELECTIONS = 4, /* struct profinst_selection, one after another */
    PROFINST_CHUNK_DURATIONS = 5,  /* struct profinst_octave, one after another, of one thread */
};

/* Opens a chunk. `kind` is written last: a chunk of kind 0 at the end of the file was being made
 * when the process died, and holds nothing. A reader skips kinds that it does not know. */
struct profinst_chunk {
    uint32_t kind;
    uint32_t thread;  /* CONTEXTS, DURATIONS: number of the thread whose they are */
    uint64_t size;    /* bytes to the next chunk, this header included */
    uint64_t used;    /* bytes in use behind this header; only grows, after the content is there */
    uint64_t address; /* where the process has the chunk mapped; see struct profinst_thread */
};

/* A thread's row. When many threads have ended, a new one continues in the row and in the tree of
 * one of them, so that a profile grows with the threads alive at once, not with those ever started.
 *
 * A process has a limit of contexts. Past it, calls that would make new ones lead to *folded*
 * contexts: of these code has one in each thread, whoever calls it. They stand below a root of
 * their own. Calls between them are counted by cross records (see below) from caller to callee;
 * calls from the thread's root, and those of inlined code, by the folded context itself.
 *
 * Behind a chunk's header, `last` begins a cache line: what a thread writes at every call shares no
 * line with what another one writes. */
struct profinst_thread {
    uint32_t number;        /* from 1, in order of appearance */
    uint32_t system_id;     /* gettid() of the thread that used the row last */
    uint32_t threads;       /* how many threads have used the row, one after another */
    uint32_t running;       /* 1 while one does */
    uint32_t root;          /* reference of the root of its tree */
    uint32_t folded;        /* reference of the root of its folded contexts; 0: it has none */
    uint64_t making;        /* ticks: making contexts and room for them, which is in none's time */
    uint64_t last;          /* ticks: its latest event (a call or a return) */
    uint64_t current;       /* address of the context that it has been in since then */
    uint64_t started;       /* ticks: when the thread that used the row last appeared */
    uint64_t lifetime;      /* ticks: the sum over the threads that have ended */
    char name[16];          /* of the thread that used the row last, NUL-terminated */
    uint64_t sampled;       /* samples between which and the one before it waited for nothing */
    uint64_t sampled_ns;    /* time between these in user code, or when others had the processor */
    uint64_t samples_taken; /* signals: one may stand for several samples, where they tell little */
    uint64_t sample_squares; /* the sum of the squares of how many each stood for */
    uint8_t unused[16];
};

/* A context: a function reached by one chain of callers, or a root (code 0).
 *
 * Two kinds of records are no ordinary contexts, and have a `target`:
 *
 * - A *cross* record counts calls that lead across the tree, to a context that is there already: to
 *   that of a function which is running further up the chain; or, where the same caller calls other
 *   code of the same function, to the first of the two; or to a folded context. The calls are its
 *   own, their time is the target's.
 * - A context of *inlined* code (PROFINST_CODE_INLINED) stands for the calls of a function that are
 *   part of the code of a caller, its *host*: the next context up the chain of other code, which is
 *   the target. What is called from the inlined code has its context below. Its time is the host's.
 *   Other than that of other code it may stand below a context of its own function.
 *
 * Behind the record follow the counts of the frames of its code (see struct profinst_code), padded
 * with zeros: a record has PROFINST_RECORD_SIZE(frames) bytes.
 *
 * The time of a thread since its `last` event is in no context yet; it belongs to the `current`
 * one. Of a process killed, or a function left by a jump out of a signal handler, in the middle of
 * an event the stretch before that event may be missing.
 *
 * In PROFINST_TIMING_AUTO a context may give the clock up, when its calls prove short:
 * `timed_calls` is not 0 then. The time of its later calls is in the `self` of contexts of its
 * *group*: itself, if it has not given the clock up, or else the group of its caller's context (the
 * parent; or that of the caller of an inlined one). The sum of `self` over a group is the time that
 * the group took; how it divides among its members is for their samples to tell. `hook_samples`
 * fell into the profiler's own work.
 *
 * A *reference* names a record: its offset in the file divided by PROFINST_REFERENCE_UNIT. */
struct profinst_context {
    uint32_t code;    /* id; 0: a root */
    uint32_t parent;  /* reference of the caller's context; 0 for a root */
    uint32_t target;  /* reference, see above; otherwise 0 */
    uint32_t thread;  /* number of the thread, as in the chunk */
    uint64_t calls;   /* root: how many threads began here; of folded contexts: 0 */
    uint64_t self;    /* ticks; 0 if there is a target */
    uint32_t samples; /* taken while the thread was here; of inlined code: in its host's record */
    uint32_t hook_samples; /* those of them that fell into hooks */
    uint64_t timed_calls;  /* `calls` when the clock was given up; otherwise 0 */
    uint64_t timed_self;   /* `self` then; 0 if it was `mixed` */
    uint32_t counted;      /* 1: the clock was given up */
    uint32_t mixed;        /* 1: `self` has time of calls made from here that are only counted */
    uint64_t inlined[]; /* calls of each frame of the code, made from here. Less than 0, as a signed
                           number, for moments: stands for 0 */
};

#define PROFINST_REFERENCE_UNIT 32u
#define PROFINST_RECORD_SIZE(frames)                                                               \
    (sizeof(struct profinst_context) +                                                             \
     ((uint64_t)(frames) * sizeof(uint64_t) + PROFINST_REFERENCE_UNIT - 1) /                       \
         PROFINST_REFERENCE_UNIT * PROFINST_REFERENCE_UNIT)

/* How long calls took, from entry to return, what they called included: an octave of a histogram.
 * A function has those that it needs in each thread, and so has a context where that was asked for.
 * Calls that do not return (a jump, an end of the process) are not in it, and of a process that did
 * not go through `exit`, and of threads that lived when it ended, the latest eight of a thread may
 * be missing.
 *
 * Octave 0 is durations of 0 to 31 ticks, in buckets of 4; octave o > 0 those of 2^(o+4) to 2^(o+5)
 * - 1, in buckets of an eighth of 2^(o+4).
 *
 * Of calls that are only counted a few are timed, each in the place of those of its context since
 * the one before: `counts` add up to the calls that are stood for, and `timed` is how many were
 * measured. */
struct profinst_octave {
    uint32_t function; /* id */
    uint32_t context;  /* reference of its context; 0: of all contexts in the thread */
    uint32_t octave;   /* 0 to PROFINST_OCTAVES - 1 */
    uint32_t reserved;
    uint64_t timed;    /* durations measured */
    uint64_t least;    /* ticks: the shortest of these */
    uint64_t greatest; /* ticks: the longest */
    uint64_t unused;
    uint64_t counts[8];
};

#define PROFINST_OCTAVES 60u

/* An entry of a NAMES chunk. Ids count from 1 for each kind, in the order of the file. No two
 * entries of a kind say the same. Readers skip kinds that they do not know. */
enum profinst_entry_kind {
    PROFINST_ENTRY_OBJECT = 1,   /* profinst_entry: an executable or shared library */
    PROFINST_ENTRY_SOURCE = 2,   /* profinst_entry: a source file */
    PROFINST_ENTRY_FUNCTION = 3, /* profinst_entry */
    PROFINST_ENTRY_CODE = 4,     /* profinst_code */
    PROFINST_ENTRY_UNIT = 5,     /* profinst_entry: a translation unit */
    PROFINST_ENTRY_FILTER = 6,   /* profinst_entry: PROFINST_FILTER as the process found it */
};

/* Bits of `flags`. */
#define PROFINST_FUNCTION_EXTERNAL 1u /* not part of the build; known by its name alone */
#define PROFINST_FUNCTION_NAMED 2u    /* `text` is two strings: linkage name, name to show */
#define PROFINST_FUNCTION_OFF 4u      /* switched off by PROFINST_FILTER */

/* A function is known by object, source, line and linkage name. It appears here with its first
 * call, or when it is switched off. */
struct profinst_entry {
    uint32_t size; /* bytes of the entry with `text` and padding, a multiple of 8 */
    uint32_t kind;
    uint32_t id;
    uint32_t object; /* FUNCTION, UNIT: id of its object; of an external function 0 */
    uint32_t source; /* FUNCTION: id of its source file; 0 unknown */
    uint32_t line;   /* FUNCTION: 0 unknown. UNIT: a digest of its selection */
    uint32_t flags;  /* FUNCTION: PROFINST_FUNCTION_... */
    uint32_t reserved;
    char text[]; /* NUL-terminated. OBJECT: path. SOURCE, UNIT: path as the compiler was given it.
                    FUNCTION: linkage name. FILTER: the value */
};

#define PROFINST_CODE_INLINED 1u /* not called, but part of a caller's code */

/* A call that the optimizer has inlined, as part of somebody's code. */
struct profinst_code_frame {
    uint32_t function; /* id; 0: switched off */
    uint32_t caller;   /* frame, from 1, that it is inlined into; 0: the code's function itself.
                          Stands before this one */
};

/* What a function was compiled to. Mostly that is one thing; copies for some of the callers, and
 * static functions of headers, may be others. */
struct profinst_code {
    uint32_t size; /* bytes of the entry with `frames`, a multiple of 8 */
    uint32_t kind;
    uint32_t id;
    uint32_t function; /* id */
    uint32_t flags;    /* PROFINST_CODE_... */
    uint32_t frame_count;
    struct profinst_code_frame frames[];
};

/* What the plugin chose in a unit, and why: a struct profinst_choice, compressed (RFC 1950). */
struct profinst_selection {
    uint32_t size;                       /* bytes of all this, with padding, a multiple of 8 */
    uint32_t unit;                       /* id; a unit has one */
    uint32_t packed_size, unpacked_size; /* bytes of `packed`, and of what it holds */
    uint8_t packed[];
};

/* Unpacked: this; `rule_count` rules; `function_count` functions; `site_count` sites; `text_size`
 * bytes of NUL-terminated strings, which the others name by their offset in there. */
struct profinst_choice {
    uint32_t rule_count, function_count, site_count, text_size;
    uint32_t flags; /* PROFINST_CHOICE_... */
};

#define PROFINST_CHOICE_SITES 1u /* sites are told: there was debug information */

#define PROFINST_RULE_GIVEN 1u /* by the user; otherwise one of profinst's own */

struct profinst_choice_rule {
    uint32_t text;    /* the rule as it was given, or the reason in words */
    uint32_t origin;  /* where it was given: "command line", "PROFINST_PLUGIN_ARGS", "FILE:LINE" */
    uint32_t flags;   /* PROFINST_RULE_... */
    uint32_t matched; /* functions of the unit that it fits, whether or not a later rule decided */
};

struct profinst_choice_function {
    uint32_t name;     /* linkage name */
    uint32_t file;     /* "" if unknown */
    uint32_t line;     /* 0 unknown */
    uint32_t rule;     /* index of the one that decided */
    uint32_t selected; /* 0 or 1 */
    uint32_t size;     /* IR instructions as the source has them, before any optimization */
    /* A hash of its code at the same moment, never 0; 0: not selected. What is in it tells
     * docs/FINGERPRINTS.md. */
    uint32_t fingerprint_low, fingerprint_high;
};

/* Bits of `flags`. */
#define PROFINST_SITE_LOCAL 1u   /* the callee is static: a function of this unit */
#define PROFINST_SITE_POINTER 2u /* whom it calls is known when the program runs */
#define PROFINST_SITE_LIBRARY                                                                      \
    4u /* calls nothing that is measured, as far as the compiler knows:                            \
          of libc, say. The optimizer may add and drop such calls */
#define PROFINST_SITE_ELSEWHERE                                                                    \
    8u /* no call: the unit has other uses of the function than calls in                           \
          selected functions, its address perhaps */
#define PROFINST_SITE_HANDLER 16u /* the same, and it has the type of a signal handler */

/* Where the source calls a function, in a selected one: as the front end made it, before any
 * optimization. What is the same is there once. */
struct profinst_choice_site {
    uint32_t caller; /* index of the function that it stands in; of ELSEWHERE 0 */
    uint32_t callee; /* linkage name; "" of POINTER */
    uint32_t file;   /* "" if unknown */
    uint32_t line;   /* 0 unknown */
    uint32_t flags;  /* PROFINST_SITE_... */
};

static_assert(sizeof(struct profinst_header) == 3328, "part of the format");
static_assert(sizeof(struct profinst_chunk) == 32, "part of the format");
static_assert(sizeof(struct profinst_thread) == 128, "part of the format");
static_assert(offsetof(struct profinst_thread, last) == 32, "alone in its cache line");
static_assert(sizeof(struct profinst_context) == 2 * PROFINST_REFERENCE_UNIT, "part of the format");
static_assert(sizeof(struct profinst_octave) == 112, "part of the format");
static_assert(sizeof(struct profinst_entry) == 32, "part of the format");
static_assert(sizeof(struct profinst_code) == 24, "part of the format");
static_assert(sizeof(struct profinst_selection) == 16, "part of the format");
static_assert(offsetof(struct profinst_header, size) == 56, "part of the format");
static_assert(offsetof(struct profinst_header, program) == 248, "part of the format");

#endif
