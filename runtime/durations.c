#include "durations.h"
#include "code.h"
#include "file.h"
#include "fork.h"
#include "section.h"
#include "timing.h"

enum { FIRST_CHUNK = 4 * 1024, LARGEST_CHUNK = 1024 * 1024, FIRST_ROOM = 64 };

static bool by_context;

void profinst__durations_by_context(void)
{
    by_context = true;
}

/* The thread's durations by the id of the function. */
static struct profinst__durations **slot_of(struct profinst__thread *thread, uint32_t function)
{
    if (function >= thread->durations_room) {
        size_t room = thread->durations_room ? thread->durations_room : FIRST_ROOM;
        while (room <= function)
            room *= 2;
        struct profinst__durations **longer = profinst__memory(room * sizeof *longer);
        if (!longer)
            return NULL;
        for (size_t i = 0; i < thread->durations_room; i++)
            longer[i] = thread->durations[i];
        thread->durations = longer;
        thread->durations_room = room;
    }
    return &thread->durations[function];
}

static struct profinst__durations *take(struct profinst__thread *thread)
{
    if (thread->spare_durations_count == 0) {
        enum { COUNT = 32 };
        thread->spare_durations = profinst__memory(COUNT * sizeof *thread->spare_durations);
        thread->spare_durations_count = thread->spare_durations ? COUNT : 0;
    }
    return thread->spare_durations_count == 0
               ? NULL
               : &thread->spare_durations[--thread->spare_durations_count];
}

struct profinst__durations *profinst__durations_of(struct profinst__thread *thread,
                                                   const struct profinst_context *record)
{
    uint32_t function = profinst__code(record->code)->function;
    struct profinst__durations *none = NULL,
                               **slot = by_context ? &none : slot_of(thread, function);
    if (!slot)
        return NULL;
    if (!*slot && (*slot = take(thread)))
        **slot = (struct profinst__durations){
            .function = function,
            .context = by_context ? profinst__reference(record) : 0,
            .thread = thread,
            .late = by_context || function >> (64 - PROFINST__LATE_TICKS)
                        ? 0
                        : (uint64_t)function << PROFINST__LATE_TICKS,
        };
    return *slot;
}

static struct profinst_octave *take_octave(struct profinst__thread *thread)
{
    const uint64_t size = sizeof(struct profinst_octave);
    struct profinst__chunk *chunk = thread->octaves;
    struct profinst_octave *octave = profinst__file_take(chunk, size);
    if (octave)
        return octave;
    uint64_t room = chunk ? 2 * chunk->size : FIRST_CHUNK;
    room = (room < LARGEST_CHUNK ? room : LARGEST_CHUNK) - sizeof(struct profinst_chunk);
    chunk = profinst__file_append(PROFINST_CHUNK_DURATIONS, thread->row->number, room, size);
    if (!chunk)
        return NULL;
    thread->octaves = chunk;
    return profinst__file_take(chunk, size);
}

static void make_octave(struct profinst__durations *durations, uint32_t number)
{
    struct profinst__thread *thread = durations->thread;
    struct profinst__section section;
    profinst__section_enter(&section);
    profinst__fork_notice(&section);
    profinst__timing_pause(&section);
    profinst__lock();
    /* A handler may have made it. */
    if (!durations->octaves[number] && thread == profinst__state.thread) {
        struct profinst_octave *octave = take_octave(thread);
        if (octave) {
            *octave = (struct profinst_octave){
                .function = durations->function,
                .context = durations->context,
                .octave = number,
                .least = UINT64_MAX,
            };
            profinst__file_publish(thread->octaves, sizeof *octave);
            durations->octaves[number] = octave;
        }
    }
    profinst__unlock();
    profinst__timing_resume(&section);
    profinst__section_leave(&section);
}

void profinst__durations_begin(struct profinst__durations *durations, uint64_t ticks,
                               uint64_t weight)
{
    uint32_t number = ticks < 32 ? 0 : 59 - (uint32_t)__builtin_clzll(ticks);
    make_octave(durations, number);
    if (durations->octaves[number])
        profinst__durations_add(durations, ticks, weight);
}

void profinst__durations_settle(struct profinst__thread *thread, bool for_ever)
{
    for (size_t i = 0; for_ever && i < thread->durations_room; i++)
        if (thread->durations[i])
            thread->durations[i]->late = 0;
    for (size_t i = 0; i < PROFINST__LATE; i++) {
        uint64_t waits = thread->late[i];
        thread->late[i] = 0;
        if (waits)
            profinst__durations_add(thread->durations[waits >> PROFINST__LATE_TICKS],
                                    waits & ((UINT64_C(1) << PROFINST__LATE_TICKS) - 1), 1);
    }
}

void profinst__durations_clear(struct profinst__chunk *chunk)
{
    struct profinst_octave *octaves = (struct profinst_octave *)(chunk->mapped + 1);
    for (uint64_t i = 0; i < chunk->used / sizeof *octaves; i++) {
        octaves[i].timed = octaves[i].greatest = 0;
        octaves[i].least = UINT64_MAX;
        for (size_t k = 0; k < sizeof octaves[i].counts / sizeof *octaves[i].counts; k++)
            octaves[i].counts[k] = 0;
    }
}
