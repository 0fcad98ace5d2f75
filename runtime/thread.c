#define _GNU_SOURCE
#include "thread.h"
#include "clock.h"
#include "code.h"
#include "durations.h"
#include "file.h"
#include "fork.h"
#include "section.h"
#include "system.h"
#include "tree.h"
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    /* So many threads get a row of their own. Later ones continue in the row of one that has ended,
     * which bounds memory and file by the threads alive at once. */
    ROWS_APART = 64,
    ROWS_CHUNK = 4096 - sizeof(struct profinst_chunk),
};

#define OF_NOBODY &profinst__nobody.seen
#define FOUR_OF_NOBODY OF_NOBODY, OF_NOBODY, OF_NOBODY, OF_NOBODY
#define ALL_OF_NOBODY                                                                              \
    {                                                                                              \
        FOUR_OF_NOBODY, FOUR_OF_NOBODY, FOUR_OF_NOBODY                                             \
    }
static_assert(PROFINST_CALLEES == 12, "so many are above");

struct profinst_context profinst__lost;
struct profinst__node profinst__nobody = {.seen = {.callees = ALL_OF_NOBODY}};
struct profinst__node profinst__closed = {.seen = {.callees = ALL_OF_NOBODY}};

PROFINST_TLS struct profinst__state profinst__state = {
    .here = {&profinst__closed.seen, PROFINST__NO_THREAD}};

static pthread_key_t end_key;

static struct profinst__thread *all_threads, *idle_threads;
static uint32_t row_count;
static struct profinst__chunk *row_chunk;

/* Stands for the thread of one that could not begin or has ended: no call leads anywhere. */
static union {
    struct profinst__links links;
    char room[sizeof(struct profinst__links) + sizeof(struct profinst__link)];
} no_links;
static struct profinst__thread no_thread = {.links = &no_links.links};

static bool stopped;

/* ---- rows --------------------------------------------------------------------------------- */

static struct profinst_thread *make_row(void)
{
    const uint64_t size = sizeof(struct profinst_thread);
    struct profinst_thread *row = profinst__file_take(row_chunk, size);
    if (!row) {
        struct profinst__chunk *next =
            profinst__file_append(PROFINST_CHUNK_THREADS, 0, ROWS_CHUNK, size);
        if (!next)
            return NULL;
        row_chunk = next;
        row = profinst__file_take(row_chunk, size);
    }
    row->number = ++row_count;
    profinst__file_publish(row_chunk, size);
    return row;
}

static struct profinst__thread *make_thread(void)
{
    struct profinst__thread *thread = profinst__memory(sizeof *thread);
    if (!thread)
        return NULL;
    thread->row = make_row();
    if (!thread->row || !profinst__tree_plant(thread))
        return NULL;
    thread->next = all_threads;
    return all_threads = thread;
}

static struct profinst__thread *take_idle(void)
{
    struct profinst__thread *thread = idle_threads;
    if (thread)
        idle_threads = thread->next_idle;
    return thread;
}

/* ---- begin and end ------------------------------------------------------------------------ */

/* Writes into the row that the calling thread uses it from now on. */
static void occupy(struct profinst__thread *thread, const struct profinst__node *node)
{
    struct profinst_thread *row = thread->row;
    row->system_id = (uint32_t)syscall(SYS_gettid);
    profinst__system.pthread_getname_np(pthread_self(), row->name, sizeof row->name);
    row->started = row->last = profinst__ticks();
    profinst__note_place(row, node == &thread->sink ? node->caller : node);
    profinst__state.here.thread = row->number;
    thread->usage = (struct profinst__usage){0};
    row->threads++;
    thread->root->seen.record->calls++;
    __atomic_store_n(&row->running, 1, __ATOMIC_RELEASE);
    thread->rounds_to_end = PTHREAD_DESTRUCTOR_ITERATIONS - 1;
}

/* A row for the calling thread; NULL if there is no room. */
static struct profinst__thread *take_thread(void)
{
    if (stopped)
        return NULL;
    struct profinst__thread *thread = row_count >= ROWS_APART ? take_idle() : NULL;
    if (!thread)
        thread = make_thread();
    if (!thread)
        thread = take_idle();
    if (thread)
        occupy(thread, thread->root);
    return thread;
}

bool profinst__thread_begin(void)
{
    struct profinst__state *state = &profinst__state;
    struct profinst__section section;
    profinst__section_enter(&section);
    /* Set already: a handler's hooks came first, or the thread has ended or could not begin. */
    if (!state->thread) {
        profinst__lock();
        struct profinst__thread *thread = take_thread();
        profinst__unlock();
        state->thread = thread ? thread : &no_thread;
        if (thread) {
            section.node = &thread->root->seen;
            profinst__samples_begin(&thread->sampler, &section);
            profinst__system.pthread_setspecific(end_key, thread);
        }
    }
    profinst__section_leave(&section);
    return state->thread->row;
}

static void leave_thread(void)
{
    profinst__state.thread = &no_thread;
    profinst__state.here.thread = PROFINST__NO_THREAD;
}

/* Destructor of `end_key`. Other destructors may still call hooked functions: it asks to be called
 * again until the last round but one. In the last, sanitizers take their own state of the thread
 * away. */
static void end_thread(void *value)
{
    struct profinst__thread *thread = value;
    struct profinst__section section;
    profinst__durations_settle(thread, false);
    profinst__section_enter(&section);
    profinst__fork_notice(&section);
    if (stopped) {
        /* Nothing is written any more. */
    } else if (--thread->rounds_to_end > 0) {
        profinst__system.pthread_setspecific(end_key, thread);
    } else {
        /* As in the hooks, the time is claimed first: a kill in between may lose it, not count it
         * twice. */
        struct profinst_thread *row = thread->row;
        uint64_t last = row->last, now = profinst__ticks();
        profinst__samples_end(&thread->sampler);
        profinst__lock();
        __atomic_store_n(&row->last, now, __ATOMIC_RELEASE);
        if (profinst__header->timing != PROFINST_TIMING_COUNTS)
            profinst__add(&profinst__section_place(&section)->host->self, now - last);
        row->lifetime += now - row->started;
        __atomic_store_n(&row->running, 0, __ATOMIC_RELEASE);
        thread->next_idle = idle_threads;
        idle_threads = thread;
        leave_thread();
        profinst__unlock();
        section.node = &profinst__closed.seen;
        profinst__state.parked = NULL;
        section.masked = false; /* what handlers would call could not be recorded any more */
    }
    profinst__section_leave(&section);
}

int profinst__threads_prepare(void)
{
    return profinst__system.pthread_key_create(&end_key, end_thread);
}

void profinst__threads_forget(uintptr_t start, uintptr_t end)
{
    for (struct profinst__thread *thread = all_threads; thread; thread = thread->next)
        for (uint64_t i = 0; i <= thread->links->mask; i++) {
            struct profinst__link *link = &thread->links->slots[i];
            if (link->from && (uintptr_t)link->node->seen.function - start < end - start)
                link->node->seen.function = NULL;
        }
}

/* ---- fork --------------------------------------------------------------------------------- */

void profinst__threads_stop(void)
{
    stopped = true;
    for (struct profinst__thread *thread = all_threads; thread; thread = thread->next)
        profinst__samples_end(&thread->sampler);
    leave_thread();
}

static void clear_nodes(const struct profinst__links *links)
{
    for (uint64_t i = 0; i <= links->mask; i++)
        if (links->slots[i].from)
            links->slots[i].node->stood_for = 0;
}

static void clear_counts(struct profinst__chunk *chunk)
{
    if (chunk->kind == PROFINST_CHUNK_DURATIONS)
        profinst__durations_clear(chunk);
    if (chunk->kind != PROFINST_CHUNK_CONTEXTS)
        return;
    char *start = (char *)(chunk->mapped + 1);
    for (uint64_t at = 0; at < chunk->used;) {
        struct profinst_context *record = (struct profinst_context *)(start + at);
        uint64_t size = PROFINST_RECORD_SIZE(profinst__code(record->code)->frame_count);
        record->calls = 0;
        record->self = 0;
        record->samples = record->hook_samples = 0;
        record->timed_calls = record->timed_self = 0; /* where the clock is given up, it stays so */
        memset(record->inlined, 0, size - sizeof *record);
        at += size;
    }
}

void profinst__threads_fork(struct profinst__node *node, const struct profinst__section *section)
{
    profinst__file_each(clear_counts);
    idle_threads = NULL;
    for (struct profinst__thread *thread = all_threads; thread; thread = thread->next) {
        struct profinst_thread *row = thread->row;
        row->threads = 0;
        row->running = 0;
        memset(thread->late, 0, sizeof thread->late);
        row->lifetime = row->making = row->sampled = row->sampled_ns = 0;
        row->samples_taken = row->sample_squares = 0;
        /* The parent may have gone on. */
        row->folded = thread->folded ? profinst__reference(thread->folded) : 0;
        thread->full = false;
        clear_nodes(thread->links);
        profinst__samples_end(&thread->sampler);
        if (thread == profinst__state.thread) {
            occupy(thread, node);
            profinst__samples_begin(&thread->sampler, section);
        } else {
            thread->next_idle = idle_threads;
            idle_threads = thread;
        }
    }
}
