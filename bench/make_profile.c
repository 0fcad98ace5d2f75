/* Writes a profile as a large program leaves it: make_profile CONTEXTS FILE [exact]
 *
 * Thousands of C and C++ functions in several modules; four threads, whose trees are as deep and as
 * uneven as real ones; code with inlined frames, and calls from those; recursion; if not exact,
 * samples, and histograms of durations, as in the automatic mode. Of the same number it always
 * writes the same profile, with about that many contexts. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "profinst_format.h"

enum {
    THREADS = 4,
    MODULES = 3,
    LEAST_FUNCTIONS = 50,
    MOST_FUNCTIONS = 5000,
    CALLEES = 12, /* of a function, at most */
    FRAMES = 3,   /* of the code of every third function */
    FRAMED = 3,
    TIMED_CALLS = 1000, /* then the clock is given up */
    SAMPLE_NS = 1000000,
    OCTAVES = 2, /* of a function's durations in a thread */
    PAGE = 4096,
    CHUNK_RECORDS = 1 << 16,
    RECENT = 64, /* a program goes on mostly where it has just been */
};

/* A record to be; indexes of its thread's records. */
struct record {
    uint32_t function, parent, target, reference;
    bool inlined;
    uint64_t calls, self;
};

struct thread {
    struct record *records;
    uint32_t count, written, capacity;
    uint64_t lifetime, address;
};

static FILE *file;
static uint64_t written;
static uint32_t functions;
static bool automatic; /* with samples and histograms of durations */
static struct thread threads[THREADS];
static uint64_t (*pairs)[2]; /* caller and callee that have a record; a hash table */
static uint64_t pair_slots;

static void *array(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory) {
        fputs("make_profile: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

/* ---- chance, the same every time ------------------------------------------------------------ */

static uint64_t mix(uint64_t x)
{
    x = (x ^ x >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ x >> 27) * UINT64_C(0x94D049BB133111EB);
    return x ^ x >> 31;
}

static uint64_t chance(uint64_t below)
{
    static uint64_t state;
    return mix(state += UINT64_C(0x9E3779B97F4A7C15)) % below;
}

/* Mostly small, sometimes large. */
static uint64_t uneven(unsigned bits)
{
    return chance(UINT64_C(1) << (1 + chance(bits)));
}

/* ---- the program ---------------------------------------------------------------------------- */

/* The last fifth of the functions are small ones, which others have inlined. */
static uint32_t first_small(void)
{
    return functions - functions / 5;
}

static bool is_framed(uint32_t function)
{
    return function < first_small() && function % FRAMED == 0;
}

static uint32_t frame_count(uint32_t function)
{
    return is_framed(function) ? FRAMES : 0;
}

static uint32_t small(uint32_t function, uint32_t number)
{
    return first_small() + (uint32_t)(mix(function * 8 + number) % (functions / 5));
}

/* Some are near, so that there is recursion. */
static uint32_t callee(uint32_t function, uint64_t number)
{
    uint64_t any = mix((function + 1) * UINT64_C(1000) + number);
    return (uint32_t)((number % 3 == 1 ? function + any % 8 : any) % first_small());
}

/* Ids count from 1. The code of a function has its id; that of a small one inlined comes after all.
 */
static uint32_t code_id(const struct record *record)
{
    return record->inlined ? functions + record->function - first_small() + 1
                           : record->function + 1;
}

/* ---- the trees ------------------------------------------------------------------------------ */

/* False if this caller has called it before. */
static bool is_new(uint64_t caller, uint64_t function)
{
    for (uint64_t at = mix(caller * functions + function);; at++) {
        uint64_t *pair = pairs[at & (pair_slots - 1)];
        if (pair[0] == caller + 1 && pair[1] == function)
            return false;
        if (pair[0] == 0) {
            pair[0] = caller + 1;
            pair[1] = function;
            return true;
        }
    }
}

static uint32_t pick(const struct thread *thread)
{
    uint32_t from = thread->count > RECENT && chance(2) ? thread->count - RECENT : 0;
    uint32_t picked = from + (uint32_t)chance(thread->count - from);
    while (thread->records[picked].target && !thread->records[picked].inlined)
        picked = thread->records[picked].parent; /* a cross record calls nothing */
    return picked;
}

/* The context of the function in this chain; 0: there is none. */
static uint32_t find_caller(const struct thread *thread, uint32_t at, uint32_t function)
{
    for (; at; at = thread->records[at].parent)
        if (thread->records[at].function == function && !thread->records[at].inlined)
            return at;
    return 0;
}

/* Returns how many contexts that makes. */
static uint64_t grow(struct thread *thread, uint64_t number)
{
    uint32_t parent = pick(thread);
    struct record *caller = &thread->records[parent];
    bool inlined = is_framed(caller->function) && !caller->inlined && parent && chance(8) == 0;
    uint32_t function = inlined  ? small(caller->function, 0)
                        : parent ? callee(caller->function, chance(1 + chance(CALLEES)))
                                 : (uint32_t)chance(first_small());
    if (!is_new(number << 32 | parent, function))
        return 0;
    struct record *record = &thread->records[thread->count++];
    *record = (struct record){function, parent, 0, 0, inlined, 1 + uneven(24), 0};
    if (inlined) {
        record->target = parent;
        return 0; /* the frame makes the same one */
    }
    record->target = find_caller(thread, parent, function);
    record->self = record->target ? 0 : record->calls * (10 + uneven(8));
    thread->lifetime += record->self;
    return (record->target ? 0 : 1) + frame_count(function);
}

static void grow_trees(uint64_t contexts)
{
    for (pair_slots = 64; pair_slots < 2 * contexts; pair_slots *= 2)
        ;
    pairs = array(pair_slots, sizeof *pairs);
    for (uint64_t i = 0; i < THREADS; i++) {
        struct thread *thread = &threads[i];
        uint64_t share = contexts >> (i + 1 < THREADS ? i + 1 : i); /* 1/2, 1/4, 1/8, 1/8 */
        thread->capacity = (uint32_t)(2 * share + 1);
        thread->records = array(thread->capacity, sizeof *thread->records);
        thread->records[thread->count++] = (struct record){.calls = 1, .self = 1000};
        thread->lifetime = 1000;
        for (uint64_t made = 0; made < share && thread->count < thread->capacity;)
            made += grow(thread, i);
    }
}

/* ---- the file ------------------------------------------------------------------------------- */

static void put(const void *bytes, uint64_t size)
{
    if (fwrite(bytes, 1, size, file) != size) {
        perror("make_profile");
        exit(1);
    }
    written += size;
}

static void put_zeros(uint64_t size)
{
    static const char zeros[PAGE];
    for (; size > PAGE; size -= PAGE)
        put(zeros, PAGE);
    put(zeros, size);
}

static void pad(uint64_t unit)
{
    put_zeros((unit - written % unit) % unit);
}

/* The header of a chunk with `used` bytes of content. */
static void put_chunk(uint32_t kind, uint32_t thread, uint64_t used, uint64_t address)
{
    uint64_t size = (sizeof(struct profinst_chunk) + used + PAGE - 1) / PAGE * PAGE;
    struct profinst_chunk chunk = {kind, thread, size, used, address};
    put(&chunk, sizeof chunk);
}

/* Called twice: first with no file, to know the size. Returns that. */
static uint64_t put_text(uint32_t kind, uint32_t id, uint32_t module, uint32_t source,
                         const char *text)
{
    uint64_t size = (sizeof(struct profinst_entry) + strlen(text) + 1 + 7) / 8 * 8;
    struct profinst_entry entry = {(uint32_t)size, kind, id, module, source, source ? id : 0, 0, 0};
    if (file) {
        put(&entry, sizeof entry);
        put(text, strlen(text) + 1);
        pad(8);
    }
    return size;
}

static uint64_t put_code(uint32_t id, uint32_t function, uint32_t flags, uint32_t count)
{
    uint64_t size = sizeof(struct profinst_code) + count * sizeof(struct profinst_code_frame);
    struct profinst_code code = {(uint32_t)size, PROFINST_ENTRY_CODE, id, function + 1, flags,
                                 count};
    if (file)
        put(&code, sizeof code);
    for (uint32_t i = 0; file && i < count; i++) {
        struct profinst_code_frame frame = {small(function, i) + 1, i == 2 ? 1 : 0};
        put(&frame, sizeof frame);
    }
    return size;
}

static uint64_t put_names(void)
{
    uint64_t size = 0;
    char text[200];
    uint32_t sources = functions / 20;
    for (uint32_t i = 1; i <= MODULES; i++) {
        snprintf(text, sizeof text, "/usr/lib/application/libpart%" PRIu32 ".so", i);
        size += put_text(PROFINST_ENTRY_OBJECT, i, 0, 0, text);
    }
    for (uint32_t i = 1; i <= sources; i++) {
        snprintf(text, sizeof text, "src/part%" PRIu32 "/file%" PRIu32 ".cc", 1 + i % MODULES, i);
        size += put_text(PROFINST_ENTRY_SOURCE, i, 0, 0, text);
    }
    for (uint32_t i = 1; i <= functions; i++) {
        const char *form = i % 3 ? "_ZN4part4Node9step%05" PRIu32 "ERKSt6vectorIiSaIiEEPKcj"
                                 : "plain_function_%05" PRIu32;
        snprintf(text, sizeof text, form, i);
        size += put_text(PROFINST_ENTRY_FUNCTION, i, 1 + i % MODULES, 1 + i % sources, text);
    }
    for (uint32_t i = 0; i < functions; i++)
        size += put_code(i + 1, i, 0, frame_count(i));
    for (uint32_t i = first_small(); i < functions; i++)
        size += put_code(functions + i - first_small() + 1, i, PROFINST_CODE_INLINED, 0);
    return size;
}

static void put_record(const struct thread *thread, const struct record *record)
{
    bool root = record == thread->records;
    const struct record *target = &thread->records[record->target];
    struct profinst_context raw = {
        .code = root ? 0 : code_id(record),
        .parent = root ? 0 : thread->records[record->parent].reference,
        .target = root || (!record->inlined && !record->target) ? 0 : target->reference,
        .thread = (uint32_t)(thread - threads) + 1,
        .calls = record->calls,
        .self = record->self,
    };
    if (automatic && record->self > 0 && record->calls > TIMED_CALLS) {
        raw.counted = 1;
        raw.timed_calls = TIMED_CALLS;
        raw.timed_self = record->self / record->calls * TIMED_CALLS;
    }
    if (automatic)
        raw.samples = (uint32_t)(record->self / SAMPLE_NS);
    uint64_t counts[(FRAMES + 3) / 4 * 4] = {0};
    uint32_t count = root || record->inlined ? 0 : frame_count(record->function);
    for (uint32_t i = 0; i < count; i++)
        counts[i] = 1 + (record->calls * (i + 1));
    put(&raw, sizeof raw);
    put(counts, PROFINST_RECORD_SIZE(count) - sizeof raw);
}

static uint64_t record_size(const struct thread *thread, const struct record *record)
{
    bool plain = record == thread->records || record->inlined;
    return PROFINST_RECORD_SIZE(plain ? 0 : frame_count(record->function));
}

/* The thread's next records; false if there are none left. */
static bool put_contexts(struct thread *thread)
{
    uint32_t end = thread->written + CHUNK_RECORDS;
    end = end < thread->count ? end : thread->count;
    if (thread->written == end)
        return false;
    uint64_t used = 0;
    for (uint32_t i = thread->written; i < end; i++) {
        uint64_t at = written + sizeof(struct profinst_chunk) + used;
        thread->records[i].reference = (uint32_t)(at / PROFINST_REFERENCE_UNIT);
        used += record_size(thread, &thread->records[i]);
    }
    put_chunk(PROFINST_CHUNK_CONTEXTS, (uint32_t)(thread - threads) + 1, used, 0);
    for (; thread->written < end; thread->written++)
        put_record(thread, &thread->records[thread->written]);
    pad(PAGE);
    return true;
}

static void put_octave(uint32_t function, uint32_t octave)
{
    struct profinst_octave raw = {
        .function = function + 1,
        .octave = octave,
        .timed = 8,
        .least = UINT64_C(16) << octave,
        .greatest = (UINT64_C(32) << octave) - 1,
    };
    for (int i = 0; i < 8; i++)
        raw.counts[i] = 1 + mix(function * 8 + (uint64_t)i) % 1000;
    put(&raw, sizeof raw);
}

/* In each thread, of every second function. */
static void put_durations(uint32_t thread)
{
    uint64_t count = (first_small() - thread % 2 + 1) / 2 * OCTAVES;
    put_chunk(PROFINST_CHUNK_DURATIONS, thread + 1, count * sizeof(struct profinst_octave), 0);
    for (uint32_t i = thread % 2; i < first_small(); i += 2)
        for (uint32_t octave = 0; octave < OCTAVES; octave++)
            put_octave(i, 1 + i % 10 + octave);
    pad(PAGE);
}

static void put_threads(void)
{
    put_chunk(PROFINST_CHUNK_THREADS, 0, THREADS * sizeof(struct profinst_thread), 0);
    for (uint32_t i = 0; i < THREADS; i++) {
        struct profinst_thread row = {.number = i + 1,
                                      .system_id = 1001 + i,
                                      .threads = 1,
                                      .root = threads[i].records[0].reference,
                                      .last = threads[i].lifetime,
                                      .lifetime = threads[i].lifetime};
        snprintf(row.name, sizeof row.name, "worker %" PRIu32, i);
        put(&row, sizeof row);
    }
    pad(PAGE);
}

static void put_header(uint64_t size)
{
    struct profinst_header header = {
        .magic = PROFINST_MAGIC,
        .version = PROFINST_FORMAT_VERSION,
        .byte_order = PROFINST_BYTE_ORDER,
        .header_size = PAGE,
        .profile_id = "made for a bench",
        .run_id = "made for a bench",
        .size = size,
        .process_id = 1001,
        .parent_process_id = 1000,
        .clock = PROFINST_CLOCK_MONOTONIC,
        .ended = 1,
        .event_cost = 9 * 1024,
        .timing = automatic ? PROFINST_TIMING_AUTO : PROFINST_TIMING_EXACT,
        .sample_ns = automatic ? SAMPLE_NS : 0,
        .timed = {4 * 1024, 4 * 1024},
        .counted = {1024, 1024},
        .start_unix_ns = UINT64_C(1800000000000000000),
        .program = "/usr/bin/application",
    };
    header.pairs[0].ticks = header.pairs[0].monotonic_ns = threads[0].lifetime;
    put(&header, sizeof header);
    put_zeros(PAGE - sizeof header);
}

int main(int argc, char **argv)
{
    uint64_t contexts = argc == 3 || argc == 4 ? strtoull(argv[1], NULL, 10) : 0;
    automatic = argc == 3 || (argc == 4 && strcmp(argv[3], "exact") != 0);
    if (contexts < 1000 || contexts > 100000000) {
        fputs("usage: make_profile CONTEXTS FILE [exact], with 1,000 to 100,000,000 contexts\n",
              stderr);
        return 2;
    }
    functions = (uint32_t)(contexts / 20);
    functions = functions < LEAST_FUNCTIONS  ? LEAST_FUNCTIONS
                : functions > MOST_FUNCTIONS ? MOST_FUNCTIONS
                                             : functions;
    grow_trees(contexts);
    uint64_t names = put_names();
    file = fopen(argv[2], "wb");
    if (!file) {
        perror(argv[2]);
        return 1;
    }
    put_header(0);
    put_chunk(PROFINST_CHUNK_NAMES, 0, names, 0);
    put_names();
    pad(PAGE);
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < THREADS; i++)
            more |= put_contexts(&threads[i]);
    }
    put_threads();
    for (uint32_t i = 0; automatic && i < THREADS; i++)
        put_durations(i);
    uint64_t size = written;
    rewind(file);
    put_header(size);
    if (fclose(file) != 0) {
        perror(argv[2]);
        return 1;
    }
    return 0;
}
